import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from './instant.js';
import { contains, lengthMilliseconds, overlaps, period, split } from './period.js';

const of = (start: number, end: number) => period(instantOf(start), instantOf(end));
const anyPeriod = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 50 }))
  .map(([start, length]) => of(start, start + length));

test.each([
  [9, false],
  [10, true],
  [19, true],
  [20, false],
])('of the period from 10 to 20, %i belongs to it: %s', (moment, belongs) => {
  expect(contains(of(10, 20), instantOf(moment))).toBe(belongs);
});

test.each([
  [of(0, 10), of(10, 20), false],
  [of(0, 11), of(10, 20), true],
  [of(0, 30), of(10, 20), true],
  [of(20, 30), of(10, 20), false],
])('%j and %j overlap: %s', (left, right, outcome) => {
  expect(overlaps(left, right)).toBe(outcome);
  expect(overlaps(right, left)).toBe(outcome);
});

test('two parts of a period are the whole: no moment is lost and none is in both', () => {
  fc.assert(
    fc.property(
      anyPeriod,
      fc.integer({ min: -60, max: 110 }),
      fc.integer({ min: -60, max: 110 }),
      (whole, at, moment) => {
        const parts = split(whole, instantOf(at));
        if (!parts.ok) return;
        const [before, after] = parts.value;
        const holders = parts.value.filter((part) => contains(part, instantOf(moment)));
        expect(holders).toHaveLength(contains(whole, instantOf(moment)) ? 1 : 0);
        expect(lengthMilliseconds(before) + lengthMilliseconds(after)).toBe(lengthMilliseconds(whole));
      },
    ),
  );
});

test.each([5, 10, 20, 25])('a period from 10 to 20 is not split at %i, where one part would be empty', (at) => {
  expect(split(of(10, 20), instantOf(at))).toEqual({ ok: false, error: { code: 'split_outside_period' } });
});

test.each([
  [10, 10],
  [10, 9],
])('there is no period from %i to %i', (start, end) => {
  expect(() => of(start, end)).toThrow('ends after it starts');
});
