import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';

/** What joins an invoice to the intent that pays it: https://docs.stripe.com/api/invoice-payment */
export interface InvoicePaymentObject extends Stripe.InvoicePayment {
  readonly invoice: string;
  readonly status: 'open' | 'paid' | 'canceled';
  readonly _intent: string;
}

export const invoicePayments = defineCollection<InvoicePaymentObject>({
  type: 'invoice_payment',
  prefix: 'inpay',
  label: 'invoice payment',
  path: (payment) => `/v1/invoice_payments/${payment.id}`,
  indexes: ['invoice', '_intent'],
});

export interface InvoicePaymentDraft {
  readonly invoice: string;
  readonly intent: string;
  readonly amount: number;
  readonly currency: string;
  /** The one that was made with the invoice, whose amount follows it. */
  readonly isDefault: boolean;
}

export const putInvoicePayment = (work: Work, draft: InvoicePaymentDraft): InvoicePaymentObject =>
  work.put(invoicePayments, {
    id: work.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: draft.amount,
    created: work.now,
    currency: draft.currency,
    invoice: draft.invoice,
    is_default: draft.isDefault,
    livemode: work.account.livemode,
    payment: { payment_intent: draft.intent, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
    _intent: draft.intent,
  });

export const paymentsOfInvoice = (work: Work, invoiceId: string): InvoicePaymentObject[] =>
  work.where(invoicePayments, 'invoice', invoiceId);

export const openPaymentsOf = (work: Work, invoiceId: string): InvoicePaymentObject[] =>
  paymentsOfInvoice(work, invoiceId).filter((payment) => payment.status === 'open');

/** The invoice an intent pays for, while it is not paid by it yet. */
export const openPaymentOfIntent = (work: Work, intentId: string): InvoicePaymentObject | undefined =>
  work.where(invoicePayments, '_intent', intentId).find((payment) => payment.status === 'open');
