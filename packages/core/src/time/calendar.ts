import { Temporal } from 'temporal-polyfill';
import { invariant } from '../invariant.js';
import { err, ok, type Result } from '../result.js';
import { type Instant, instantOf } from './instant.js';
import { type Period, period } from './period.js';

declare const timeZoneBrand: unique symbol;

/** The name of a time zone in the IANA database, such as `Europe/Berlin`. */
export type TimeZone = string & { readonly [timeZoneBrand]: true };

export type IntervalUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A length of the calendar, such as 3 months. `count` is a whole number above zero. */
export interface Interval {
  readonly unit: IntervalUnit;
  readonly count: number;
}

/** Three years of days: no recurring charge is rarer (Stripe's own limit is three years). */
export const INTERVAL_COUNT_MAX = 1_096;
/** Thousands of years of months: a period number beyond it is a mistake in the program. */
export const PERIOD_INDEX_MAX = 100_000;

export const UTC = 'UTC' as TimeZone;

export interface TimeZoneUnknown {
  readonly code: 'time_zone_unknown';
  readonly text: string;
}

/**
 * The time zone that `text` names. A bare offset such as `+02:00` is refused: it knows no summer time, so a renewal
 * would move by an hour twice a year.
 *
 * Errors: `time_zone_unknown` when the IANA database has no such name.
 */
export function parseTimeZone(text: string): Result<TimeZone, TimeZoneUnknown> {
  if (!/^[A-Za-z]/.test(text)) return err({ code: 'time_zone_unknown', text });
  try {
    return ok(new Temporal.ZonedDateTime(0n, text).timeZoneId as TimeZone);
  } catch (error) {
    if (error instanceof RangeError) return err({ code: 'time_zone_unknown', text });
    throw error;
  }
}

/**
 * The moment one interval after the anchor, by the calendar of the time zone: the clock on the wall shows the same time,
 * and a day that the target month lacks becomes its last day. A time that summer time skips becomes the one an hour
 * later; of a time that occurs twice, it is the first.
 */
export function addInterval(anchor: Instant, interval: Interval, timeZone: TimeZone): Instant {
  return nthBoundary(anchor, interval, { index: 1, timeZone });
}

/**
 * The period with this number, where number 0 starts at the anchor. Each boundary is reckoned from the original anchor
 * and never from the boundary before it, so that 31 Jan is followed by 29 Feb and then by 31 Mar.
 */
export function nthPeriod(
  anchor: Instant,
  interval: Interval,
  { index, timeZone }: { readonly index: number; readonly timeZone: TimeZone },
): Period {
  return period(
    nthBoundary(anchor, interval, { index, timeZone }),
    nthBoundary(anchor, interval, { index: index + 1, timeZone }),
  );
}

function nthBoundary(
  anchor: Instant,
  interval: Interval,
  { index, timeZone }: { readonly index: number; readonly timeZone: TimeZone },
): Instant {
  invariant(Number.isInteger(interval.count) && interval.count > 0, 'an interval has a whole count above zero');
  invariant(interval.count <= INTERVAL_COUNT_MAX, `an interval counts at most ${INTERVAL_COUNT_MAX}`);
  invariant(Number.isInteger(index) && index >= 0 && index <= PERIOD_INDEX_MAX, 'a period has a number within bounds');
  const start = Temporal.Instant.fromEpochMilliseconds(anchor).toZonedDateTimeISO(timeZone);
  const end = start.add(duration(interval.unit, interval.count * index), { overflow: 'constrain' });
  return instantOf(end.epochMilliseconds);
}

function duration(unit: IntervalUnit, count: number): { days: number } | { weeks: number } | { months: number } {
  switch (unit) {
    case 'day':
      return { days: count };
    case 'week':
      return { weeks: count };
    case 'month':
      return { months: count };
    case 'quarter':
      return { months: count * 3 };
    case 'year':
      return { months: count * 12 };
  }
}
