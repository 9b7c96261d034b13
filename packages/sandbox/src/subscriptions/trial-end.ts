import type { Work } from '../work.js';
import { methodFor } from './first-invoice.js';
import { changeSubscription, type SubscriptionObject, subscriptions } from './subscription.js';
import { endSubscription } from './subscription-end.js';
import { planMoves } from './subscription-moves.js';
import { countedFrom } from './usage-lines.js';

/** What a trial's end leads to, to be billed; undefined when it is paused or over instead. */
export interface TrialEnd {
  readonly subscription: SubscriptionObject;
  readonly changes: Partial<SubscriptionObject>;
}

/** What happens instead of a first full period: nobody would pay for it, and its settings say what then. */
const endWithoutMethod = (work: Work, subscription: SubscriptionObject): 'cancel' | 'pause' | undefined => {
  const then = subscription.trial_settings?.end_behavior.missing_payment_method;
  const isCharged = subscription.collection_method === 'charge_automatically';
  if (!isCharged || methodFor(work, subscription) !== undefined) return undefined;
  if (then === 'cancel') return 'cancel';
  return then === 'pause' ? 'pause' : undefined;
};

/**
 * A trial is over. Without a method the subscription does what its settings say; otherwise its first full period begins.
 * https://docs.stripe.com/billing/subscriptions/trials/free-trials
 */
export const endTrial = (work: Work, before: SubscriptionObject): TrialEnd | undefined => {
  if (endTrialUnpaid(work, before, before) !== undefined) return undefined;
  const anchor =
    before.trial_settings?.end_behavior.billing_cycle_anchor === 'now' ? { billing_cycle_anchor: work.now } : {};
  return { subscription: before, changes: { ...anchor, status: 'active' } };
};

/** Ends it without a period to be paid, as what it becomes says: by itself, or because somebody ended the trial early. */
export const endTrialUnpaid = (
  work: Work,
  before: SubscriptionObject,
  after: SubscriptionObject,
): SubscriptionObject | undefined => {
  const then = endWithoutMethod(work, after);
  if (then === undefined) return undefined;
  if (then === 'pause') return pauseAtTrialEnd(work, before, after);
  return endSubscription(work, after === before ? before : work.update(subscriptions, before, after), {});
};

const pauseAtTrialEnd = (work: Work, before: SubscriptionObject, after: SubscriptionObject): SubscriptionObject => {
  const paused = changeSubscription(work, before, {
    ...after,
    // What a trial was used for is not billed.
    _items: after._items.map((item) => countedFrom(item, work.now)),
    status: 'paused',
    status_details: pausedBecause('trial_end_without_payment_method', work.now),
  });
  planMoves(work, paused);
  work.emit('customer.subscription.paused', paused);
  return paused;
};

type PauseReason = NonNullable<SubscriptionObject['status_details']>['paused']['subscription']['type'];

export const pausedBecause = (type: PauseReason, at: number): NonNullable<SubscriptionObject['status_details']> => ({
  paused: { subscription: { type }, transitioned_at: at, type: 'subscription' },
});
