import { monthsLater } from '../resources/months-later.js';

/** How often a price bills: `interval_count` intervals make one period. */
export interface Recurrence {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly interval_count: number;
}

/** What a request may say of the anchor; what it leaves out of the time of day is that of the creation. */
export interface AnchorConfig {
  readonly day_of_month: number;
  readonly month?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
}

const daySeconds = 86_400;
/** Months of a month as of a year are counted, days of a day as of a week: neither knows the other's length. */
const daysOf = { day: 1, week: 7 };
const monthsOf = { month: 1, year: 12 };

/** After so many periods the calendar has shown every length of month it has, leap days included. */
const anchorPeriodsMax = 48;

/**
 * The first period end after `after`, counted from the anchor: of a month without the anchor's day its last, and back to
 * the anchor's day in the next. The anchor may lie ahead. Seconds since 1970, UTC.
 * https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export const periodEndAfter = (anchor: number, recurrence: Recurrence, after: number): number =>
  boundaryOf(anchor, recurrence, boundaryNumber(anchor, recurrence, after) + 1);

/** The boundary at or before `at`, where the whole period that holds `at` begins. */
export const periodStartAt = (anchor: number, recurrence: Recurrence, at: number): number =>
  boundaryOf(anchor, recurrence, boundaryNumber(anchor, recurrence, at));

/**
 * The anchor that a config asks for: the next moment of that day and time. Of several months it is the first, counted in
 * whole periods, that has such a day, so that later ends find their day again: two months from February at the 31st are
 * anchored in August, and still end in February first.
 * https://docs.stripe.com/billing/subscriptions/billing-cycle#use-billing_cycle_anchor_config
 */
export const anchorFromConfig = (config: AnchorConfig, recurrence: Recurrence, now: number): number => {
  const first = firstMonthOf(config, now);
  const step = monthsOf[recurrence.interval === 'year' ? 'year' : 'month'] * recurrence.interval_count;
  for (let period = 0; period < anchorPeriodsMax; period += 1) {
    const month = first + period * step;
    if (config.day_of_month <= lastDayOf(month)) return momentIn(month, config, now);
  }
  return momentIn(first, config, now);
};

/** Which boundary, counted from the anchor's 0 and below it by negatives, is the last at or before `at`. */
const boundaryNumber = (anchor: number, recurrence: Recurrence, at: number): number => {
  const { interval, interval_count: count } = recurrence;
  if (interval === 'day' || interval === 'week') {
    return Math.floor((at - anchor) / (daysOf[interval] * daySeconds * count));
  }
  const number = Math.floor((monthNumberOf(at) - monthNumberOf(anchor)) / (monthsOf[interval] * count));
  return boundaryOf(anchor, recurrence, number) > at ? number - 1 : number;
};

const boundaryOf = (anchor: number, { interval, interval_count: count }: Recurrence, number: number): number =>
  interval === 'day' || interval === 'week'
    ? anchor + number * daysOf[interval] * daySeconds * count
    : monthsLater(anchor, number * monthsOf[interval] * count);

/** Months since the year 0, so that months of any years can be subtracted. */
const monthNumberOf = (seconds: number): number => {
  const date = new Date(seconds * 1000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/** The month, of the config if it names one, whose day and time, or last day, is not over yet. */
const firstMonthOf = (config: AnchorConfig, now: number): number => {
  const current = monthNumberOf(now);
  const ahead = config.month === undefined ? 0 : (config.month - 1 - (current % 12) + 12) % 12;
  const month = current + ahead;
  if (momentIn(month, config, now) >= now) return month;
  return month + (config.month === undefined ? 1 : 12);
};

const momentIn = (month: number, config: AnchorConfig, now: number): number => {
  const clock = new Date(now * 1000);
  const day = Math.min(config.day_of_month, lastDayOf(month));
  const hour = config.hour ?? clock.getUTCHours();
  const minute = config.minute ?? clock.getUTCMinutes();
  const second = config.second ?? clock.getUTCSeconds();
  return Date.UTC(Math.floor(month / 12), month % 12, day, hour, minute, second) / 1000;
};

const lastDayOf = (month: number): number =>
  new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
