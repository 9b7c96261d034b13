import { closeAttempt, invariant } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { mayStillArrive } from '../connections/late-calls.js';
import { findCustomer } from '../store/customers.js';
import { paymentsTable } from '../store/payments.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { isKeyRefused, isPassing, outcomeUnknown, type StripeFailure } from '../stripe/gateway.js';
import { paymentErrorFromFailure } from '../stripe/payment-intents.js';
import {
  createPaymentSession,
  expirePaymentSession,
  intentOfSession,
  retrievePaymentSession,
  type StripeSession,
} from '../stripe/payment-sessions.js';
import { changesOfAttempt, changesOfFailure, changesOfIntent } from './attempt-outcome.js';
import { completedPage } from './completed-page.js';
import { findMadePage, opened } from './find-made-page.js';
import { timesOf } from './load-collection.js';
import { notYet } from './not-yet.js';
import {
  beginCall,
  type Calling,
  type CarriedOut,
  isKeyStale,
  type Step,
  unanswered,
  untilCallsEnded,
  withNewKey,
} from './payment-step.js';
import { stampOf } from './stripe-stamp.js';

/** The call for an attempt on a page of Stripe's: to open it, or to close it before it brings money. */
export async function carryOutSession(step: Step): Promise<CarriedOut> {
  return step.loaded.payment.status === 'canceling' ? closePage(step) : openPage(step);
}

async function openPage(step: Step): Promise<CarriedOut> {
  const { context, loaded, found } = step;
  invariant(loaded.payment.status === 'creating', 'only what was committed to is called for');
  if (loaded.payment.stripeCustomerId === null) return withTwin(step);
  if (isKeyStale(loaded.payment, context.clock.machineNow())) return askForPage(step);
  const calling = await beginCall(step);
  const { payment, invoice } = calling.loaded;
  const answer = await createPaymentSession(context.stripe, found.access, {
    payment,
    stamp: stampOf(invoice, payment),
  });
  if (!answer.ok) return afterFailure(calling, answer.error);
  const decision = { invoice, payment: opened(payment, answer.value), events: [] };
  return { kind: 'decided', changes: await changesOfAttempt(context, calling.loaded, decision) };
}

/** The making was never answered, and its key is of no use any more: the page that Stripe has is the attempt's. */
async function askForPage(step: Step): Promise<CarriedOut> {
  const { context, loaded } = step;
  const waiting = untilCallsEnded(step);
  if (waiting !== null) return waiting;
  const search = await findMadePage(step);
  if (search.kind === 'none') return withNewKey(step);
  if (search.kind !== 'made') return search;
  const { adopted, session } = search;
  if (session.status !== 'open') return lookAtPage({ ...step, loaded: adopted }, 'of_use');
  return { kind: 'decided', changes: await changesOfAttempt(context, loaded, { ...adopted, events: [] }) };
}

/** The payer's twin was asked for with the page; the page names it as soon as it is there. */
async function withTwin({ context, loaded, found }: Step): Promise<CarriedOut> {
  const { payment } = loaded;
  const customer = await findCustomer(context.db, payment.environmentId, payment.customerId);
  const twin = customer?.connectionId === found.connection.id ? customer.providerCustomerId : null;
  if (twin !== null) {
    return { kind: 'again', changes: new Changes().update(paymentsTable, { ...payment, stripeCustomerId: twin }) };
  }
  if (customer !== null && customer.providerError === null)
    return { kind: 'later', failure: TWIN_NOT_READY, shown: null };
  const { code, message, requestId } = customer?.providerError ?? NO_CUSTOMER;
  const error = { code, message, requestId, declineCode: null, adviceCode: null, paymentMethodId: null };
  return { kind: 'decided', changes: await changesOfFailure(context, loaded, error) };
}

async function closePage(step: Step): Promise<CarriedOut> {
  const { context, loaded, found } = step;
  const { payment } = loaded;
  if (payment.stripeSessionId === null) return { kind: 'decided', changes: await closed(step) };
  // What Stripe has kept for the key, or forgotten with it, says nothing about the page any more: it is looked at.
  if (isKeyStale(payment, context.clock.machineNow())) return lookAtPage(step, 'used_up');
  const answer = await expirePaymentSession(context.stripe, found.access, payment);
  if (answer.ok)
    return answer.value.status === 'expired'
      ? { kind: 'decided', changes: await closed(step) }
      : lookAtPage(step, 'used_up');
  const failure = answer.error;
  if (isKeyRefused(failure)) return { kind: 'key_refused', found, failure };
  if (failure.replayed || failure.kind === 'idempotency_mismatch') return lookAtPage(step, 'used_up');
  return isPassing(failure) ? { kind: 'later', failure, shown: null } : lookAtPage(step, 'of_use');
}

/**
 * It could not be closed: it is closed already, or the payer was faster. One that is still open is closed under another
 * key when this one can only bring the same answer again.
 */
async function lookAtPage(step: Step, key: 'of_use' | 'used_up'): Promise<CarriedOut> {
  const { context, loaded, found } = step;
  const { payment } = loaded;
  invariant(payment.stripeSessionId !== null, 'only a page that is known is looked at');
  const ticket = await takeTicket(context.db, payment.environmentId, found.connection.id, payment.stripeSessionId);
  const fetched = await retrievePaymentSession(context.stripe, found.access, payment.stripeSessionId);
  // An account's test data can be deleted as a whole: a page that is not there brings nothing any more.
  if (!fetched.ok && fetched.error.kind === 'missing') return { kind: 'decided', changes: await closed(step) };
  if (!fetched.ok) return unanswered(step, fetched.error);
  // A card declined on it leaves an intent, but a page that is open can still bring money.
  const changes = fetched.value.status === 'open' ? null : await changesOfPage(step, fetched.value);
  if (changes !== null) return { kind: 'decided', changes: applyTicket(changes, ticket) };
  return key === 'used_up' ? withNewKey(step) : { kind: 'later', failure: STILL_OPEN, shown: null };
}

async function changesOfPage(step: Step, session: StripeSession) {
  const { context, loaded } = step;
  if (session.status === 'expired') return closed(step);
  const seen = intentOfSession(session);
  if (seen === null) return null;
  const { invoice, payment } = loaded;
  const asSeen = { invoice, payment: { ...payment, status: 'awaiting_payer' as const } };
  return changesOfIntent(context, completedPage(asSeen, seen), { seen, seenBy: 'answer' });
}

async function closed({ context, loaded }: Step) {
  const { now } = await timesOf(context, loaded.invoice.environmentId);
  return changesOfAttempt(context, loaded, closeAttempt(loaded.invoice, loaded.payment, now));
}

async function afterFailure(step: Calling, failure: StripeFailure): Promise<CarriedOut> {
  if (isKeyRefused(failure)) return { kind: 'key_refused', found: step.found, failure };
  const isKept = outcomeUnknown(failure) && failure.replayed;
  if (isKept || failure.kind === 'idempotency_mismatch') return askForPage(step);
  if (isPassing(failure)) return { kind: 'later', failure, shown: null };
  if (mayStillArrive(step, failure)) return askForPage(step);
  return {
    kind: 'decided',
    changes: await changesOfFailure(step.context, step.loaded, paymentErrorFromFailure(failure)),
  };
}

const NO_CUSTOMER = { code: 'customer_deleted', message: 'The customer was deleted.', requestId: null };

const STILL_OPEN = notYet('page_still_open', 'The page could not be closed and has brought nothing yet.');
const TWIN_NOT_READY = notYet('customer_not_linked', 'The customer is being made in Stripe.');
