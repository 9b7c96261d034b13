import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest, type Refusal, unexpectedState } from '../../errors.js';
import type { Work } from '../../work.js';
import { lineItemsOf } from './amount-details-line-item.js';

export interface PaymentIntentObject extends Stripe.PaymentIntent {
  /** How much of its customer's cash was put into it so far. */
  readonly _funded?: number;
}
export type PaymentIntentStatus = PaymentIntentObject['status'];

export const paymentIntents = defineCollection<PaymentIntentObject>({
  type: 'payment_intent',
  prefix: 'pi',
  path: (intent) => `/v1/payment_intents/${intent.id}`,
  indexes: ['customer'],
  isSearched: true,
  included: { 'amount_details.line_items': (intent, work) => lineItemsOf(work, intent.id) },
});

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
const statusesFor = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  cancel: ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action', 'processing'],
  capture: ['requires_capture'],
  increment: ['requires_capture'],
  update: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
} as const satisfies Record<string, readonly PaymentIntentStatus[]>;

/** Refuses what the intent's state does not allow. */
export const requireStatus = (work: Work, intent: PaymentIntentObject, verb: keyof typeof statusesFor): void => {
  const allowed: readonly string[] = statusesFor[verb];
  if (allowed.includes(intent.status)) return;
  throw wrongState(
    work,
    intent,
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of these statuses allows it: ${allowed.join(', ')}.`,
  );
};

export const wrongState = (work: Work, intent: PaymentIntentObject, message: string): Refusal =>
  unexpectedState('payment_intent_unexpected_state', message, { payment_intent: work.render(intent) });

interface Redirecting {
  readonly automatic_payment_methods:
    | PaymentIntentObject['automatic_payment_methods']
    | Stripe.SetupIntent['automatic_payment_methods'];
  readonly allowed_payment_method_types: readonly string[] | null;
}

/** Automatic methods may send the customer away, and then there must be a way back. */
export const requireReturnUrl = (intent: Redirecting, returnUrl: string | null): void => {
  const automatic = intent.automatic_payment_methods;
  if (automatic?.enabled !== true || automatic.allow_redirects === 'never' || returnUrl !== null) return;
  const narrowed = intent.allowed_payment_method_types;
  if (narrowed?.every((type) => stayingTypes.includes(type))) return;
  throw invalidRequest(
    'This intent accepts the payment methods enabled in the Dashboard, some of which redirect the customer: give a `return_url`, or set `automatic_payment_methods[allow_redirects]` to `never` when creating it.',
  );
};

/** Methods that send nobody away. */
const stayingTypes = ['card', 'customer_balance', 'sepa_debit'];

/** Where the customer proves who they are. */
export const challengeUrl = (work: Work, intentId: string): string =>
  `${work.baseUrl}/challenge/${work.account.id}/${intentId}`;

/** What the customer must do next; the same for payments and set-ups. */
export interface ChallengeAction {
  readonly type: 'redirect_to_url' | 'use_stripe_sdk';
  readonly redirect_to_url?: { readonly return_url: string; readonly url: string };
  readonly use_stripe_sdk?: { readonly type: string; readonly stripe_js: string };
}

export const challengeAction = (work: Work, intentId: string, returnUrl: string | null): ChallengeAction => {
  const url = challengeUrl(work, intentId);
  if (returnUrl !== null) return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } };
};
