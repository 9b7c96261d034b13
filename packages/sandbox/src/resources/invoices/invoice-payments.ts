import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import { refuseUnserved } from '../unserved.js';
import { clockOfInvoice, type InvoiceObject, invoices, requireInvoiceStatus } from './invoice.js';
import {
  type InvoicePaymentObject,
  invoicePayments,
  openPaymentOfIntent,
  putInvoicePayment,
} from './invoice-payment.js';
import { invoicePaidBy } from './invoice-settled.js';

const retrieveInvoicePayment = operation<Stripe.InvoicePaymentRetrieveParams>((context) =>
  context.require(invoicePayments, context.path.invoice_payment ?? ''),
);

const listInvoicePayments = operation<Stripe.InvoicePaymentListParams>((context) => {
  const { invoice, payment, status } = context.params;
  const intent = payment?.payment_intent;
  if (payment?.payment_record !== undefined) return context.list(invoicePayments, { filter: () => false });
  const filter = (one: InvoicePaymentObject): boolean =>
    (invoice === undefined || one.invoice === invoice) &&
    (intent === undefined || one._intent === intent) &&
    (payment === undefined || one.payment.type === payment.type) &&
    (status === undefined || one.status === status);
  if (invoice !== undefined)
    return context.list(invoicePayments, { where: { field: 'invoice', value: invoice }, filter });
  if (intent !== undefined)
    return context.list(invoicePayments, { where: { field: '_intent', value: intent }, filter });
  return context.list(invoicePayments, { filter });
});

/** Lets another intent pay for the invoice too; one that succeeded already pays at once. */
const attachPayment = operation<Stripe.InvoiceAttachPaymentParams>((request) => {
  const { params, path } = request;
  refuseUnserved(params, ['payment_record']);
  const invoice = request.require(invoices, path.invoice ?? '');
  const context = request.onClock(clockOfInvoice(invoice));
  requireInvoiceStatus(invoice, 'pay');
  if (params.payment_intent === undefined) {
    throw invalidRequest('Missing required param: payment_intent.', {
      code: 'parameter_missing',
      param: 'payment_intent',
    });
  }
  const intent = context.require(paymentIntents, params.payment_intent, 'payment_intent');
  requireAttachable(context, invoice, intent);
  const amount = Math.min(intent.amount, invoice.amount_remaining);
  const { currency, id } = invoice;
  putInvoicePayment(context, { invoice: id, intent: intent.id, amount, currency, isDefault: false });
  if (intent.status === 'succeeded') invoicePaidBy(context, intent);
  return context.require(invoices, id);
});

const requireAttachable = (work: Work, invoice: InvoiceObject, intent: PaymentIntentObject): void => {
  const param = 'payment_intent';
  if (intent.currency !== invoice.currency || idOf(intent.customer) !== invoice.customer) {
    throw invalidRequest('The PaymentIntent must have the customer and the currency of the invoice.', { param });
  }
  const isPaying = openPaymentOfIntent(work, intent.id) !== undefined;
  const hasPaid = work.where(invoicePayments, '_intent', intent.id).some((payment) => payment.status === 'paid');
  if (isPaying || hasPaid) throw invalidRequest('The PaymentIntent is attached to an invoice already.', { param });
  if (intent.status === 'canceled')
    throw invalidRequest('The PaymentIntent is canceled and pays for nothing.', { param });
};

export const invoicePaymentsResource: Resource = {
  collections: [invoicePayments],
  operations: {
    'GET /v1/invoice_payments': listInvoicePayments,
    'GET /v1/invoice_payments/:invoice_payment': retrieveInvoicePayment,
    'POST /v1/invoices/:invoice/attach_payment': attachPayment,
  },
};
