import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from './allocate.js';
import { currencyOf } from './currency.js';
import { money, sum } from './money.js';

const eur = currencyOf('eur');

test.each([
  [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
  [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
  [5n, [3n, 7n], [2n, 3n]],
  [1n, [1n, 1n], [1n, 0n]],
  [10n, [0n, 1n, 0n], [0n, 10n, 0n]],
  [0n, [1n, 2n], [0n, 0n]],
  [101n, [1n, 1n, 2n], [25n, 25n, 51n]],
])('%s split by %s is %s', (total, weights, parts) => {
  const split = allocate(money(total, eur), weights);
  expect(split.ok && split.value.map((part) => part.minor)).toEqual(parts);
});

test.each([[[]], [[0n]], [[0n, 0n]]])('nothing can be split by the weights [%s]', (weights) => {
  expect(allocate(money(1n, eur), weights)).toEqual({ ok: false, error: { code: 'allocation_without_weight' } });
});

const weight = fc.bigInt({ min: 0n, max: 10n ** 12n });
const weights = fc.array(weight, { minLength: 1, maxLength: 40 }).filter((list) => list.some((each) => each > 0n));
const total = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

test('the parts always sum to the whole', () => {
  fc.assert(
    fc.property(total, weights, (minor, by) => {
      const split = allocate(money(minor, eur), by);
      expect(split.ok && sum(split.value, eur).minor).toBe(minor);
    }),
  );
});

test('no part is more than one minor unit away from its exact share, and none changes its sign', () => {
  fc.assert(
    fc.property(total, weights, (minor, by) => {
      const split = allocate(money(minor, eur), by);
      const all = by.reduce((left, right) => left + right, 0n);
      for (const [position, part] of (split.ok ? split.value : []).entries()) {
        const error = part.minor * all - minor * (by[position] ?? 0n);
        expect(error < all && error > -all).toBe(true);
        expect(part.minor * minor >= 0n).toBe(true);
      }
    }),
  );
});

test('a weight below zero is a bug', () => {
  expect(() => allocate(money(1n, eur), [2n, -1n])).toThrow('never negative');
});
