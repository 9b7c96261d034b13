import { expect, test } from 'vitest';
import { smallerOf } from './smaller.js';

test.each([
  [1n, 2n, 1n],
  [2n, 1n, 1n],
  [2n, 2n, 2n],
  [-1n, 1n, -1n],
])('of %s and %s it is %s', (left, right, smaller) => {
  expect(smallerOf(left, right)).toBe(smaller);
});
