import { invalidRequest } from '../errors.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { wholePeriod } from './periods.js';
import type { SubscriptionObject } from './subscription.js';
import { noCancellation } from './subscription-end.js';

interface CancelParams {
  readonly cancel_at?: number | string | null;
  readonly cancel_at_period_end?: boolean;
}

type CancelFields = Pick<
  SubscriptionObject,
  'cancel_at' | 'cancel_at_period_end' | 'canceled_at' | 'cancellation_details'
>;

/** When it will end by itself: at a time, or at the end of a period; `''` and false take that back. */
export const cancellationFrom = (
  work: Work,
  before: SubscriptionObject,
  { cancel_at: at, cancel_at_period_end: atPeriodEnd }: CancelParams,
): Partial<CancelFields> => {
  if (isTime(at) && atPeriodEnd === true) {
    throw invalidRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
      param: 'cancel_at',
    });
  }
  if (atPeriodEnd === true)
    return asked(work, before, { cancel_at: Math.min(...naturalEnds(before)), cancel_at_period_end: true });
  if (isTime(at)) {
    return asked(work, before, { cancel_at: timeOf(work, before, at), cancel_at_period_end: false });
  }
  const isTakenBack = at !== undefined || (atPeriodEnd === false && before.cancel_at_period_end);
  if (!isTakenBack) return {};
  return {
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { ...noCancellation, ...before.cancellation_details, reason: null },
  };
};

const isTime = (at: CancelParams['cancel_at']): at is number | string => at !== undefined && at !== null && at !== '';

const asked = (
  work: Work,
  before: SubscriptionObject,
  when: Pick<CancelFields, 'cancel_at' | 'cancel_at_period_end'>,
): CancelFields => ({
  ...when,
  canceled_at: work.now,
  cancellation_details: { ...noCancellation, ...before.cancellation_details, reason: 'cancellation_requested' },
});

/** Names for the ends of its items' periods, as far as they are billed. */
const timeOf = (work: Work, before: SubscriptionObject, at: number | string): number => {
  if (at === 'min_period_end') return Math.min(...naturalEnds(before));
  if (at === 'max_period_end' || at === 'max_billed_until') return Math.max(...naturalEnds(before));
  const time = wholeNumber(Number(at), 'cancel_at');
  if (time > work.now) return time;
  throw invalidRequest('`cancel_at` must be a future timestamp.', { param: 'cancel_at' });
};

/** Where the periods would end without any date of cancellation. */
const naturalEnds = ({ billing_cycle_anchor: anchor, status, _items }: SubscriptionObject): number[] =>
  _items.map(({ _recurrence, current_period_end: end }) =>
    status === 'trialing' ? end : wholePeriod(anchor, _recurrence, end).end,
  );
