import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import { inRange } from '../../pagination.js';
import type { RequestContext, Work } from '../../work.js';
import { type CustomerObject, clockOf, clockOfCustomer, customers } from '../customers/customer.js';
import { invoices, requireInvoiceStatus } from '../invoices/invoice.js';
import { discountFields, discountsFrom } from '../invoices/invoice-discounts.js';
import { addItems, draftNamed, removeItemFromDraft, updateItemOnDraft } from '../invoices/invoice-draft.js';
import { takeCurrency } from '../invoices/new-invoice.js';
import { prices } from '../products/price.js';
import { refuseUnserved } from '../unserved.js';
import { type InvoiceItemObject, invoiceItems } from './invoice-item.js';
import { costFrom, costOfPrice, type GivenCost, type ItemCost, ratesFrom, wordsFrom } from './invoice-item-cost.js';

const createItem = operation<Stripe.InvoiceItemCreateParams>((request) => {
  const { params } = request;
  refuseUnserved(params, ['customer_account', 'subscription']);
  const customer = customerIn(request);
  const context = request.onClock(clockOf(customer));
  const given = params as unknown as GivenCost;
  const invoice = params.invoice === undefined ? undefined : context.require(invoices, params.invoice, 'invoice');
  const cost = costFrom(context, given, invoice?.currency ?? customer.currency ?? undefined);
  if (cost === undefined) {
    throw invalidRequest('One of amount, pricing, price_data and unit_amount_decimal is required.', {
      code: 'parameter_missing',
      param: 'amount',
    });
  }
  const draft =
    invoice === undefined
      ? undefined
      : draftNamed(context, invoice.id, { customer: customer.id, currency: cost.currency });
  const item = putItem(context, customer, { given, cost, invoice: draft?.id ?? null });
  if (draft !== undefined) addItems(context, draft, [item]);
  return item;
});

const customerIn = (context: RequestContext<Stripe.InvoiceItemCreateParams>): CustomerObject => {
  const { customer, invoice } = context.params;
  if (customer !== undefined) return context.require(customers, customer, 'customer');
  if (invoice !== undefined) return context.require(customers, context.require(invoices, invoice, 'invoice').customer);
  throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
};

export interface NewItem {
  readonly given: GivenCost;
  readonly cost: ItemCost;
  readonly invoice: string | null;
}

/** Keeps a new item and tells of it; its line is the caller's. */
export const putItem = (work: Work, customer: CustomerObject, { given, cost, invoice }: NewItem): InvoiceItemObject => {
  takeCurrency(work, customer.id, cost.currency);
  const blank = newItem(work, customer, { given, cost, invoice });
  const item = work.put(invoiceItems, { ...blank, ...discountsIn(work, blank, given) });
  work.emit('invoiceitem.created', item);
  return item;
};

const discountsIn = (work: Work, item: InvoiceItemObject, given: GivenCost): Partial<InvoiceItemObject> => {
  const { amount, currency, customer } = item;
  const target = { customer, order: { amount, currency }, invoice_item: item.id };
  const applied = discountsFrom(work, given.discounts, { target, currency, param: 'discounts' });
  return applied === undefined ? {} : discountFields(applied);
};

/** An item that is not kept, without discounts. */
export const newItem = (
  work: Work,
  customer: CustomerObject,
  { given, cost, invoice }: NewItem,
): InvoiceItemObject => ({
  id: work.newId('ii'),
  object: 'invoiceitem',
  customer: customer.id,
  customer_account: null,
  date: work.now,
  discountable: cost.amount >= 0,
  invoice,
  livemode: work.account.livemode,
  parent: null,
  period: { start: work.now, end: work.now },
  proration: false,
  tax_rates: ratesFrom(work, given.tax_rates) ?? [],
  test_clock: clockOf(customer),
  ...costFields(cost),
  description: cost.description,
  ...wordsFrom(given, {}),
  ...discountFields([]),
});

