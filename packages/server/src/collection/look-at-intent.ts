import { closeAttempt, type IntentSeen, invariant } from '@tollbridge/core';
import { type StripeTicket, takeTicket } from '../store/stripe-tickets.js';
import { intentFromStripe, retrievePaymentIntent } from '../stripe/payment-intents.js';
import { changesOfAttempt } from './attempt-outcome.js';
import { timesOf } from './load-collection.js';
import { type CarriedOut, type Step, unanswered } from './payment-step.js';

export interface Looked {
  readonly kind: 'seen';
  readonly seen: IntentSeen;
  readonly ticket: StripeTicket;
}

/** No money came by it, and none is under way. */
export const NOT_TRIED: ReadonlySet<string> = new Set(['requires_payment_method', 'requires_confirmation']);

/** Fetches the intent of an attempt under a ticket, or says what the attempt comes to without it. */
export async function lookAtIntent(step: Step): Promise<Looked | CarriedOut> {
  const { context, loaded, found } = step;
  const { payment } = loaded;
  const stripeId = payment.stripePaymentIntentId;
  invariant(stripeId !== null, 'only an intent that is known is looked at');
  const ticket = await takeTicket(context.db, payment.environmentId, found.connection.id, stripeId);
  const fetched = await retrievePaymentIntent(context.stripe, found.access, stripeId);
  if (!fetched.ok && fetched.error.kind === 'missing') {
    // An account's test data can be deleted as a whole: what is not there brings nothing any more.
    const { now } = await timesOf(context, payment.environmentId);
    const decision = closeAttempt(loaded.invoice, loaded.payment, now);
    return { kind: 'again', changes: await changesOfAttempt(context, loaded, decision) };
  }
  if (!fetched.ok) return unanswered(step, fetched.error);
  const seen = intentFromStripe(fetched.value);
  invariant(seen !== null, 'an intent that we made is in a currency that we know');
  return { kind: 'seen', seen, ticket };
}
