import type { TaxRateObject } from '../products/tax-rates.js';
import { type AppliedDiscount, type DiscountAmount, discountsOf, shownAmount } from './invoice-discounts.js';
import type { InvoiceLine } from './invoice-line.js';
import { exemptedOf, type LineTax, type TaxExempt, taxesOfLine } from './invoice-tax.js';

export interface Taxation {
  readonly defaultRates: readonly TaxRateObject[];
  readonly exempt: TaxExempt;
}

/** What an invoice says of its lines together; all in the smallest unit of its currency. */
export interface InvoiceTotals {
  readonly _lines: readonly InvoiceLine[];
  readonly subtotal: number;
  readonly subtotal_excluding_tax: number;
  readonly total: number;
  readonly total_excluding_tax: number;
  readonly total_discount_amounts: readonly DiscountAmount[];
  readonly total_pretax_credit_amounts: InvoiceLine['pretax_credit_amounts'];
  readonly total_taxes: readonly LineTax[];
}

/**
 * Lines with their discounts and taxes, and the sums. Discounts come before taxes; every rounding is of one line.
 * `subtotal` is without the lines' own discounts and with inclusive taxes, `total` is what is to pay.
 * https://docs.stripe.com/api/invoices/object
 */
export const invoiceTotals = (
  lines: readonly InvoiceLine[],
  invoiceDiscounts: readonly AppliedDiscount[],
  taxation: Taxation,
): InvoiceTotals => {
  const found = discountsOf(lines, invoiceDiscounts);
  // What a credit gives back less is shown beside its gross amount, as the discounts that lowered its debit were.
  const discounts = lines.map(({ _taken: taken }, position) => ({
    ofLine: taken?.filter((one) => one.isOfLine).map(shownAmount) ?? found[position]?.ofLine ?? [],
    ofInvoice: taken?.filter((one) => !one.isOfLine).map(shownAmount) ?? found[position]?.ofInvoice ?? [],
  }));
  let subtotal = 0;
  let subtotalWithoutTax = 0;
  let exempted = 0;
  const counted = lines.map((line, position) => {
    const { ofLine = [], ofInvoice = [] } = discounts[position] ?? {};
    const rates = line._taxRates.length > 0 ? line._taxRates : taxation.defaultRates;
    const beforeInvoice = line.amount - sumOf(ofLine);
    subtotal += beforeInvoice;
    subtotalWithoutTax += withoutTax(beforeInvoice, taxesOfLine(beforeInvoice, rates, taxation.exempt));
    const net = beforeInvoice - sumOf(ofInvoice);
    const taxes = taxesOfLine(net, rates, taxation.exempt);
    exempted += exemptedOf(net, taxes);
    const all = [...ofLine, ...ofInvoice];
    return {
      ...line,
      discount_amounts: all,
      pretax_credit_amounts: all.map((one) => ({ ...one, type: 'discount' as const })),
      taxes,
    };
  });
  const taxes = bySameRate(counted.flatMap((line) => line.taxes));
  const discounted = byDiscount(counted.flatMap((line) => line.discount_amounts));
  const takenByInvoice = sumOf(discounts.flatMap((one) => one.ofInvoice));
  const onTop = sumOf(taxes.filter((tax) => tax.tax_behavior === 'exclusive'));
  const total = subtotal - takenByInvoice - exempted + onTop;
  return {
    _lines: counted,
    subtotal,
    subtotal_excluding_tax: subtotalWithoutTax,
    total,
    total_excluding_tax: total - sumOf(taxes),
    total_discount_amounts: discounted,
    total_pretax_credit_amounts: discounted.map((one) => ({ ...one, type: 'discount' as const })),
    total_taxes: taxes,
  };
};

export const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, part) => sum + part.amount, 0);

const withoutTax = (amount: number, taxes: readonly LineTax[]): number =>
  amount - exemptedOf(amount, taxes) - sumOf(taxes.filter((tax) => tax.tax_behavior === 'inclusive'));

/** The lines' taxes together, one entry for each rate. */
export const bySameRate = (taxes: readonly LineTax[]): LineTax[] => {
  const sums = new Map<string, LineTax>();
  for (const tax of taxes) {
    const rate = tax.tax_rate_details.tax_rate;
    const before = sums.get(rate);
    if (before === undefined) sums.set(rate, tax);
    else {
      const taxable_amount = before.taxable_amount + tax.taxable_amount;
      sums.set(rate, { ...before, amount: before.amount + tax.amount, taxable_amount });
    }
  }
  return [...sums.values()];
};

const byDiscount = (amounts: readonly DiscountAmount[]): DiscountAmount[] => {
  const sums = new Map<string, number>();
  for (const { discount, amount } of amounts) sums.set(discount, (sums.get(discount) ?? 0) + amount);
  return [...sums].map(([discount, amount]) => ({ amount, discount }));
};
