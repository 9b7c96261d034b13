import { type IntentSeen, invariant, type PaymentError, refuseWithdrawal } from '@tollbridge/core';
import { mayStillArrive } from '../connections/late-calls.js';
import type { Context } from '../context.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { applyTicket } from '../store/stripe-tickets.js';
import { isKeyRefused, isPassing, outcomeUnknown, type StripeFailure } from '../stripe/gateway.js';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  intentFromStripe,
  paymentErrorFromFailure,
} from '../stripe/payment-intents.js';
import { askStripe } from './ask-stripe.js';
import { changesOfDecision, changesOfFailure, changesOfIntent } from './attempt-outcome.js';
import { carryOutSession } from './carry-out-session.js';
import { holdBack } from './hold-back.js';
import { type LoadedPayment, timesOf } from './load-collection.js';
import { lookAtIntent } from './look-at-intent.js';
import { beginCall, type Calling, type CarriedOut, isKeyStale, type Step } from './payment-step.js';
import { stampOf } from './stripe-stamp.js';

/**
 * Makes the call that the attempt's row has committed to, under the key that follows from the row, so that making it twice
 * charges once. An unknown outcome is resolved by asking Stripe, never by guessing (INV-7).
 */
export async function carryOutPayment(context: Context, loaded: LoadedPayment): Promise<CarriedOut> {
  const { payment } = loaded;
  invariant(payment.connectionId !== null, 'only attempts at Stripe are carried out there');
  const found = await findConnectionWithAccess(context, payment.environmentId, payment.connectionId);
  if (found === null || found.connection.status === 'disconnected') return { kind: 'disconnected' };
  const step = { context, loaded, found };
  const heldBack = payment.status === 'canceling' ? null : await holdBack(step);
  if (heldBack !== null) return heldBack;
  if (payment.kind === 'hosted' && payment.status !== 'confirming') return carryOutSession(step);
  if (isKeyStale(payment, context.clock.machineNow())) return askStripe(step);
  const calling = await beginCall(step);
  const answer = await callStripe(calling);
  if (!answer.ok) return afterFailure(calling, answer.error);
  if (answer.value.replayed) return lookAgain(knowing(calling, answer.value.seen.stripeId), null);
  return decidedBy(context, calling.loaded, answer.value.seen);
}

function callStripe({ context, loaded, found }: Step) {
  const { payment, invoice } = loaded;
  switch (payment.status) {
    case 'confirming':
      return confirmPaymentIntent(context.stripe, found.access, payment);
    case 'canceling':
      return cancelPaymentIntent(context.stripe, found.access, payment);
    default:
      invariant(payment.status === 'creating', 'only what was committed to is called for');
      return createPaymentIntent(context.stripe, found.access, { payment, stamp: stampOf(invoice, payment) });
  }
}

async function afterFailure(step: Calling, failure: StripeFailure): Promise<CarriedOut> {
  const { context, loaded, found } = step;
  if (isKeyRefused(failure)) return { kind: 'key_refused', found, failure };
  const isKept = outcomeUnknown(failure) && failure.replayed;
  if (isKept || failure.kind === 'idempotency_mismatch') return askStripe(step);
  if (isPassing(failure)) return { kind: 'later', failure, shown: null };
  if (loaded.payment.status === 'canceling') return afterRefusedWithdrawal(step, failure);
  const error = paymentErrorFromFailure(failure);
  const seen = failure.paymentIntent === null ? null : intentFromStripe(failure.paymentIntent);
  // A refusal that tells the intent tells how it stands now; a kept one told how it stood then.
  if (seen !== null && failure.kind === 'declined' && !failure.replayed) {
    return decidedBy(context, loaded, { ...seen, failure: error });
  }
  if (mayStillArrive(step, failure)) return askStripe(step);
  if (loaded.payment.stripePaymentIntentId !== null) return lookAgain(step, error);
  if (seen !== null) return decidedBy(context, loaded, { ...seen, failure: error });
  return { kind: 'decided', changes: await changesOfFailure(context, loaded, error) };
}

async function decidedBy(context: Context, loaded: LoadedPayment, seen: IntentSeen): Promise<CarriedOut> {
  return { kind: 'decided', changes: await changesOfIntent(context, loaded, { seen, seenBy: 'answer' }) };
}

/** A kept answer still tells which intent it was about. */
function knowing(step: Step, stripeId: string): Step {
  const { payment } = step.loaded;
  return { ...step, loaded: { ...step.loaded, payment: { ...payment, stripePaymentIntentId: stripeId } } };
}

/** Fetches the intent: what it says now ends the call. `error` is why the call was refused, when it was. */
async function lookAgain(step: Step, error: PaymentError | null): Promise<CarriedOut> {
  const looked = await lookAtIntent(step);
  if (looked.kind !== 'seen') return looked;
  const { seen, ticket } = looked;
  const explained = error === null ? seen : { ...seen, failure: error };
  const changes = await changesOfIntent(step.context, step.loaded, { seen: explained, seenBy: 'answer' });
  return { kind: 'decided', changes: applyTicket(changes, ticket) };
}

/**
 * Stripe refused the withdrawal: the intent says where the attempt stands. Why it was refused is no reason why there is no
 * money. One that was withdrawn all the same is ours, whether its answer was lost or somebody was faster.
 */
async function afterRefusedWithdrawal(step: Step, failure: StripeFailure): Promise<CarriedOut> {
  const { context, loaded } = step;
  const looked = await lookAtIntent(step);
  if (looked.kind !== 'seen') return looked;
  const { seen, ticket } = looked;
  if (seen.status === 'canceled') {
    const withdrawn = await changesOfIntent(context, loaded, { seen, seenBy: 'answer' });
    return { kind: 'decided', changes: applyTicket(withdrawn, ticket) };
  }
  const times = await timesOf(context, loaded.payment.environmentId);
  const decided = refuseWithdrawal(loaded.payment, loaded.invoice, { seen, times });
  const changes = applyTicket(await changesOfDecision(context, loaded, decided), ticket);
  // What paid, or is at the bank, needs no withdrawal any more.
  const isOver = decided.payment.status === 'succeeded' || decided.payment.status === 'processing';
  return isOver ? { kind: 'decided', changes } : { kind: 'refused', failure, payment: decided.payment, changes };
}
