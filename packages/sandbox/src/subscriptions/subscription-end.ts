import { changeInvoice, invoices } from '../resources/invoices/invoice.js';
import type { Work } from '../work.js';
import { isOver, type SubscriptionObject, subscriptions } from './subscription.js';
import { planMoves } from './subscription-moves.js';

type Cancellation = NonNullable<SubscriptionObject['cancellation_details']>;

/** Ends a subscription for good and tells of it; its open invoices are no longer collected by themselves. */
export const endSubscription = (
  work: Work,
  before: SubscriptionObject,
  details: Partial<Cancellation>,
): SubscriptionObject => {
  if (isOver(before)) return before;
  const ended = work.update(subscriptions, before, {
    status: 'canceled',
    canceled_at: before.canceled_at ?? work.now,
    ended_at: work.now,
    cancellation_details: { ...noCancellation, ...before.cancellation_details, ...details },
    pause_collection: null,
    _pending: null,
  });
  planMoves(work, ended);
  stopAutomaticCollection(work, ended.id);
  if (!ended._isNew) work.emit('customer.subscription.deleted', ended);
  return ended;
};

export const noCancellation: Cancellation = { comment: null, feedback: null, feedback_option: null, reason: null };

/** https://docs.stripe.com/api/subscriptions/cancel: "stops automatic collection of all finalized invoices". */
const stopAutomaticCollection = (work: Work, subscriptionId: string): void => {
  for (const invoice of work.where(invoices, '_subscription', subscriptionId)) {
    if (invoice.status !== 'open' || invoice.auto_advance !== true) continue;
    work.unschedule('invoice.collects', invoice.id);
    changeInvoice(work, invoice, { auto_advance: false, next_payment_attempt: null });
  }
};
