import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest, type Refusal } from '../../errors.js';
import type { StripeObject, Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { customers } from '../customers/customer.js';
import { balanceIn } from '../customers/customer-balance.js';
import { paymentIntents } from '../payment-intents/payment-intent.js';
import type { AppliedDiscount } from './invoice-discounts.js';
import { shownLine } from './invoice-line.js';
import { paymentsOfInvoice } from './invoice-payment.js';
import type { InvoiceTotals } from './invoice-totals.js';

/** An invoice with its lines in it. Amounts are in the smallest unit of its currency. */
export interface InvoiceObject
  extends Omit<
      Stripe.Invoice,
      'application' | 'lines' | 'payments' | 'confirmation_secret' | 'customer' | 'test_clock' | keyof InvoiceTotals
    >,
    InvoiceTotals {
  /** The `client_id` of the platform that made it. */
  readonly application: string | null;
  readonly customer: string;
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  readonly test_clock: string | null;
  readonly discounts: string[];
  readonly _applied: readonly AppliedDiscount[];
  /** Of invoices that are sent: days from finalization, when no date was given. */
  readonly _daysUntilDue: number | null;
  /** The intent that was made with the invoice; null before it is finalized, and when there is nothing to pay. */
  readonly _intent: string | null;
  /** What finalization took from the customer's balance (above 0) or left to it (below 0): voiding gives it back. */
  readonly _balanceApplied: number;
  /** Of automatic finalization: the sender named the time, which then waits for no webhook. */
  readonly _isFinalizationSet: boolean;
  /** The subscription it is of, for finding it. */
  readonly _subscription: string | null;
  /** Whose attempt is under way: only automatic ones count in the schedule of retries. */
  readonly _attempting: 'automatic' | 'manual' | null;
  /** The method whose bank never wants to be asked again for this invoice. */
  readonly _refusedMethod: string | null;
}

export const invoices = defineCollection<InvoiceObject>({
  type: 'invoice',
  prefix: 'in',
  path: (invoice) => `/v1/invoices/${invoice.id}`,
  indexes: ['customer', '_subscription'],
  included: {
    payments: (invoice, work) => ({
      object: 'list',
      data: paymentsOfInvoice(work, invoice.id).reverse(),
      has_more: false,
      url: '/v1/invoice_payments',
    }),
    confirmation_secret: (invoice, work) => {
      const intent = work.get(paymentIntents, invoice._intent ?? '');
      return intent === undefined ? null : { client_secret: intent.client_secret, type: 'payment_intent' };
    },
  },
  render: (invoice, work) => shownInvoice(work, invoice),
});

/** An invoice shows at most ten lines; the others are listed: https://docs.stripe.com/api/invoices/line_item */
const linesShownMax = 10;

const shownInvoice = (work: Work, invoice: InvoiceObject): StripeObject => {
  const lines = {
    object: 'list',
    data: invoice._lines.slice(0, linesShownMax).map(shownLine),
    has_more: invoice._lines.length > linesShownMax,
    total_count: invoice._lines.length,
    url: `/v1/invoices/${invoice.id}/lines`,
  };
  return invoice.status === 'draft' ? { ...invoice, ...draftAmounts(work, invoice), lines } : { ...invoice, lines };
};

/** Until it is finalized, an invoice shows the balance the customer has now, and what would be to pay with it. */
const draftAmounts = (work: Work, invoice: InvoiceObject): Partial<InvoiceObject> => {
  const customer = work.get(customers, invoice.customer);
  const starting_balance = customer === undefined ? 0 : balanceIn(customer, invoice.currency);
  const due = Math.max(0, invoice.total + starting_balance);
  return { starting_balance, amount_due: due, amount_remaining: due };
};

/** What each status allows: https://docs.stripe.com/invoicing/integration/workflow-transitions */
const statusesFor = {
  delete: ['draft'],
  edit: ['draft'],
  finalize: ['draft'],
  mark_uncollectible: ['open'],
  pay: ['open', 'uncollectible'],
  send: ['open'],
  void: ['open', 'uncollectible'],
} as const satisfies Record<string, readonly InvoiceObject['status'][]>;

/** Refuses what the invoice's status does not allow. */
export const requireInvoiceStatus = (invoice: InvoiceObject, verb: keyof typeof statusesFor): void => {
  const allowed: readonly string[] = statusesFor[verb];
  if (!allowed.includes(invoice.status)) throw refusalOf(invoice, verb, allowed);
};

const refusalOf = (invoice: InvoiceObject, verb: string, allowed: readonly string[]): Refusal => {
  if (verb === 'pay' && invoice.status === 'paid') return invalidRequest('Invoice is already paid');
  if (verb === 'edit') {
    return invalidRequest('This invoice is no longer editable', { code: 'invoice_not_editable' });
  }
  return invalidRequest(
    `You cannot ${verb.replace('_', ' ')} an invoice with a status of ${invoice.status}: only ${allowed.join(' or ')} ones.`,
    { code: 'status_transition_invalid' },
  );
};

/** The test clock an invoice lives on. */
export const clockOfInvoice = (invoice: InvoiceObject): string | null => idOf(invoice.test_clock);

/** Puts the changes and tells of them. */
export const changeInvoice = (work: Work, before: InvoiceObject, changes: Partial<InvoiceObject>): InvoiceObject => {
  const after = work.update(invoices, before, changes);
  work.emit('invoice.updated', after, before);
  return after;
};
