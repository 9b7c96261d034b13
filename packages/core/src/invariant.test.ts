import { expect, test } from 'vitest';
import { InvariantViolation, invariant } from './invariant.js';

test('a promise that holds changes nothing', () => {
  expect(() => invariant(1 < 2, 'one is less than two')).not.toThrow();
});

test('a promise that does not hold throws its sentence', () => {
  expect(() => invariant(false, 'pigs fly')).toThrow(new InvariantViolation('pigs fly'));
});

test('a violation can be told from any other error by its class and name', () => {
  const violation = new InvariantViolation('x');
  expect(violation).toBeInstanceOf(Error);
  expect(violation.name).toBe('InvariantViolation');
});
