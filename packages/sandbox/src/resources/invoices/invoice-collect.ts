import { isForsaken } from '../../connection.js';
import { invalidRequest, Refusal } from '../../errors.js';
import { subscriptions } from '../../subscriptions/subscription.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { confirmPayment } from '../payment-intents/payment-attempt.js';
import { type PaymentIntentObject, paymentIntents, wrongState } from '../payment-intents/payment-intent.js';
import { type PaymentMethodObject, paymentMethods } from '../payment-methods/payment-method.js';
import { defaultMethodOf } from '../sources/default-method.js';
import { changeInvoice, type InvoiceObject, invoices } from './invoice.js';
import { finalizeInvoice } from './invoice-finalize.js';
import { afterLastAttempt, attemptFailed, nextAttempt } from './invoice-settled.js';

/** A draft's hour is over. */
export const finalizeAutomatically = (work: Work, draft: InvoiceObject): void => {
  if (draft.status !== 'draft' || draft.auto_advance !== true) return;
  const invoice = finalizedOrNot(work, draft);
  if (invoice?.status !== 'open') return;
  if (invoice.collection_method === 'send_invoice') work.emit('invoice.sent', invoice);
  else collectAutomatically(work, invoice);
};

/** What cannot be made final stays a draft that says why; nothing was written when it was refused. */
const finalizedOrNot = (work: Work, draft: InvoiceObject): InvoiceObject | undefined => {
  try {
    return finalizeInvoice(work, draft);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { type, message, code } = error.body;
    const reason = {
      type,
      message,
      ...(code === undefined ? {} : { code }),
    } as InvoiceObject['last_finalization_error'];
    const changes = { automatically_finalizes_at: null, last_finalization_error: reason };
    work.emit('invoice.finalization_failed', changeInvoice(work, draft, changes));
    return undefined;
  }
};

/**
 * An attempt of the schedule. A method whose bank never wants to be asked again is not asked, though the attempt counts:
 * comment of `attempt_count` in the SDK.
 */
export const collectAutomatically = (work: Work, invoice: InvoiceObject): InvoiceObject => {
  if (invoice.status !== 'open' || invoice.auto_advance !== true) return invoice;
  if (invoice.attempt_count > 0 && isForsaken(work, invoice)) return invoice;
  const intent = work.get(paymentIntents, invoice._intent ?? '');
  if (intent === undefined || intent.status === 'processing') return invoice;
  const method = methodOf(work, invoice);
  if (method === undefined) {
    return attemptFailed(work, { ...invoice, _attempting: 'automatic' }, { declineCode: null, methodId: null });
  }
  if (method.id === invoice._refusedMethod) return skipAttempt(work, invoice, method.id);
  try {
    return attemptPayment(work, invoice, method, { by: 'automatic', offSession: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const after = work.require(invoices, invoice.id);
    // Refused before any bank was asked: the method is of no use, and that is a failed attempt as well.
    return after._attempting === null ? after : attemptFailed(work, after, { declineCode: null, methodId: method.id });
  }
};

/**
 * What a platform made is not retried once it is disconnected; what was not tried yet is tried once.
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
export const endRetriesOf = (work: Work, application: string): void => {
  for (const invoice of [...work.newestFirst(invoices)])
    if (invoice.application === application && invoice.next_payment_attempt !== null && invoice.attempt_count > 0)
      changeInvoice(work, invoice, { next_payment_attempt: null });
};

const skipAttempt = (work: Work, invoice: InvoiceObject, methodId: string): InvoiceObject => {
  const attempts = invoice.attempt_count + 1;
  const next = nextAttempt(work, invoice, attempts, { declineCode: null, methodId });
  if (next !== null) work.schedule('invoice.collects', invoice.id, next);
  const after = changeInvoice(work, invoice, { attempt_count: attempts, next_payment_attempt: next });
  return next === null ? afterLastAttempt(work, after, { declineCode: null, methodId }) : after;
};

/** The method that pays: the invoice's own, else its subscription's, else the customer's default. */
export const methodOf = (work: Work, invoice: InvoiceObject): PaymentMethodObject | undefined => {
  const subscription = work.get(subscriptions, invoice._subscription ?? '');
  const own = idOf(invoice.default_payment_method) ?? subscription?.default_payment_method ?? null;
  return own === null ? defaultMethodOf(work, invoice.customer) : work.get(paymentMethods, own);
};

export interface InvoiceAttempt {
  readonly by: 'automatic' | 'manual';
  readonly offSession: boolean;
}

/** Takes the money by this method. Throws what the bank says; the invoice has followed by then (invoice-settled.ts). */
export const attemptPayment = (
  work: Work,
  invoice: InvoiceObject,
  method: PaymentMethodObject,
  attempt: InvoiceAttempt,
): InvoiceObject => {
  const intent = work.require(paymentIntents, invoice._intent ?? '');
  if (intent.status === 'processing') {
    throw wrongState(work, intent, 'A payment of this invoice is already on its way: its bank has not answered yet.');
  }
  work.update(invoices, invoice, { _attempting: attempt.by });
  const after = confirmPayment(work, takingSource(work, intent, method), method, {
    offSession: attempt.offSession,
    errorOnRequiresAction: false,
    returnUrl: null,
  });
  if (after.status === 'requires_action') throw needsAction(work, after);
  return work.require(invoices, invoice.id);
};

/** A bank account that is the customer's source is taken where they pay by default, though no intent offers it. */
const takingSource = (work: Work, intent: PaymentIntentObject, method: PaymentMethodObject): PaymentIntentObject => {
  const { payment_method_types: types } = intent;
  if (method.type !== 'us_bank_account' || types.includes(method.type)) return intent;
  return work.update(paymentIntents, intent, { payment_method_types: [...types, method.type] });
};

/** The customer is there and their bank wants to see them. The intent waits for it. */
const needsAction = (work: Work, intent: PaymentIntentObject): Refusal =>
  new Refusal(
    402,
    {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
      payment_intent: work.render(intent),
    },
    { commits: true },
  );

/** The method a request names for an invoice: it must be the customer's. */
export const methodNamed = (
  work: Work,
  invoice: InvoiceObject,
  methodId: string,
  param: string,
): PaymentMethodObject => {
  const method = work.require(paymentMethods, methodId, param);
  if (method.customer === invoice.customer) return method;
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${methodId}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
};
