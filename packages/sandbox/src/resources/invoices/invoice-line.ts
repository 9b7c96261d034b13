import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import type { TaxRateObject } from '../products/tax-rates.js';
import type { AppliedDiscount, DiscountAmount, TakenAmount } from './invoice-discounts.js';
import type { LineTax } from './invoice-tax.js';

export interface Period {
  readonly start: number;
  readonly end: number;
}

/** What a line costs by unit. The price is an id; a line by amount alone has none. */
export interface LinePricing {
  readonly price_details?: { readonly price: string; readonly product: string };
  readonly type: 'price_details';
  readonly unit_amount_decimal: string | null;
}

/** What a proration gives back, by the lines that charged it. */
export type ProrationDetails = Stripe.InvoiceLineItem.Parent.InvoiceItemDetails['proration_details'];

/** Where a line comes from: an invoice item, or an item of a subscription. */
export type LineParent = Stripe.InvoiceLineItem['parent'];

/**
 * A line of an invoice, kept inside it, so that an event shows the lines as they were. Decimals are strings, and rates
 * are whole objects as the line was made with them.
 */
export interface InvoiceLine {
  readonly id: string;
  readonly object: 'line_item';
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  /** Of the line's own discounts and of the invoice's. */
  readonly discount_amounts: readonly DiscountAmount[];
  readonly discountable: boolean;
  readonly discounts: readonly string[];
  readonly invoice: string | null;
  readonly livemode: boolean;
  readonly metadata: Record<string, string>;
  readonly parent: LineParent;
  readonly period: Period;
  readonly pretax_credit_amounts: readonly PretaxCredit[];
  readonly pricing: LinePricing | null;
  readonly quantity: number | null;
  readonly quantity_decimal: string | null;
  readonly subscription: string | null;
  readonly subtotal: number;
  readonly taxes: readonly LineTax[];
  /** Its own rates; the invoice's default rates stand in where there are none. */
  readonly _taxRates: readonly TaxRateObject[];
  readonly _applied: readonly AppliedDiscount[];
  /** What discounts take of it whatever there is by now, as of a credit that gives back what was charged less them. */
  readonly _taken?: readonly TakenAmount[];
}

export interface PretaxCredit {
  readonly amount: number;
  readonly discount: string;
  readonly type: 'discount';
}

/** Never stored alone: here so that lists of lines are shown without the sandbox's own fields. */
export const invoiceLines = defineCollection<InvoiceLine>({ type: 'line_item', prefix: 'il', label: 'line item' });

/** A line before discounts and taxes are counted. */
export type LineDraft = Pick<
  InvoiceLine,
  'amount' | 'currency' | 'description' | 'discountable' | 'discounts' | 'metadata' | 'parent' | 'period' | 'pricing'
> &
  Pick<InvoiceLine, 'quantity' | 'subscription' | '_taxRates' | '_applied' | '_taken'>;

/** A line of its own id; `invoice` is null in a preview. */
export const newLine = (
  work: Work,
  draft: LineDraft,
  invoice: { id: string | null; lineId?: string },
): InvoiceLine => ({
  id: invoice.lineId ?? work.newId('il'),
  object: 'line_item',
  invoice: invoice.id,
  livemode: work.account.livemode,
  pretax_credit_amounts: [],
  discount_amounts: [],
  quantity_decimal: draft.quantity === null ? null : String(draft.quantity),
  subtotal: draft.amount,
  taxes: [],
  ...draft,
});

/** The line as an invoice shows it. */
export const shownLine = ({
  _taxRates,
  _applied,
  _taken,
  ...line
}: InvoiceLine): Omit<InvoiceLine, '_taxRates' | '_applied' | '_taken'> => line;

/** The invoice item a line stands for, or null. */
export const itemOfLine = (line: InvoiceLine): string | null => line.parent?.invoice_item_details?.invoice_item ?? null;
