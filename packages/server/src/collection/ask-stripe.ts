import { confirmAttemptAgain, type IntentSeen, invariant } from '@tollbridge/core';
import { searchFloorSeconds } from '../connections/search-floor.js';
import { applyTicket } from '../store/stripe-tickets.js';
import { findPaymentIntentOf, intentFromStripe } from '../stripe/payment-intents.js';
import { changesOfAttempt, changesOfIntent } from './attempt-outcome.js';
import { type LoadedPayment, timesOf } from './load-collection.js';
import { lookAtIntent, NOT_TRIED } from './look-at-intent.js';
import { type CarriedOut, type Step, unanswered, untilCallsEnded, withNewKey } from './payment-step.js';

/** The outcome of the last call is unknown, and its key is of no use any more: what Stripe holds says what happened. */
export async function askStripe(step: Step): Promise<CarriedOut> {
  return step.loaded.payment.stripePaymentIntentId === null ? askForIntent(step) : askHowItStands(step);
}

async function askForIntent(step: Step): Promise<CarriedOut> {
  const waiting = untilCallsEnded(step);
  if (waiting !== null) return waiting;
  const search = await findMadeIntent(step);
  if (search.kind === 'none') return withNewKey(step);
  if (search.kind !== 'made') return search;
  const { adopted, seen } = search;
  if (isUntried(seen)) return confirmAdopted(step, adopted);
  return { kind: 'decided', changes: await changesOfIntent(step.context, adopted, { seen, seenBy: 'answer' }) };
}

/** It was made, and nothing was tried with it. */
export const isUntried = (seen: IntentSeen): boolean => seen.failure === null && NOT_TRIED.has(seen.status);

export interface MadeIntent {
  readonly kind: 'made';
  readonly seen: IntentSeen;
  /** The attempt, which knows its intent by now. */
  readonly adopted: LoadedPayment;
}

/** Looks for the intent of an attempt whose making was never answered, once calls for it have ended. `none`: Stripe never heard of it. */
export async function findMadeIntent(step: Step): Promise<MadeIntent | { readonly kind: 'none' } | CarriedOut> {
  const { context, loaded, found } = step;
  const { payment } = loaded;
  const notBeforeSeconds = searchFloorSeconds(payment.searchFromAt);
  const search = await findPaymentIntentOf(context.stripe, found.access, { payment, notBeforeSeconds });
  if (!search.ok) return unanswered(step, search.error);
  if (search.value === null) return { kind: 'none' };
  const seen = intentFromStripe(search.value);
  invariant(seen !== null, 'an intent that we made is in a currency that we know');
  return {
    kind: 'made',
    seen,
    adopted: { ...loaded, payment: { ...payment, stripePaymentIntentId: seen.stripeId } },
  };
}

/** The intent was made and never confirmed: it is confirmed now, and no second one is made. */
async function confirmAdopted({ context, loaded }: Step, adopted: LoadedPayment): Promise<CarriedOut> {
  const { payment, invoice } = adopted;
  invariant(payment.stripePaymentMethodId !== null, 'an attempt of ours names what it charges');
  const times = await timesOf(context, payment.environmentId);
  const method = { stripeId: payment.stripePaymentMethodId };
  const decision = confirmAttemptAgain(invoice, payment, { method, returnUrl: payment.returnUrl, times });
  return { kind: 'again', changes: await changesOfAttempt(context, loaded, decision) };
}

async function askHowItStands(step: Step): Promise<CarriedOut> {
  const looked = await lookAtIntent(step);
  if (looked.kind !== 'seen') return looked;
  const { seen, ticket } = looked;
  if (step.loaded.payment.status === 'creating') {
    // It was made, as an event has told: it is never made a second time, under whichever key.
    if (isUntried(seen)) return confirmAdopted(step, step.loaded);
    const made = await changesOfIntent(step.context, step.loaded, { seen, seenBy: 'answer' });
    return { kind: 'decided', changes: applyTicket(made, ticket) };
  }
  // The call may be made again: the intent itself can succeed only once. But its refusal must be the last word.
  if (NOT_TRIED.has(seen.status)) return untilCallsEnded(step) ?? withNewKey(step);
  if (seen.status === 'requires_action' && step.loaded.payment.status === 'canceling') return withNewKey(step);
  const changes = await changesOfIntent(step.context, step.loaded, { seen, seenBy: 'answer' });
  return { kind: 'decided', changes: applyTicket(changes, ticket) };
}
