import type { Period } from '../resources/invoices/invoice-line.js';
import { periodEndAfter, periodStartAt, type Recurrence } from './billing-period.js';
import { type ProratedSide, remainingAmount } from './proration.js';
import type { SubscriptionObject } from './subscription.js';

type Anchored = Pick<SubscriptionObject, 'billing_cycle_anchor' | 'cancel_at' | 'status'>;

/** The period of this rhythm that begins at `start`: a date of cancellation ends it sooner, except in a trial. */
export const periodFrom = (subscription: Anchored, recurrence: Recurrence, start: number): Period => {
  const natural = periodEndAfter(subscription.billing_cycle_anchor, recurrence, start);
  return { start, end: endedBy(subscription, natural) };
};

/** https://docs.stripe.com/billing/subscriptions/cancel#set-a-custom-cancel-date */
export const endedBy = ({ cancel_at: cancelsAt, status }: Anchored, end: number): number =>
  cancelsAt === null || status === 'trialing' ? end : Math.min(end, cancelsAt);

/** The whole period, from anchor to anchor, that ends at `end` or holds it: what a price's full amount is for. */
export const wholePeriod = (anchor: number, recurrence: Recurrence, end: number): Period => ({
  start: periodStartAt(anchor, recurrence, end - 1),
  end: periodEndAfter(anchor, recurrence, end - 1),
});

/** What a part of a whole period costs: counted to the second, rounded once. */
export const partAmount = (side: ProratedSide, part: Period): number =>
  remainingAmount(side, side.period.end - Math.max(0, part.end - part.start));
