import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anchorFromConfig, periodEndAfter, periodStartAt, type Recurrence } from './billing-period.js';

const at = (text: string): number => Date.parse(text.length > 10 ? `${text}Z` : `${text}T00:00:00Z`) / 1000;
const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

const recurrence = (interval: Recurrence['interval'], interval_count = 1): Recurrence => ({ interval, interval_count });

const endsOf = (anchor: number, every: Recurrence, count: number): string[] => {
  const ends: string[] = [];
  for (let end = anchor; ends.length < count; ) {
    end = periodEndAfter(anchor, every, end);
    ends.push(day(end));
  }
  return ends;
};

describe('periods fall back to the end of a short month and return to their day', () => {
  // The first three are the examples of https://docs.stripe.com/billing/subscriptions/billing-cycle
  test.each([
    ['2026-01-31', recurrence('month'), ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    ['2028-01-31', recurrence('month'), ['2028-02-29', '2028-03-31', '2028-04-30']],
    ['2022-06-03', recurrence('week'), ['2022-06-10', '2022-06-17', '2022-06-24']],
    ['2026-09-02', recurrence('month'), ['2026-10-02', '2026-11-02', '2026-12-02', '2027-01-02']],
    ['2026-01-30', recurrence('month'), ['2026-02-28', '2026-03-30', '2026-04-30']],
    ['2026-08-31', recurrence('month', 3), ['2026-11-30', '2027-02-28', '2027-05-31']],
    ['2024-02-29', recurrence('year'), ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']],
    ['2026-03-28', recurrence('day', 2), ['2026-03-30', '2026-04-01', '2026-04-03']],
  ])('from %s', (anchor, every, ends) => {
    expect(endsOf(at(anchor), every, ends.length)).toEqual(ends);
  });

  it('a period starts at its boundary itself and ends after it', () => {
    const anchor = at('2026-01-31T10:00:00');
    expect(periodStartAt(anchor, recurrence('month'), at('2026-02-28T10:00:00'))).toBe(at('2026-02-28T10:00:00'));
    expect(periodStartAt(anchor, recurrence('month'), at('2026-02-28T09:59:59'))).toBe(anchor);
    expect(periodEndAfter(anchor, recurrence('month'), at('2026-02-28T10:00:00'))).toBe(at('2026-03-31T10:00:00'));
  });

  it('an anchor ahead gives the whole period that the present lies in', () => {
    const anchor = at('2026-06-15');
    expect(day(periodStartAt(anchor, recurrence('month'), at('2026-06-01')))).toBe('2026-05-15');
    expect(day(periodEndAfter(anchor, recurrence('month'), at('2026-06-01')))).toBe('2026-06-15');
  });
});

describe('an anchor is found from its config', () => {
  test.each([
    [
      'the day ahead in this month',
      { day_of_month: 15 },
      recurrence('month'),
      '2026-03-03T08:09:10',
      '2026-03-15T08:09:10',
    ],
    [
      'the day of the next month',
      { day_of_month: 2 },
      recurrence('month'),
      '2026-03-03T08:09:10',
      '2026-04-02T08:09:10',
    ],
    [
      'today, at a later hour',
      { day_of_month: 3, hour: 9 },
      recurrence('month'),
      '2026-03-03T08:09:10',
      '2026-03-03T09:09:10',
    ],
    [
      'today, at an hour gone by',
      { day_of_month: 3, hour: 7 },
      recurrence('month'),
      '2026-03-03T08:09:10',
      '2026-04-03T07:09:10',
    ],
    [
      'day, hour, minute and second',
      { day_of_month: 15, hour: 12, minute: 30, second: 0 },
      recurrence('month'),
      '2026-03-15T12:30:01',
      '2026-04-15T12:30:00',
    ],
    [
      '1 July of yearly prices',
      { month: 7, day_of_month: 1 },
      recurrence('year'),
      '2026-08-01T00:00:00',
      '2027-07-01T00:00:00',
    ],
    [
      'the first month that has a 31st',
      { day_of_month: 31 },
      recurrence('month'),
      '2026-04-10T00:00:00',
      '2026-05-31T00:00:00',
    ],
    // https://docs.stripe.com/billing/subscriptions/billing-cycle: two months from February at the 31st.
    [
      'a 31st in steps of two months',
      { day_of_month: 31 },
      recurrence('month', 2),
      '2026-02-10T00:00:00',
      '2026-08-31T00:00:00',
    ],
    ['29 February', { month: 2, day_of_month: 29 }, recurrence('year'), '2026-01-10T00:00:00', '2028-02-29T00:00:00'],
    [
      'a day that its month never has',
      { month: 4, day_of_month: 31 },
      recurrence('year'),
      '2026-01-10T00:00:00',
      '2026-04-30T00:00:00',
    ],
  ])('%s', (_what, config, every, now, anchor) => {
    expect(anchorFromConfig(config, every, at(now))).toBe(at(anchor));
  });

  it('and the first full invoice falls within one period of now, as documented', () => {
    const now = at('2026-02-10');
    const anchor = anchorFromConfig({ day_of_month: 31 }, recurrence('month', 2), now);
    expect(day(periodEndAfter(anchor, recurrence('month', 2), now))).toBe('2026-02-28');
    expect(day(periodEndAfter(anchor, recurrence('month', 2), at('2026-02-28')))).toBe('2026-04-30');
  });
});

describe('whatever the anchor and the moment', () => {
  const moment = fc.integer({ min: at('1999-01-01'), max: at('2060-01-01') });
  const every = fc.record({
    interval: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
    interval_count: fc.integer({ min: 1, max: 12 }),
  });

  it('the period holds the moment, and nothing lies between two periods', () => {
    fc.assert(
      fc.property(moment, every, moment, (anchor, repeat, when) => {
        const start = periodStartAt(anchor, repeat, when);
        const end = periodEndAfter(anchor, repeat, when);
        expect(start).toBeLessThanOrEqual(when);
        expect(end).toBeGreaterThan(when);
        expect(periodEndAfter(anchor, repeat, start)).toBe(end);
        expect(periodStartAt(anchor, repeat, end - 1)).toBe(start);
        expect(periodStartAt(anchor, repeat, end)).toBe(end);
      }),
    );
  });

  it('the anchor is a boundary itself, and its time of day is that of all', () => {
    fc.assert(
      fc.property(moment, every, moment, (anchor, repeat, when) => {
        expect(periodStartAt(anchor, repeat, anchor)).toBe(anchor);
        expect(Math.abs(periodEndAfter(anchor, repeat, when) - anchor) % 86_400).toBe(0);
      }),
    );
  });

  it('an anchor from a config lies ahead, on its day unless its month never has one', () => {
    const config = fc.record(
      {
        day_of_month: fc.integer({ min: 1, max: 31 }),
        month: fc.integer({ min: 1, max: 12 }),
        hour: fc.integer({ min: 0, max: 23 }),
      },
      { requiredKeys: ['day_of_month'] },
    );
    const byMonth = fc.record({
      interval: fc.constantFrom('month' as const, 'year' as const),
      interval_count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(config, byMonth, moment, (given, repeat, now) => {
        const anchor = anchorFromConfig(given, repeat, now);
        const date = new Date(anchor * 1000);
        expect(anchor).toBeGreaterThanOrEqual(now);
        expect(date.getUTCDate()).toBeLessThanOrEqual(given.day_of_month);
        if (given.day_of_month <= 28) expect(date.getUTCDate()).toBe(given.day_of_month);
        const first = periodEndAfter(anchor, repeat, now);
        expect(first - now).toBeLessThanOrEqual(
          repeat.interval_count * (repeat.interval === 'year' ? 366 : 31) * 86_400,
        );
      }),
    );
  });
});
