import type { Work } from '../../work.js';
import { counterOf, type MeterEventRecord, type MeterObject, meterEventRecords } from './meter.js';

export type Usage = Pick<MeterEventRecord, 'timestamp' | 'value'>;

const hourSeconds = 3600;
export const windowSeconds: Readonly<Record<string, number>> = { hour: hourSeconds, day: 24 * hourSeconds };

/**
 * What a meter makes of the events of one customer, in the order they came: their sum, their number, or the last by the
 * time of usage (of equals the one that came later). Of events that were added up beforehand the last of each window
 * counts alone: https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure
 */
export const aggregated = (
  meter: Pick<MeterObject, 'default_aggregation' | 'event_time_window'>,
  events: readonly Usage[],
): number => {
  const counted = meter.event_time_window === null ? events : lastOfWindows(events, meter.event_time_window);
  const { formula } = meter.default_aggregation;
  if (formula === 'count') return counted.length;
  if (formula === 'last') return latest(counted)?.value ?? 0;
  return counted.reduce((sum, event) => sum + (event.value ?? 0), 0);
};

const lastOfWindows = (events: readonly Usage[], window: string): Usage[] => {
  const seconds = windowSeconds[window] ?? hourSeconds;
  return [...byWindow(events, seconds).values()].flatMap((inside) => latest(inside) ?? []);
};

/** By the start of the window they are in. */
export const byWindow = (events: readonly Usage[], seconds: number): Map<number, Usage[]> => {
  const windows = new Map<number, Usage[]>();
  for (const event of events) {
    const start = event.timestamp - (event.timestamp % seconds);
    const inside = windows.get(start);
    if (inside === undefined) windows.set(start, [event]);
    else inside.push(event);
  }
  return windows;
};

const latest = (events: readonly Usage[]): Usage | undefined =>
  events.reduce<Usage | undefined>(
    (last, event) => (last === undefined || event.timestamp >= last.timestamp ? event : last),
    undefined,
  );

/** What was counted of a customer's usage in [start, end), in the order it came. */
export const usageBetween = (
  work: Work,
  meterId: string,
  customerId: string,
  period: { readonly start: number; readonly end: number },
): MeterEventRecord[] =>
  work
    .where(meterEventRecords, '_counter', counterOf(meterId, customerId))
    .filter((event) => event.status === 'counted' && event.timestamp >= period.start && event.timestamp < period.end);
