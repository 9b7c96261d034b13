import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyOf } from './currency.js';
import {
  AMOUNT_MINOR_MAX,
  add,
  compare,
  isNegative,
  isPositive,
  isRepresentable,
  isZero,
  min,
  money,
  negate,
  subtract,
  sum,
  zero,
} from './money.js';

const eur = currencyOf('eur');
const usd = currencyOf('usd');
const amount = fc.bigInt().map((minor) => money(minor, eur));

test('what was added can be taken away again', () => {
  fc.assert(
    fc.property(amount, amount, (left, right) => {
      expect(subtract(add(left, right), right)).toEqual(left);
      expect(add(left, negate(left))).toEqual(zero(eur));
    }),
  );
});

test('a sum does not depend on the order', () => {
  fc.assert(
    fc.property(fc.array(amount), (amounts) => {
      expect(sum(amounts, eur)).toEqual(sum([...amounts].reverse(), eur));
    }),
  );
});

test('the sum of nothing is nothing, in the currency asked for', () => {
  expect(sum([], usd)).toEqual({ minor: 0n, currency: 'usd' });
});

test.each([
  [1n, 2n, -1],
  [2n, 2n, 0],
  [3n, 2n, 1],
])('%i compared with %i is %i', (left, right, outcome) => {
  expect(compare(money(left, eur), money(right, eur))).toBe(outcome);
});

test.each([
  [1n, 2n, 1n],
  [2n, 1n, 1n],
  [-5n, 0n, -5n],
])('the smaller of %i and %i is %i', (left, right, smaller) => {
  expect(min(money(left, eur), money(right, eur)).minor).toBe(smaller);
});

test.each([
  [0n, { isZero: true, isPositive: false, isNegative: false }],
  [1n, { isZero: false, isPositive: true, isNegative: false }],
  [-1n, { isZero: false, isPositive: false, isNegative: true }],
])('%i has one sign', (minor, signs) => {
  const subject = money(minor, eur);
  expect({ isZero: isZero(subject), isPositive: isPositive(subject), isNegative: isNegative(subject) }).toEqual(signs);
});

test.each([
  ['add', () => add(money(1n, eur), money(1n, usd))],
  ['subtract', () => subtract(money(1n, eur), money(1n, usd))],
  ['compare', () => compare(money(1n, eur), money(1n, usd))],
  ['min', () => min(money(1n, eur), money(1n, usd))],
  ['sum', () => sum([money(1n, usd)], eur)],
])('%s across currencies is a bug', (_name, act) => {
  expect(act).toThrow('never reckoned together');
});

test('an amount can be carried as long as a JSON number is exact', () => {
  expect(AMOUNT_MINOR_MAX).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  expect([AMOUNT_MINOR_MAX, -AMOUNT_MINOR_MAX].map(isRepresentable)).toEqual([true, true]);
  expect([AMOUNT_MINOR_MAX + 1n, -AMOUNT_MINOR_MAX - 1n].map(isRepresentable)).toEqual([false, false]);
});
