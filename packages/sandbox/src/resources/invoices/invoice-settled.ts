import { isForsaken } from '../../connection.js';
import {
  subscriptionForgiven,
  subscriptionPaid,
  subscriptionPaymentFailed,
  subscriptionRetriesOver,
} from '../../subscriptions/subscription-settled.js';
import type { Work } from '../../work.js';
import { customers } from '../customers/customer.js';
import { type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import { collectionOf } from './collection-settings.js';
import { changeInvoice, type InvoiceObject, invoices } from './invoice.js';
import { moveForInvoice } from './invoice-balance.js';
import { type InvoicePaymentObject, invoicePayments, openPaymentOfIntent, openPaymentsOf } from './invoice-payment.js';

/*
 * What an intent's way means for the invoice it pays. Called by whatever moves an intent: a collection, a customer who
 * confirms in a browser, a bank that answers days later. An intent of no invoice changes nothing here.
 */

/** The money arrived. What is more than the invoice asks for goes to the customer's balance. */
export const invoicePaidBy = (work: Work, intent: PaymentIntentObject): void => {
  const payment = openPaymentOfIntent(work, intent.id);
  const invoice = payment === undefined ? undefined : work.get(invoices, payment.invoice);
  if (payment === undefined || invoice === undefined) return;
  const amount = Math.min(intent.amount_received, invoice.amount_remaining);
  const surplus = intent.amount_received - amount;
  const paid = work.update(invoicePayments, payment, {
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: work.now },
  });
  const sums = {
    amount_paid: invoice.amount_paid + amount,
    amount_remaining: invoice.amount_remaining - amount,
    amount_overpaid: invoice.amount_overpaid + surplus,
  };
  if (sums.amount_remaining === 0) endAsPaid(work, invoice, { ...sums, ...attemptFacts(invoice) });
  else followRemainder(work, changeInvoice(work, invoice, sums));
  work.emit('invoice_payment.paid', paid);
  if (surplus === 0) return;
  const { customer, currency, id } = invoice;
  moveForInvoice(work, customer, { amount: -surplus, currency, type: 'invoice_overpaid', invoice: id });
  work.emit('invoice.overpaid', work.require(invoices, id));
};

/** The default payment asks for what is still to pay. */
const followRemainder = (work: Work, invoice: InvoiceObject): void => {
  const payment = openPaymentsOf(work, invoice.id).find((one) => one.is_default);
  if (payment !== undefined) askFor(work, payment, invoice.amount_remaining);
};

/** Another amount for a payment that is not made yet, and for its intent. */
export const askFor = (work: Work, payment: InvoicePaymentObject, amount: number): void => {
  work.update(invoicePayments, payment, { amount_requested: amount });
  const intent = work.get(paymentIntents, payment._intent);
  if (intent !== undefined) work.update(paymentIntents, intent, { amount });
};

/** Any first attempt counts, and of the later ones those of the schedule: comment of `attempt_count` in the SDK. */
const attemptFacts = (invoice: InvoiceObject): Pick<InvoiceObject, 'attempted' | 'attempt_count' | '_attempting'> => ({
  attempted: true,
  attempt_count: invoice.attempt_count + (counts(invoice) ? 1 : 0),
  _attempting: null,
});

const counts = (invoice: InvoiceObject): boolean => invoice.attempt_count === 0 || invoice._attempting === 'automatic';

/** Nothing is left to pay: by money, by credit, or outside of Stripe. */
export const endAsPaid = (work: Work, before: InvoiceObject, changes: Partial<InvoiceObject>): InvoiceObject => {
  const paid = changeInvoice(work, before, {
    attempted: true,
    ...changes,
    status: 'paid',
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, paid_at: work.now },
  });
  stopCollecting(work, paid, null);
  setDelinquent(work, paid.customer, false);
  work.emit('invoice.paid', paid);
  work.emit('invoice.payment_succeeded', paid);
  subscriptionPaid(work, paid);
  return paid;
};

/** An automatic payment that failed makes a customer delinquent, and so does a date that passed; paying ends it. */
export const setDelinquent = (work: Work, customerId: string, delinquent: boolean): void => {
  const customer = work.get(customers, customerId);
  if (customer === undefined || customer.delinquent === delinquent) return;
  work.emit('customer.updated', work.update(customers, customer, { delinquent }), customer);
};

/** Nothing more is tried. Payments that are still open end with their intents. */
export const stopCollecting = (
  work: Work,
  invoice: InvoiceObject,
  reason: PaymentIntentObject['cancellation_reason'],
): void => {
  for (const kind of ['invoice.collects', 'invoice.overdue', 'invoice.will_be_due']) work.unschedule(kind, invoice.id);
  for (const payment of openPaymentsOf(work, invoice.id)) {
    cancelInvoicePayment(work, payment);
    const intent = work.get(paymentIntents, payment._intent);
    if (intent !== undefined && payment.is_default) cancelUnfinished(work, intent, reason);
  }
};

const unfinished: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** Nothing was taken or held by it yet. A debit that is on its way is let go on. */
const cancelUnfinished = (
  work: Work,
  intent: PaymentIntentObject,
  cancellation_reason: PaymentIntentObject['cancellation_reason'],
): void => {
  if (!unfinished.has(intent.status)) return;
  const changes = { status: 'canceled', canceled_at: work.now, cancellation_reason, next_action: null } as const;
  work.emit('payment_intent.canceled', work.update(paymentIntents, intent, changes));
};

