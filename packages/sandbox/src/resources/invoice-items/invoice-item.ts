import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { AppliedDiscount, TakenAmount } from '../invoices/invoice-discounts.js';
import type { InvoiceLine, LineDraft, LinePricing, Period } from '../invoices/invoice-line.js';
import type { TaxRateObject } from '../products/tax-rates.js';

/** What waits to be on an invoice, or is on one: https://docs.stripe.com/api/invoiceitems/object */
export interface InvoiceItemObject extends Omit<Stripe.InvoiceItem, 'pricing' | 'quantity_decimal'> {
  readonly customer: string;
  readonly invoice: string | null;
  readonly discounts: string[];
  readonly period: Period;
  readonly pricing: LinePricing | null;
  readonly quantity_decimal: string;
  readonly tax_rates: TaxRateObject[];
  readonly test_clock: string | null;
  readonly _applied: readonly AppliedDiscount[];
  /** Kept apart from `discount_amounts`: an item that is not discountable takes them all the same. */
  readonly _taken?: readonly TakenAmount[];
}

export const invoiceItems = defineCollection<InvoiceItemObject>({
  type: 'invoiceitem',
  prefix: 'ii',
  label: 'invoiceitem',
  path: (item) => `/v1/invoiceitems/${item.id}`,
  indexes: ['customer', 'invoice'],
});

/** The line an item makes on an invoice. */
export const lineOfItem = (item: InvoiceItemObject): LineDraft => ({
  amount: item.amount,
  currency: item.currency,
  description: item.description,
  discountable: item.discountable,
  discounts: item.discounts,
  metadata: item.metadata ?? {},
  parent: {
    invoice_item_details: {
      invoice_item: item.id,
      proration: item.proration,
      proration_details: prorationOf(item),
      subscription: item.parent?.subscription_details?.subscription ?? null,
    },
    subscription_item_details: null,
    type: 'invoice_item_details',
  },
  period: item.period,
  pricing: item.pricing,
  quantity: item.quantity,
  subscription: item.parent?.subscription_details?.subscription ?? null,
  _taxRates: item.tax_rates,
  _applied: item._applied,
  ...(item._taken === undefined ? {} : { _taken: item._taken }),
});

const prorationOf = (item: InvoiceItemObject): Details => {
  const credited = item.proration_details?.credited_items?.invoice_line_item_details;
  return item.proration ? { credited_items: credited ?? null } : null;
};

type Details = NonNullable<NonNullable<InvoiceLine['parent']>['invoice_item_details']>['proration_details'];
