import { invalidRequest } from '../errors.js';
import { customers } from '../resources/customers/customer.js';
import { type InvoiceItemObject, invoiceItems } from '../resources/invoice-items/invoice-item.js';
import { costFrom, type GivenCost } from '../resources/invoice-items/invoice-item-cost.js';
import { newItem } from '../resources/invoice-items/invoice-items.js';
import { discountFields, discountsFrom } from '../resources/invoices/invoice-discounts.js';
import { refuseUnserved } from '../resources/unserved.js';
import type { Work } from '../work.js';
import type { SubscriptionObject } from './subscription.js';

/** https://docs.stripe.com/api/subscriptions/create (add_invoice_items) */
const extrasMax = 20;

/** What a request adds once to the next invoice of the subscription, each by a price that bills once. */
export const putExtras = (
  work: Work,
  subscription: SubscriptionObject,
  given: readonly object[],
): InvoiceItemObject[] => {
  if (given.length > extrasMax) {
    throw invalidRequest(`At most ${extrasMax} invoice items can be added.`, { param: 'add_invoice_items' });
  }
  return given.map((one, position) => putExtra(work, subscription, one as Extra, `add_invoice_items[${position}]`));
};

type Extra = GivenCost & { readonly price?: string };

const putExtra = (work: Work, subscription: SubscriptionObject, extra: Extra, param: string): InvoiceItemObject => {
  refuseUnserved(extra, ['period']);
  const { price, ...given } = extra;
  const customer = work.require(customers, subscription.customer);
  const { currency } = subscription;
  const cost = costFrom(work, { ...given, ...(price === undefined ? {} : { pricing: { price } }) }, currency);
  if (cost === undefined) {
    throw invalidRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    });
  }
  const blank: InvoiceItemObject = {
    ...newItem(work, customer, { given, cost, invoice: null }),
    parent: { subscription_details: { subscription: subscription.id }, type: 'subscription_details' },
  };
  const target = { customer: customer.id, order: { amount: cost.amount, currency }, invoice_item: blank.id };
  const applied = discountsFrom(work, given.discounts, { target, currency, param: `${param}[discounts]` });
  const item = work.put(invoiceItems, { ...blank, ...(applied === undefined ? {} : discountFields(applied)) });
  work.emit('invoiceitem.created', item);
  return item;
};
