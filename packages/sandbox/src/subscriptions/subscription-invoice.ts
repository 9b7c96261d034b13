import { customers } from '../resources/customers/customer.js';
import { type InvoiceItemObject, invoiceItems, lineOfItem } from '../resources/invoice-items/invoice-item.js';
import { billedOptions } from '../resources/invoices/billed-options.js';
import type { InvoiceObject } from '../resources/invoices/invoice.js';
import { type AppliedDiscount, discountFields, inheritedDiscounts } from '../resources/invoices/invoice-discounts.js';
import { pendingItems } from '../resources/invoices/invoice-draft.js';
import { type InvoiceLine, type LineDraft, newLine, type Period } from '../resources/invoices/invoice-line.js';
import { newInvoice } from '../resources/invoices/new-invoice.js';
import type { Work } from '../work.js';
import { isItemized, type SubscriptionObject } from './subscription.js';
import type { Debit, SubscriptionItemObject } from './subscription-item.js';
import { requireNotTooManyInvoices } from './subscription-limits.js';

export interface SubscriptionInvoice {
  readonly reason: InvoiceObject['billing_reason'];
  readonly lines: readonly LineDraft[];
  /** What the invoice says of itself: of a renewal the period that is over. */
  readonly period: Period;
  readonly advances: boolean;
  /** Invoice items of this update, which are on it whatever else waits. */
  readonly items?: readonly InvoiceItemObject[];
  /** Nothing but these: what waits goes on waiting. */
  readonly isAlone?: boolean;
  readonly prorationDate?: number;
}

/** An invoice takes at most so many lines; what waits beyond them waits for the next. */
const linesMax = 250;

/** An invoice of the subscription with what waits for it; not kept, except that what waited is on it now. */
export const invoiceOf = (work: Work, subscription: SubscriptionObject, given: SubscriptionInvoice): InvoiceObject => {
  if (given.reason !== 'subscription_cycle') requireNotTooManyInvoices(work, subscription);
  const id = work.newId('in');
  const own = given.items ?? [];
  const others = given.isAlone === true ? [] : waitingFor(work, subscription);
  const waiting = others.filter((one) => !own.some((item) => item.id === one.id));
  const items = [...own, ...waiting.slice(0, linesMax - given.lines.length - own.length)];
  for (const item of items) work.update(invoiceItems, item, { invoice: id });
  const lines = [...items.map(lineOfItem), ...given.lines].map((line) => newLine(work, line, { id }));
  return invoiceWith(work, subscription, { ...given, id, lines });
};

export interface InvoiceFacts extends Omit<SubscriptionInvoice, 'lines' | 'items' | 'isAlone'> {
  readonly id: string;
  readonly lines: readonly InvoiceLine[];
  /** When it will be made, if not now. */
  readonly at?: number;
}

/** The invoice with these lines alone, whatever waits. */
export const invoiceWith = (work: Work, subscription: SubscriptionObject, given: InvoiceFacts): InvoiceObject => {
  const customer = work.require(customers, subscription.customer);
  const { invoice_settings: settings, payment_settings: payment } = subscription;
  const { payment_method_options: options, payment_method_types } = payment;
  const isSent = subscription.collection_method === 'send_invoice';
  return newInvoice(work, customer, {
    id: given.id,
    application: subscription.application,
    currency: subscription.currency,
    auto_advance: given.advances,
    billing_reason: given.reason,
    collection_method: isSent ? 'send_invoice' : 'charge_automatically',
    default_tax_rates: subscription.default_tax_rates,
    description: settings.description,
    parent: parentOf(subscription, given.prorationDate),
    payment_settings: {
      default_mandate: null,
      payment_method_options: optionsOfInvoice(options),
      payment_method_types: payment_method_types as InvoiceObject['payment_settings']['payment_method_types'],
    },
    period_start: given.period.start,
    period_end: given.period.end,
    ...(settings.custom_fields === null ? {} : { custom_fields: settings.custom_fields }),
    ...(settings.footer === null ? {} : { footer: settings.footer }),
    ...(isSent ? { _daysUntilDue: subscription.days_until_due ?? 0 } : {}),
    ...discountFields(discountsFor(work, subscription, given.at)),
    _lines: given.lines,
    _subscription: subscription.id,
  });
};

/** Its own discounts, else its customer's of that time: https://docs.stripe.com/billing/subscriptions/coupons */
export const discountsFor = (
  work: Work,
  subscription: SubscriptionObject,
  at = work.now,
): readonly AppliedDiscount[] => {
  if (subscription._applied.length > 0) return subscription._applied;
  const customer = work.get(customers, subscription.customer);
  return customer === undefined ? [] : inheritedDiscounts(work, customer, subscription.currency, at);
};

const parentOf = (subscription: SubscriptionObject, prorationDate: number | undefined): InvoiceObject['parent'] => ({
  quote_details: null,
  subscription_details: {
    metadata: subscription.metadata,
    subscription: subscription.id,
    ...(prorationDate === undefined ? {} : { subscription_proration_date: prorationDate }),
  },
  type: 'subscription_details',
});

/** Invoice items of the customer and those of this subscription, as invoices show them. */
export const waitingFor = (work: Work, subscription: SubscriptionObject): InvoiceItemObject[] => [
  ...prorationsOf(work, subscription),
  ...pendingItems(work, subscription.customer, subscription.currency),
];

export const prorationsOf = (work: Work, subscription: SubscriptionObject): InvoiceItemObject[] =>
  work
    .where(invoiceItems, 'customer', subscription.customer)
    .filter((item) => item.invoice === null && item.parent?.subscription_details?.subscription === subscription.id)
    .reverse();

/** The items with what the lines of this invoice charged for them. */
export const debitedBy = (invoice: InvoiceObject, subscription: SubscriptionObject): SubscriptionItemObject[] =>
  subscription._items.map((item) => {
    const lines = invoice._lines.filter(
      (one) => one.parent?.subscription_item_details?.subscription_item === item.id && one.amount > 0,
    );
    if (lines.length === 0 || item._isMetered) return item;
    return { ...item, _debited: lines.map((line) => debitOf(line, invoice.id, isItemized(subscription))) };
  });

const debitOf = (line: InvoiceLine, invoice: string, isGross: boolean): Debit => ({
  amount: line.amount - (isGross ? 0 : line.discount_amounts.reduce((sum, one) => sum + one.amount, 0)),
  period: line.period,
  line: line.id,
  invoice,
  invoiceItem: null,
  ...(isGross ? {} : { isNet: true }),
});

/** A subscription's, without the network of a card, which an invoice does not show. */
const optionsOfInvoice = (
  options: SubscriptionObject['payment_settings']['payment_method_options'],
): InvoiceObject['payment_settings']['payment_method_options'] => {
  if (options === null) return null;
  const secure = options.card?.request_three_d_secure ?? 'automatic';
  const card = options.card && { request_three_d_secure: secure };
  return billedOptions({ card, customer_balance: options.customer_balance });
};
