import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divide, type Rounding } from './rounding.js';

const roundings: Rounding[] = ['half-even', 'half-up', 'up', 'down', 'floor', 'ceiling'];

// numerator over 10, and what each rounding makes of it, in the order of `roundings`.
test.each([
  [25n, [2n, 3n, 3n, 2n, 2n, 3n]],
  [35n, [4n, 4n, 4n, 3n, 3n, 4n]],
  [-25n, [-2n, -3n, -3n, -2n, -3n, -2n]],
  [-35n, [-4n, -4n, -4n, -3n, -4n, -3n]],
  [24n, [2n, 2n, 3n, 2n, 2n, 3n]],
  [26n, [3n, 3n, 3n, 2n, 2n, 3n]],
  [-24n, [-2n, -2n, -3n, -2n, -3n, -2n]],
  [-26n, [-3n, -3n, -3n, -2n, -3n, -2n]],
  [5n, [0n, 1n, 1n, 0n, 0n, 1n]],
  [-5n, [0n, -1n, -1n, 0n, -1n, 0n]],
  [1n, [0n, 0n, 1n, 0n, 0n, 1n]],
  [30n, [3n, 3n, 3n, 3n, 3n, 3n]],
  [0n, [0n, 0n, 0n, 0n, 0n, 0n]],
])('%i tenths are rounded as each name says', (numerator, outcomes) => {
  expect(roundings.map((rounding) => divide(numerator, 10n, rounding))).toEqual(outcomes);
});

const anyNumber = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
const notZero = anyNumber.filter((value) => value !== 0n);

test('a rounded quotient is less than one away from the exact one', () => {
  fc.assert(
    fc.property(anyNumber, notZero, fc.constantFrom(...roundings), (numerator, denominator, rounding) => {
      const error = divide(numerator, denominator, rounding) * denominator - numerator;
      expect(error * error < denominator * denominator).toBe(true);
    }),
  );
});

test('a sign may stand above or below the line', () => {
  fc.assert(
    fc.property(anyNumber, notZero, fc.constantFrom(...roundings), (numerator, denominator, rounding) => {
      expect(divide(-numerator, -denominator, rounding)).toBe(divide(numerator, denominator, rounding));
    }),
  );
});

test('a credit is the mirror of its charge for the roundings that know no direction', () => {
  const mirrored: Rounding[] = ['half-even', 'half-up', 'up', 'down'];
  fc.assert(
    fc.property(anyNumber, notZero, fc.constantFrom(...mirrored), (numerator, denominator, rounding) => {
      expect(divide(-numerator, denominator, rounding)).toBe(-divide(numerator, denominator, rounding));
    }),
  );
});

test('a division by zero is a bug', () => {
  expect(() => divide(1n, 0n, 'down')).toThrow('divided by zero');
});
