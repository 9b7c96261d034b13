import type { Work } from '../work.js';
import { methodFor } from './first-invoice.js';
import { changeSubscription, type SubscriptionObject } from './subscription.js';
import { endSubscription } from './subscription-end.js';
import { planMoves } from './subscription-moves.js';

/** What a trial's end leads to, to be billed; undefined when it is paused or over instead. */
export interface TrialEnd {
  readonly subscription: SubscriptionObject;
  readonly changes: Partial<SubscriptionObject>;
}

/**
 * A trial is over. Without a method the subscription does what its settings say; otherwise its first full period begins.
 * https://docs.stripe.com/billing/subscriptions/trials/free-trials
 */
export const endTrial = (work: Work, before: SubscriptionObject): TrialEnd | undefined => {
  const { billing_cycle_anchor: reset, missing_payment_method: then } = before.trial_settings?.end_behavior ?? {};
  const needsMethod = before.collection_method === 'charge_automatically' && methodFor(work, before) === undefined;
  if (needsMethod && then === 'cancel') {
    endSubscription(work, before, {});
    return undefined;
  }
  if (needsMethod && then === 'pause') {
    pauseAtTrialEnd(work, before);
    return undefined;
  }
  const anchor = reset === 'now' ? { billing_cycle_anchor: work.now } : {};
  return { subscription: before, changes: { ...anchor, status: 'active' } };
};

const pauseAtTrialEnd = (work: Work, before: SubscriptionObject): void => {
  const paused = changeSubscription(work, before, {
    status: 'paused',
    status_details: pausedBecause('trial_end_without_payment_method', work.now),
  });
  planMoves(work, paused);
  work.emit('customer.subscription.paused', paused);
};

type PauseReason = NonNullable<SubscriptionObject['status_details']>['paused']['subscription']['type'];

export const pausedBecause = (type: PauseReason, at: number): NonNullable<SubscriptionObject['status_details']> => ({
  paused: { subscription: { type }, transitioned_at: at, type: 'subscription' },
});
