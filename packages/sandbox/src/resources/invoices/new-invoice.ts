import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type CustomerObject, customers } from '../customers/customer.js';
import { balanceIn } from '../customers/customer-balance.js';
import { taxIds } from '../customers/tax-id.js';
import { countableAmount } from '../whole-number.js';
import { type InvoiceObject, invoices } from './invoice.js';
import { type InvoiceTotals, invoiceTotals } from './invoice-totals.js';

/** A draft waits so long after its webhooks arrived, and so long in all when they do not. */
export const draftSeconds = 60 * 60;
/** https://docs.stripe.com/invoicing/integration/workflow-transitions */
export const draftSecondsMax = 72 * 60 * 60;

type Given = Pick<InvoiceObject, 'currency'> & Partial<InvoiceObject>;

/** An invoice of nothing yet, for this customer; `given` says what differs. Not kept. */
export const newInvoice = (work: Work, customer: CustomerObject, given: Given): InvoiceObject => {
  const invoice: InvoiceObject = {
    ...unusedFields,
    id: given.id ?? work.newId('in'),
    object: 'invoice',
    ...noTotals,
    ...customerFields(work, customer),
    account_country: 'US',
    account_name: 'Sandbox business',
    application: work.application,
    auto_advance: false,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: work.now,
    customer: customer.id,
    custom_fields: customer.invoice_settings.custom_fields,
    footer: customer.invoice_settings.footer,
    livemode: work.account.livemode,
    metadata: {},
    period_end: work.now,
    period_start: work.now,
    starting_balance: balanceIn(customer, given.currency),
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: idOf(customer.test_clock ?? null),
    ...given,
  };
  return Object.assign(invoice, recounted(invoice, {}));
};

type CustomerFields = Pick<
  InvoiceObject,
  | 'customer_address'
  | 'customer_email'
  | 'customer_name'
  | 'customer_phone'
  | 'customer_shipping'
  | 'customer_tax_exempt'
  | 'customer_tax_ids'
>;

/** What an invoice copies of its customer until it is final. */
export const customerFields = (work: Work, customer: CustomerObject): CustomerFields => ({
  customer_address: customer.address ?? null,
  customer_email: customer.email,
  customer_name: customer.name ?? null,
  customer_phone: customer.phone ?? null,
  customer_shipping: customer.shipping ?? null,
  customer_tax_exempt: customer.tax_exempt ?? 'none',
  customer_tax_ids: work.where(taxIds, 'customer', customer.id).map(({ type, value }) => ({ type, value })),
});

const noTotals: InvoiceTotals = {
  _lines: [],
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
};

const unusedFields = {
  account_tax_ids: null,
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  attempt_count: 0,
  attempted: false,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  automatically_finalizes_at: null,
  customer_account: null,
  default_payment_method: null,
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  due_date: null,
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' as const },
  last_finalization_error: null,
  latest_revision: null,
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  parent: null,
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  webhooks_delivered_at: null,
  _applied: [],
  _attempting: null,
  _balanceApplied: 0,
  _daysUntilDue: null,
  _intent: null,
  _isFinalizationSet: false,
  _refusedMethod: null,
  _subscription: null,
};

/** The changes, with the sums that follow from them. */
export const recounted = (before: InvoiceObject, changes: Partial<InvoiceObject>): Partial<InvoiceObject> => {
  const after = { ...before, ...changes };
  const exempt = after.customer_tax_exempt === 'exempt' || after.customer_tax_exempt === 'reverse';
  const totals = invoiceTotals(after._lines, after._applied, {
    defaultRates: after.default_tax_rates,
    exempt: exempt ? (after.customer_tax_exempt as 'exempt' | 'reverse') : 'none',
  });
  return { ...changes, ...totals };
};

/** Sums that a request brings about may be no larger than an amount may be. */
export const requireCountable = <T extends Partial<InvoiceObject>>(counted: T): T => {
  countableAmount(counted.subtotal ?? 0, 'amount');
  countableAmount(counted.total ?? 0, 'amount');
  return counted;
};

/** Keeps a draft, tells of it, and lets it become final by itself when that was asked for. */
export const putDraft = (work: Work, draft: InvoiceObject): InvoiceObject => {
  takeCurrency(work, draft.customer, draft.currency);
  const finalizesAt =
    draft.automatically_finalizes_at ?? (draft.auto_advance === true ? work.now + draftSeconds : null);
  const invoice = work.put(invoices, { ...draft, automatically_finalizes_at: finalizesAt });
  const waiting = work.emit('invoice.created', invoice);
  // Webhooks are posted in real time: on a test clock nothing waits for them.
  const isTold = waiting === 0 || invoice.test_clock !== null;
  const told = isTold ? work.update(invoices, invoice, { webhooks_delivered_at: work.now }) : invoice;
  if (finalizesAt === null) return told;
  const waitsForWebhooks = !isTold && !told._isFinalizationSet;
  work.schedule('invoice.finalizes', told.id, waitsForWebhooks ? work.now + draftSecondsMax : finalizesAt);
  return told;
};

/** A customer has the currency of their first invoice: https://docs.stripe.com/api/customers/object */
export const takeCurrency = (work: Work, customerId: string, currency: string): void => {
  const customer = work.require(customers, customerId);
  if (customer.currency === null || customer.currency === undefined) work.update(customers, customer, { currency });
};