const cancelInvoicePayment = (work: Work, payment: InvoicePaymentObject): void => {
  const status_transitions = { canceled_at: work.now, paid_at: null };
  work.update(invoicePayments, payment, { status: 'canceled', status_transitions });
};

/** The intent was cancelled by somebody: it pays for nothing any more. */
export const invoicePaymentCanceled = (work: Work, intent: PaymentIntentObject): void => {
  const payment = openPaymentOfIntent(work, intent.id);
  if (payment !== undefined) cancelInvoicePayment(work, payment);
};

/** The bank takes its time: the attempt is made, and no other follows before its answer. */
export const invoiceAttempted = (work: Work, intent: PaymentIntentObject): void => {
  const invoice = invoiceOf(work, intent);
  if (invoice === undefined) return;
  work.unschedule('invoice.collects', invoice.id);
  changeInvoice(work, invoice, { ...attemptFacts(invoice), next_payment_attempt: null });
};

const invoiceOf = (work: Work, intent: PaymentIntentObject): InvoiceObject | undefined => {
  const payment = openPaymentOfIntent(work, intent.id);
  return payment === undefined ? undefined : work.get(invoices, payment.invoice);
};

/** The customer must do something first. */
export const invoiceNeedsCustomer = (work: Work, intent: PaymentIntentObject): void => {
  const invoice = invoiceOf(work, intent);
  if (invoice === undefined) return;
  const waiting = changeInvoice(work, invoice, attemptFacts(invoice));
  work.emit('invoice.payment_action_required', waiting);
  subscriptionPaymentFailed(work, waiting);
};

/**
 * After these nobody asks the same method again.
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries (non-retryable decline codes)
 */
const hardDeclines: ReadonlySet<string> = new Set([
  'authentication_required',
  'highest_risk_level',
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'transaction_not_allowed',
]);

export interface FailedAttempt {
  readonly declineCode: string | null;
  /** Null when there was none to ask. */
  readonly methodId: string | null;
}

/** The attempt failed: the next one is planned, or what the account does after the last is done. */
export const invoiceAttemptFailed = (work: Work, intent: PaymentIntentObject, failed: FailedAttempt): void => {
  const invoice = invoiceOf(work, intent);
  if (invoice !== undefined) attemptFailed(work, invoice, failed);
};

export const attemptFailed = (work: Work, before: InvoiceObject, failed: FailedAttempt): InvoiceObject => {
  const facts = attemptFacts(before);
  const isHard = failed.declineCode !== null && hardDeclines.has(failed.declineCode);
  const next = counts(before) ? nextAttempt(work, before, facts.attempt_count, failed) : before.next_payment_attempt;
  const after = changeInvoice(work, before, {
    ...facts,
    next_payment_attempt: next,
    _refusedMethod: isHard ? failed.methodId : before._refusedMethod,
  });
  if (next !== null) work.schedule('invoice.collects', after.id, next);
  work.emit('invoice.payment_failed', after);
  if (before._attempting === 'automatic') setDelinquent(work, after.customer, true);
  if (failed.declineCode === 'authentication_required') work.emit('invoice.payment_action_required', after);
  subscriptionPaymentFailed(work, after);
  return next === null && counts(before) ? afterLastAttempt(work, after, failed) : after;
};

/** Without a method, or for a platform that is gone, nothing is tried again; a hard decline keeps its place in the schedule, should another method come. */
export const nextAttempt = (
  work: Work,
  invoice: InvoiceObject,
  attempts: number,
  failed: FailedAttempt,
): number | null => {
  if (invoice.auto_advance !== true || invoice.collection_method !== 'charge_automatically') return null;
  if (invoice.status !== 'open' || failed.methodId === null || isForsaken(work, invoice)) return null;
  const delay = collectionOf(work).retryDelaysSeconds[attempts - 1];
  return delay === undefined ? null : work.now + delay;
};

/** What the account does with an invoice, and with its subscription, when no attempt follows. */
export const afterLastAttempt = (work: Work, invoice: InvoiceObject, failed: FailedAttempt): InvoiceObject => {
  const { afterRetries, retryDelaysSeconds } = collectionOf(work);
  const isOver = failed.methodId !== null && invoice.attempt_count > retryDelaysSeconds.length;
  if (isOver) subscriptionRetriesOver(work, invoice);
  return isOver && afterRetries === 'uncollectible' && invoice.status === 'open'
    ? markUncollectible(work, work.require(invoices, invoice.id))
    : work.require(invoices, invoice.id);
};

export const markUncollectible = (work: Work, before: InvoiceObject): InvoiceObject => {
  const after = changeInvoice(work, before, {
    status: 'uncollectible',
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, marked_uncollectible_at: work.now },
  });
  for (const kind of ['invoice.collects', 'invoice.overdue', 'invoice.will_be_due']) work.unschedule(kind, after.id);
  setDelinquent(work, after.customer, false);
  work.emit('invoice.marked_uncollectible', after);
  subscriptionForgiven(work, after);
  return after;
};
