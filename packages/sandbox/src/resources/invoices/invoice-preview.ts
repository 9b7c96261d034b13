import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import { previewSubscription } from '../../subscriptions/subscription-preview.js';
import type { RequestContext, Work } from '../../work.js';
import { checkedCurrency } from '../currency-rules.js';
import { type CustomerObject, clockOf, customers } from '../customers/customer.js';
import { type InvoiceItemObject, invoiceItems, lineOfItem } from '../invoice-items/invoice-item.js';
import { costFrom, type GivenCost } from '../invoice-items/invoice-item-cost.js';
import { newItem } from '../invoice-items/invoice-items.js';
import { refuseUnserved } from '../unserved.js';
import type { InvoiceObject } from './invoice.js';
import { discountFields, discountsFrom, inheritedDiscounts } from './invoice-discounts.js';
import { pendingItems } from './invoice-draft.js';
import { newLine } from './invoice-line.js';
import { newInvoice, recounted, requireCountable } from './new-invoice.js';

const unserved = [
  'automatic_tax',
  'customer_account',
  'customer_details',
  'on_behalf_of',
  'schedule',
  'schedule_details',
];

/** The invoice that would be made now of what waits for the customer, and of the items given. Nothing is kept. */
const createPreview = operation<Stripe.InvoiceCreatePreviewParams>((request) => {
  const { params } = request;
  refuseUnserved(params, unserved);
  refuseUnserved(params.issuer ?? {}, ['account'], 'issuer');
  request.forgetWrites();
  if (params.subscription !== undefined || params.subscription_details !== undefined) {
    refuseUnserved(params, ['invoice_items']);
    return requireCountable(withoutInherited(params, previewSubscription(request)));
  }
  if (params.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const customer = request.require(customers, params.customer, 'customer');
  const context = request.onClock(clockOf(customer));
  const currency = checkedCurrency(params.currency ?? customer.currency ?? 'usd');
  const items = itemsOf(context, customer, currency);
  if (items.length === 0) {
    throw invalidRequest('Nothing to invoice for customer', { code: 'invoice_upcoming_none' });
  }
  const id = context.newId('upcoming_in');
  const lines = items.map((item) => newLine(context, lineOfItem(item), { id, lineId: context.newId('il_tmp') }));
  const preview = newInvoice(context, customer, { id, currency, billing_reason: 'upcoming', _lines: lines });
  return requireCountable({ ...preview, ...recounted(preview, discountsOf(context, customer, preview)) });
});

/** "Pass an empty string to avoid inheriting any discounts": those of a subscription's customer neither. */
const withoutInherited = (params: Stripe.InvoiceCreatePreviewParams, preview: InvoiceObject): InvoiceObject =>
  params.discounts === '' ? { ...preview, ...recounted(preview, discountFields([])) } : preview;

/** Its customer's discount, or those the request gives in its place. */
const discountsOf = (
  context: RequestContext<Stripe.InvoiceCreatePreviewParams>,
  customer: CustomerObject,
  { currency, _lines: lines }: InvoiceObject,
) => {
  const order = { amount: lines.reduce((sum, line) => sum + line.amount, 0), currency };
  const target = { customer: customer.id, order };
  const given = discountsFrom(context, context.params.discounts, { target, currency, param: 'discounts' });
  return discountFields(given ?? inheritedDiscounts(context, customer, currency));
};

type Given = GivenCost & { readonly invoiceitem?: string; readonly price?: string; readonly unit_amount?: number };

/** What waits, changed where the request says so, and what it adds. */
const itemsOf = (
  context: RequestContext<Stripe.InvoiceCreatePreviewParams>,
  customer: CustomerObject,
  currency: string,
): InvoiceItemObject[] => {
  const given = (context.params.invoice_items ?? []) as unknown as readonly Given[];
  const changed = new Map(
    given.flatMap((one) => (one.invoiceitem === undefined ? [] : [[one.invoiceitem, one] as const])),
  );
  for (const id of changed.keys()) context.require(invoiceItems, id, 'invoice_items[invoiceitem]');
  const waiting = pendingItems(context, customer.id, currency).map((item) => {
    const change = changed.get(item.id);
    return change === undefined ? item : previewItem(context, customer, change, currency, item);
  });
  const added = given.filter((one) => one.invoiceitem === undefined);
  return [...waiting, ...added.map((one) => previewItem(context, customer, one, currency))];
};

const previewItem = (
  work: Work,
  customer: CustomerObject,
  given: Given,
  currency: string,
  before?: InvoiceItemObject,
): InvoiceItemObject => {
  const { price, unit_amount: unitAmount, ...others } = given;
  const cost = costFrom(
    work,
    {
      ...others,
      ...(price === undefined ? {} : { pricing: { price } }),
      ...(unitAmount === undefined ? {} : { unit_amount_decimal: String(unitAmount) }),
    },
    currency,
  );
  if (cost === undefined && before !== undefined) return { ...before, ...wordsOf(given) };
  if (cost === undefined) {
    throw invalidRequest('Missing required param: invoice_items[amount].', {
      code: 'parameter_missing',
      param: 'invoice_items[amount]',
    });
  }
  const item = newItem(work, customer, { given, cost, invoice: null });
  return before === undefined ? item : { ...before, ...item, id: before.id };
};

const wordsOf = (given: Given): Partial<InvoiceItemObject> => ({
  ...(given.description === undefined ? {} : { description: given.description }),
  ...(given.period === undefined ? {} : { period: given.period }),
});

export const invoicePreviewResource: Resource = {
  collections: [],
  operations: { 'POST /v1/invoices/create_preview': createPreview },
};
