import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addInterval,
  type Interval,
  type IntervalUnit,
  nthPeriod,
  parseTimeZone,
  type TimeZone,
  UTC,
} from './calendar.js';
import { type Instant, instantFromIso, instantOf, isoFromInstant } from './instant.js';

const at = (text: string): Instant => {
  const parsed = instantFromIso(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const zone = (text: string): TimeZone => {
  const parsed = parseTimeZone(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const every = (count: number, unit: IntervalUnit): Interval => ({ unit, count });

test('the 31st leads over the leap day back to the 31st, since every boundary is reckoned from the original day', () => {
  const starts = [0, 1, 2, 3, 4].map((index) =>
    isoFromInstant(nthPeriod(at('2024-01-31T10:00:00Z'), every(1, 'month'), { index, timeZone: UTC }).start),
  );
  expect(starts.map((text) => text.slice(0, 10))).toEqual([
    '2024-01-31',
    '2024-02-29',
    '2024-03-31',
    '2024-04-30',
    '2024-05-31',
  ]);
});

test.each([
  ['2024-02-29T00:00:00Z', every(1, 'year'), 'UTC', '2025-02-28T00:00:00.000Z'],
  ['2024-02-29T00:00:00Z', every(4, 'year'), 'UTC', '2028-02-29T00:00:00.000Z'],
  ['2025-01-31T00:00:00Z', every(1, 'month'), 'UTC', '2025-02-28T00:00:00.000Z'],
  ['2025-11-30T00:00:00Z', every(1, 'quarter'), 'UTC', '2026-02-28T00:00:00.000Z'],
  ['2025-12-29T00:00:00Z', every(1, 'week'), 'UTC', '2026-01-05T00:00:00.000Z'],
  ['2025-12-31T00:00:00Z', every(1, 'day'), 'UTC', '2026-01-01T00:00:00.000Z'],
  // Berlin sets its clocks forward in the night to 30 March 2025: that day has 23 hours, 02:30 does not exist.
  ['2025-03-29T11:00:00Z', every(1, 'day'), 'Europe/Berlin', '2025-03-30T10:00:00.000Z'],
  ['2025-03-29T01:30:00Z', every(1, 'day'), 'Europe/Berlin', '2025-03-30T01:30:00.000Z'],
  ['2025-02-28T01:30:00Z', every(1, 'month'), 'Europe/Berlin', '2025-03-28T01:30:00.000Z'],
  // And back in the night to 26 October 2025: 02:30 occurs twice, and the first counts.
  ['2025-10-25T00:30:00Z', every(1, 'day'), 'Europe/Berlin', '2025-10-26T00:30:00.000Z'],
  ['2025-10-25T12:00:00Z', every(1, 'day'), 'Europe/Berlin', '2025-10-26T13:00:00.000Z'],
  // The wall clock of the customer decides which day it is, not that of UTC.
  ['2025-01-31T23:30:00Z', every(1, 'month'), 'Europe/Berlin', '2025-02-28T23:30:00.000Z'],
  ['2025-01-31T04:30:00Z', every(1, 'month'), 'America/New_York', '2025-03-01T04:30:00.000Z'],
])('%s and %j in %s is %s', (anchor, interval, timeZone, end) => {
  expect(isoFromInstant(addInterval(at(anchor), interval, zone(timeZone)))).toBe(end);
});

test('a boundary that summer time moved does not move the boundaries after it', () => {
  const anchor = at('2025-03-29T01:30:00Z');
  const timeZone = zone('Europe/Berlin');
  const { start } = nthPeriod(anchor, every(1, 'day'), { index: 2, timeZone });
  expect(isoFromInstant(start)).toBe('2025-03-31T00:30:00.000Z');
});

const units: IntervalUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'].map(
  zone,
);

test('neighbouring periods touch, whatever the calendar does in between', () => {
  const moment = fc.integer({ min: Date.parse('1990-01-01T00:00:00Z'), max: Date.parse('2060-01-01T00:00:00Z') });
  const interval = fc.record({ unit: fc.constantFrom(...units), count: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(
      moment,
      interval,
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom(...zones),
      (of, length, index, timeZone) => {
        const anchor = instantOf(of);
        const first = nthPeriod(anchor, length, { index, timeZone });
        const second = nthPeriod(anchor, length, { index: index + 1, timeZone });
        expect(first.end).toBe(second.start);
        if (index === 0) expect(first.start).toBe(anchor);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['UTC', 'UTC'],
])('%s is the time zone %s', (text, name) => {
  expect(parseTimeZone(text)).toEqual({ ok: true, value: name });
});

test.each(['', 'Mars/Olympus', '+02:00', '-05:00', 'Europe/', '2024-01-01T00:00:00Z', 'Europe/Berlin '])(
  '%j is no time zone',
  (text) => {
    expect(parseTimeZone(text)).toEqual({ ok: false, error: { code: 'time_zone_unknown', text } });
  },
);

test.each([0, -1, 1.5, 1_097])('an interval never counts %d', (count) => {
  expect(() => addInterval(instantOf(0), every(count, 'day'), UTC)).toThrow('an interval');
});

test.each([-1, 0.5, 100_001])('a period never has the number %d', (index) => {
  expect(() => nthPeriod(instantOf(0), every(1, 'day'), { index, timeZone: UTC })).toThrow('a period has a number');
});
