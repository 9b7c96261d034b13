import { expect, test } from 'vitest';
import { FALLS_MAX, FallsInARow } from './sandbox-process.js';

test('a sandbox that cannot stand is given up, and is started again until then', () => {
  const falls = new FallsInARow();
  for (let fall = 0; fall < FALLS_MAX; fall++) expect(falls.fell()).toBe('start_again');
  expect(falls.fell()).toBe('too_often');
});

test('a sandbox that stood in between is started again however often it falls', () => {
  const falls = new FallsInARow();
  for (let fall = 0; fall < 5 * FALLS_MAX; fall++) {
    expect(falls.fell()).toBe('start_again');
    falls.stood();
  }
});