const costFields = (cost: ItemCost) => ({
  amount: cost.amount,
  currency: cost.currency,
  net_amount: cost.amount,
  pricing: cost.pricing,
  quantity: cost.quantity,
  quantity_decimal: String(cost.quantity),
});

const inPath = <P>(context: RequestContext<P>): InvoiceItemObject =>
  context.require(invoiceItems, context.path.invoiceitem ?? '');

const retrieveItem = operation<Stripe.InvoiceItemRetrieveParams>((context) => inPath(context));

const updateItem = operation<Stripe.InvoiceItemUpdateParams>((request) => {
  const before = inPath(request);
  const context = request.onClock(clockOfCustomer(request, before.customer));
  return changeItem(context, before, context.params as unknown as GivenCost);
});

/** Changes an item, and its line with it; only while no invoice with it is final. */
export const changeItem = (work: Work, before: InvoiceItemObject, given: GivenCost): InvoiceItemObject => {
  requireEditable(work, before);
  const cost = requantified(work, before, given) ?? costFrom(work, given, before.currency);
  const rates = ratesFrom(work, given.tax_rates);
  const after = work.update(invoiceItems, before, {
    ...(cost === undefined ? {} : costFields(cost)),
    ...(rates === undefined ? {} : { tax_rates: rates }),
    ...wordsFrom(given, before.metadata ?? {}),
    ...discountsIn(work, before, given),
  });
  updateItemOnDraft(work, after);
  return after;
};

/** Another quantity alone is one of the price, or of the unit amount, the item has. */
const requantified = (work: Work, item: InvoiceItemObject, given: GivenCost): ItemCost | undefined => {
  const { quantity } = given;
  const isPriced = given.amount ?? given.pricing?.price ?? given.price_data ?? given.unit_amount_decimal;
  if (quantity === undefined || isPriced !== undefined) return undefined;
  const price = work.get(prices, item.pricing?.price_details?.price ?? '');
  if (price !== undefined) return costOfPrice(work, price, quantity, item.currency);
  const unit_amount_decimal = item.pricing?.unit_amount_decimal ?? '0';
  return costFrom(work, { quantity, unit_amount_decimal }, item.currency);
};

const requireEditable = (work: Work, item: InvoiceItemObject): void => {
  if (item.invoice !== null) requireInvoiceStatus(work.require(invoices, item.invoice), 'edit');
};

const deleteItem = operation<Stripe.InvoiceItemDeleteParams>((request) => {
  const item = inPath(request);
  return endItem(request.onClock(clockOfCustomer(request, item.customer)), item);
});

export const endItem = (work: Work, item: InvoiceItemObject) => {
  requireEditable(work, item);
  removeItemFromDraft(work, item);
  const stub = work.remove(invoiceItems, item.id);
  work.emit('invoiceitem.deleted', item);
  return stub;
};

const listItems = operation<Stripe.InvoiceItemListParams>((context) => {
  const { created, customer, invoice, pending } = context.params;
  const filter = (item: InvoiceItemObject): boolean =>
    (customer === undefined || item.customer === customer) &&
    (invoice === undefined || item.invoice === invoice) &&
    inRange(item.date, created) &&
    (pending === undefined || (item.invoice === null) === pending);
  if (invoice !== undefined) return context.list(invoiceItems, { where: { field: 'invoice', value: invoice }, filter });
  if (customer !== undefined)
    return context.list(invoiceItems, { where: { field: 'customer', value: customer }, filter });
  return context.list(invoiceItems, { filter });
});

export const invoiceItemsResource: Resource = {
  collections: [invoiceItems],
  operations: {
    'POST /v1/invoiceitems': createItem,
    'GET /v1/invoiceitems': listItems,
    'GET /v1/invoiceitems/:invoiceitem': retrieveItem,
    'POST /v1/invoiceitems/:invoiceitem': updateItem,
    'DELETE /v1/invoiceitems/:invoiceitem': deleteItem,
  },
};
