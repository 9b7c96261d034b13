import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  addHours,
  addMilliseconds,
  addMinutes,
  addSeconds,
  INSTANT_MAX,
  INSTANT_MIN,
  instantFromIso,
  instantFromUnixSeconds,
  instantOf,
  isoFromInstant,
} from './instant.js';

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2024-02-29T12:00:00.123Z', 1_709_208_000_123],
  ['2024-02-29T13:00:00+01:00', 1_709_208_000_000],
  ['2024-02-29T12:00:00.1239Z', 1_709_208_000_123],
  ['9999-12-31T23:59:59.999999999Z', 253_402_300_799_999],
])('%s is %i milliseconds after the epoch', (text, milliseconds) => {
  expect(instantFromIso(text)).toEqual({ ok: true, value: milliseconds });
});

test.each(['', 'now', '2024-02-29', '2024-02-29T12:00:00', '2023-02-29T12:00:00Z', '2024-13-01T00:00:00Z'])(
  '%j names no moment',
  (text) => {
    expect(instantFromIso(text)).toEqual({ ok: false, error: { code: 'instant_malformed', text } });
  },
);

test.each([
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '+010000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
])('%s lies outside the years that are taken', (text) => {
  expect(instantFromIso(text)).toEqual({ ok: false, error: { code: 'instant_out_of_range', text } });
});

test.each([
  [0, 0],
  [1_709_208_000, 1_709_208_000_000],
  [253_402_300_799, 253_402_300_799_000],
])('%i seconds are a moment', (seconds, milliseconds) => {
  expect(instantFromUnixSeconds(seconds)).toEqual({ ok: true, value: milliseconds });
});

test.each([-1, 253_402_300_800, -1e15, 1e300, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  '%d seconds are none',
  (seconds) => {
    const error = { code: 'instant_out_of_range', text: String(seconds) };
    expect(instantFromUnixSeconds(seconds)).toEqual({ ok: false, error });
  },
);

test('a moment is always written with milliseconds, in UTC', () => {
  expect(isoFromInstant(instantOf(0))).toBe('1970-01-01T00:00:00.000Z');
});

test('a moment written and read again is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: INSTANT_MIN, max: INSTANT_MAX }), (milliseconds) => {
      expect(instantFromIso(isoFromInstant(instantOf(milliseconds)))).toEqual({ ok: true, value: milliseconds });
    }),
  );
});

test.each([
  ['a millisecond', addMilliseconds, 1],
  ['a second', addSeconds, 1_000],
  ['a minute', addMinutes, 60_000],
  ['an hour', addHours, 3_600_000],
  ['a day', addDays, 86_400_000],
])('%s has its length, forwards and backwards', (_name, later, length) => {
  expect(later(instantOf(5), 2)).toBe(5 + 2 * length);
  expect(later(instantOf(5), -2)).toBe(5 - 2 * length);
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 2])('%d is no moment', (milliseconds) => {
  expect(() => instantOf(milliseconds)).toThrow('a moment');
});

test('the epoch has no sign', () => {
  expect(Object.is(instantOf(-0), 0)).toBe(true);
});
