import { idOf } from '../resources/charges/charge.js';
import type { Work } from '../work.js';
import { changeSubscription, subscriptions } from './subscription.js';

/** What a subscription asked for in its trial is there: https://docs.stripe.com/api/subscriptions/object (pending_setup_intent) */
export const subscriptionSetUp = (
  work: Work,
  intent: { readonly id: string; readonly payment_method: string | { readonly id: string } | null },
): void => {
  const [before] = work.where(subscriptions, 'pending_setup_intent', intent.id);
  if (before === undefined) return;
  const isKept = before.payment_settings.save_default_payment_method === 'on_subscription';
  changeSubscription(work, before, {
    pending_setup_intent: null,
    ...(isKept ? { default_payment_method: idOf(intent.payment_method) } : {}),
  });
};
