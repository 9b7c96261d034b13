import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { tokenFrom } from '../../ids.js';
import { operation } from '../../operation.js';
import type { RequestContext } from '../../work.js';
import { customers } from '../customers/customer.js';
import { type MeterObject, meters } from './meter.js';
import { aggregated, byWindow, usageBetween, windowSeconds } from './meter-usage.js';

type Summary = Stripe.Billing.MeterEventSummary;
type SummariesContext = RequestContext<Stripe.Billing.MeterListEventSummariesParams>;

const minuteSeconds = 60;
const limitDefault = 10;
const limitMax = 100;
const idLength = 32;

/** Newest first; windows without usage are left out, as in the example of https://docs.stripe.com/api/billing/meter-event-summary/list */
export const listMeterEventSummaries = operation<Stripe.Billing.MeterListEventSummariesParams>((context) => {
  const { params } = context;
  const meter = context.require(meters, context.path.meter ?? '');
  const { id: customer } = context.require(customers, params.customer, 'customer');
  const period = periodIn(context);
  const events = usageBetween(context, meter.id, customer, period);
  const window = windowSeconds[params.value_grouping_window ?? ''];
  if (events.length === 0) return page(context, []);
  const summaryOf = (start: number, end: number, inside: typeof events): Summary => ({
    id: `mtrusg_${context.account.livemode ? '' : 'test_'}${tokenFrom(`${meter.id} ${customer} ${start} ${end}`, idLength)}`,
    object: 'billing.meter_event_summary',
    aggregated_value: aggregated(meter as MeterObject, inside),
    end_time: end,
    livemode: context.account.livemode,
    meter: meter.id,
    start_time: start,
  });
  if (window === undefined) return page(context, [summaryOf(period.start, period.end, events)]);
  const starts = [...byWindow(events, window)].sort(([one], [other]) => other - one);
  return page(
    context,
    starts.map(([start, inside]) => summaryOf(start, start + window, inside as typeof events)),
  );
});

/** Both ends stand on minutes, or on the hours or days of the windows that were asked for. */
const periodIn = ({ params }: SummariesContext): { readonly start: number; readonly end: number } => {
  const { start_time: start, end_time: end, value_grouping_window: window } = params;
  const step = windowSeconds[window ?? ''] ?? minuteSeconds;
  const names: Readonly<Record<string, string>> = { hour: 'hour', day: 'UTC day' };
  for (const [param, time] of [
    ['start_time', start],
    ['end_time', end],
  ] as const) {
    if (time % step === 0 && time >= 0) continue;
    throw invalidRequest(`\`${param}\` must be aligned with ${names[window ?? ''] ?? 'minute'} boundaries.`, { param });
  }
  if (start < end) return { start, end };
  throw invalidRequest('`end_time` must be after `start_time`.', { param: 'end_time' });
};

const page = (context: SummariesContext, all: readonly Summary[]) => {
  const { limit = limitDefault, starting_after: after, ending_before: before } = context.params;
  const most = Math.min(limitMax, Math.max(1, limit));
  const cursor = after ?? before;
  const place = cursor === undefined ? -1 : all.findIndex((summary) => summary.id === cursor);
  if (cursor !== undefined && place < 0) {
    throw resourceMissing('meter event summary', cursor, after === undefined ? 'ending_before' : 'starting_after');
  }
  const isBackwards = after === undefined && before !== undefined;
  const rest = isBackwards ? all.slice(0, place) : all.slice(place + 1);
  const data = isBackwards ? rest.slice(-most) : rest.slice(0, most);
  return { object: 'list', data, has_more: rest.length > data.length, url: context.url };
};
