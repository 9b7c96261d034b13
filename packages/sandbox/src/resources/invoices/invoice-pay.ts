import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import type { RequestContext, Work } from '../../work.js';
import { isMagic, paymentMethodFor } from '../payment-methods/payment-method.js';
import { refuseUnserved } from '../unserved.js';
import { type InvoiceObject, requireInvoiceStatus } from './invoice.js';
import { attemptPayment, methodNamed, methodOf } from './invoice-collect.js';
import { finalizeInvoice } from './invoice-finalize.js';
import { endAsPaid } from './invoice-settled.js';

/** Pays out of turn: by the method given or the default one, or as paid elsewhere. A draft becomes final first. */
export const payInvoice = (context: RequestContext<Stripe.InvoicePayParams>, before: InvoiceObject): InvoiceObject => {
  const { params } = context;
  // What a source holds less is forgiven of sources that are filled beforehand, and those are not served.
  refuseUnserved(params, ['forgive', 'mandate', 'source']);
  const invoice = before.status === 'draft' ? finalizeInvoice(context, before) : before;
  if (before.status === 'draft' && invoice.status === 'paid') return invoice;
  requireInvoiceStatus(invoice, 'pay');
  if (params.paid_out_of_band === true) return payOutOfBand(context, invoice);
  const method = methodIn(context, invoice, params.payment_method);
  return attemptPayment(context, invoice, method, { by: 'manual', offSession: params.off_session !== false });
};

const payOutOfBand = (work: Work, invoice: InvoiceObject): InvoiceObject =>
  endAsPaid(work, invoice, {
    amount_paid: invoice.amount_due,
    amount_paid_off_stripe: invoice.amount_remaining,
    amount_remaining: 0,
  });

const methodIn = (work: Work, invoice: InvoiceObject, id: string | undefined) => {
  // A test token makes a method that is nobody's yet: it pays once.
  if (id !== undefined && isMagic(id)) return paymentMethodFor(work, id, 'payment_method');
  if (id !== undefined) return methodNamed(work, invoice, id, 'payment_method');
  const method = methodOf(work, invoice);
  if (method !== undefined) return method;
  throw invalidRequest(
    'There is no `default_payment_method` set on this Customer or Invoice. Please set a default payment method for Invoice collection.',
  );
};
