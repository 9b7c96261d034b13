import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { StripeObject } from '../../work.js';
import type { DiscountAmount } from '../invoices/invoice-discounts.js';
import type { LineTax } from '../invoices/invoice-tax.js';
import type { TaxRateObject } from '../products/tax-rates.js';

/** https://docs.stripe.com/api/credit_notes/line_item; decimals are strings. */
export interface CreditNoteLine {
  readonly id: string;
  readonly object: 'credit_note_line_item';
  readonly amount: number;
  readonly description: string | null;
  readonly discount_amount: number;
  readonly discount_amounts: readonly DiscountAmount[];
  readonly invoice_line_item?: string;
  readonly livemode: boolean;
  readonly metadata: Record<string, string>;
  readonly pretax_credit_amounts: readonly {
    readonly amount: number;
    readonly discount: string;
    readonly type: 'discount';
  }[];
  readonly quantity: number | null;
  readonly tax_rates: readonly TaxRateObject[];
  readonly taxes: readonly LineTax[];
  readonly type: 'custom_line_item' | 'invoice_line_item';
  readonly unit_amount: number | null;
  readonly unit_amount_decimal: string | null;
}

/** A credit note with its lines in it. */
export interface CreditNoteObject extends Omit<Stripe.CreditNote, 'lines' | 'total_taxes'> {
  readonly customer: string;
  readonly invoice: string;
  readonly total_taxes: readonly LineTax[];
  readonly _lines: readonly CreditNoteLine[];
}

export const creditNotes = defineCollection<CreditNoteObject>({
  type: 'credit_note',
  prefix: 'cn',
  label: 'credit note',
  path: (note) => `/v1/credit_notes/${note.id}`,
  indexes: ['customer', 'invoice'],
  render: (note) => shownCreditNote(note),
});

const linesShownMax = 10;

const shownCreditNote = (note: CreditNoteObject): StripeObject => ({
  ...note,
  lines: {
    object: 'list',
    data: note._lines.slice(0, linesShownMax),
    has_more: note._lines.length > linesShownMax,
    url: `/v1/credit_notes/${note.id}/lines`,
  },
});
