import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import type { Work } from '../../work.js';
import { ratesFrom } from '../invoice-items/invoice-item-cost.js';
import type { InvoiceObject } from '../invoices/invoice.js';
import type { InvoiceLine } from '../invoices/invoice-line.js';
import { divided, exemptedOf, type LineTax, taxesOfLine } from '../invoices/invoice-tax.js';
import { bySameRate, sumOf } from '../invoices/invoice-totals.js';
import { taxRates } from '../products/tax-rates.js';
import { lineAmount, unitAmountIn } from '../unit-amount.js';
import { countableAmount, wholeNumber } from '../whole-number.js';
import type { CreditNoteLine } from './credit-note.js';

/** A line of a request; the SDK's type, with decimals as strings. */
export interface GivenCreditLine {
  readonly amount?: number;
  readonly description?: string;
  readonly invoice_line_item?: string;
  readonly metadata?: Readonly<Record<string, string | number | null>>;
  readonly quantity?: number;
  readonly tax_amounts?:
    | readonly { readonly amount: number; readonly tax_rate: string; readonly taxable_amount: number }[]
    | '';
  readonly tax_rates?: readonly string[] | '';
  readonly type: string;
  readonly unit_amount?: number;
  readonly unit_amount_decimal?: unknown;
}

interface Given {
  readonly amount?: number;
  readonly lines?: readonly GivenCreditLine[];
}

/** The lines of a credit note: those that were named, or one for an amount alone. */
export const creditLinesFrom = (work: Work, invoice: InvoiceObject, given: Given): CreditNoteLine[] => {
  if (given.lines !== undefined && given.lines.length > 0) {
    return given.lines.map((line, position) => lineFrom(work, invoice, line, `lines[${position}]`));
  }
  if (given.amount !== undefined)
    return [blankLine(work, { amount: wholeNumber(given.amount, 'amount', 0), description: null, quantity: 1 })];
  throw invalidRequest('One of amount, lines and shipping_cost is required.', {
    code: 'parameter_missing',
    param: 'amount',
  });
};

const lineFrom = (work: Work, invoice: InvoiceObject, given: GivenCreditLine, param: string): CreditNoteLine =>
  given.type === 'invoice_line_item' ? creditOfLine(work, invoice, given, param) : customLine(work, given, param);

const blankLine = (
  work: Work,
  fields: Pick<CreditNoteLine, 'amount' | 'description' | 'quantity'> & Partial<CreditNoteLine>,
): CreditNoteLine => ({
  id: work.newId('cnli'),
  object: 'credit_note_line_item',
  discount_amount: 0,
  discount_amounts: [],
  livemode: work.account.livemode,
  metadata: {},
  pretax_credit_amounts: [],
  tax_rates: [],
  taxes: [],
  type: 'custom_line_item',
  unit_amount: null,
  unit_amount_decimal: null,
  ...fields,
});

const customLine = (work: Work, given: GivenCreditLine, param: string): CreditNoteLine => {
  const { unit_amount, unit_amount_decimal: decimal } = unitAmountIn(given, param);
  const quantity = wholeNumber(given.quantity, `${param}[quantity]`, 0) ?? 1;
  if (decimal === null) {
    const missing = `${param}[unit_amount]`;
    throw invalidRequest(`Missing required param: ${missing}.`, { code: 'parameter_missing', param: missing });
  }
  const amount = countableAmount(lineAmount(decimal, quantity), `${param}[unit_amount]`);
  return taxed(work, given, param, {
    line: blankLine(work, {
      amount,
      description: given.description ?? null,
      metadata: metadataMerged({}, given.metadata),
      quantity,
      unit_amount,
      unit_amount_decimal: decimal,
    }),
  });
};

/** A part of an invoice's line, by amount or by quantity, with its share of the line's discounts and taxes. */
const creditOfLine = (work: Work, invoice: InvoiceObject, given: GivenCreditLine, param: string): CreditNoteLine => {
  const line = invoice._lines.find((one) => one.id === given.invoice_line_item);
  if (line === undefined) {
    throw invalidRequest(`No such line item: '${given.invoice_line_item}'`, {
      code: 'resource_missing',
      param: `${param}[invoice_line_item]`,
    });
  }
  const quantity = wholeNumber(given.quantity, `${param}[quantity]`, 0) ?? line.quantity ?? 1;
  const amount = wholeNumber(given.amount, `${param}[amount]`, 0) ?? partOf(line, quantity);
  if (amount > line.amount) {
    throw invalidRequest(`The amount (${amount}) is more than that of the invoice's line item (${line.amount}).`, {
      param: `${param}[amount]`,
    });
  }
  const share = (whole: number): number =>
    line.amount === 0 ? 0 : divided(BigInt(whole) * BigInt(amount), BigInt(line.amount));
  const discounts = line.discount_amounts.map((one) => ({ discount: one.discount, amount: share(one.amount) }));
  const credited = blankLine(work, {
    type: 'invoice_line_item',
    invoice_line_item: line.id,
    amount,
    description: given.description ?? line.description,
    discount_amount: sumOf(discounts),
    discount_amounts: discounts,
    metadata: metadataMerged({}, given.metadata),
    pretax_credit_amounts: discounts.map((one) => ({ ...one, type: 'discount' as const })),
    quantity: given.quantity ?? (given.amount === undefined ? line.quantity : null),
  });
  return taxed(work, given, param, { line: credited, of: line });
};

/** Half away from zero, to whole units of the currency's smallest. */
const partOf = (line: InvoiceLine, quantity: number): number => {
  const all = line.quantity ?? 1;
  return all === 0 ? 0 : divided(BigInt(line.amount) * BigInt(quantity), BigInt(all));
};

interface Taxable {
  readonly line: CreditNoteLine;
  readonly of?: InvoiceLine;
}

const taxed = (work: Work, given: GivenCreditLine, param: string, { line, of }: Taxable): CreditNoteLine => {
  if (given.tax_amounts !== undefined && given.tax_amounts !== '') {
    const taxes = given.tax_amounts.map((tax): LineTax => {
      const rate = work.require(taxRates, tax.tax_rate, `${param}[tax_amounts][tax_rate]`);
      const [one] = taxesOfLine(0, [rate], 'none');
      const amount = wholeNumber(tax.amount, `${param}[tax_amounts][amount]`);
      const taxable_amount = wholeNumber(tax.taxable_amount, `${param}[tax_amounts][taxable_amount]`);
      return { ...(one as LineTax), amount, taxable_amount };
    });
    return { ...line, taxes };
  }
  const own = ratesFrom(work, given.tax_rates, `${param}[tax_rates]`);
  const ofLine = of?.taxes.map((tax) => work.require(taxRates, tax.tax_rate_details.tax_rate)) ?? [];
  const rates = own ?? ofLine;
  const isExempt = of?.taxes.some((tax) => tax.taxability_reason !== 'not_available') === true;
  const net = line.amount - line.discount_amount;
  return { ...line, tax_rates: rates, taxes: taxesOfLine(net, rates, isExempt ? 'exempt' : 'none') };
};

export interface CreditTotals {
  readonly subtotal: number;
  readonly subtotal_excluding_tax: number;
  readonly total: number;
  readonly total_excluding_tax: number;
  readonly discount_amount: number;
  readonly discount_amounts: { readonly amount: number; readonly discount: string }[];
  readonly total_taxes: LineTax[];
}

/** The sums of a credit note, as those of an invoice. */
export const creditTotals = (lines: readonly CreditNoteLine[]): CreditTotals => {
  const taxes = lines.flatMap((line) => line.taxes);
  const inclusive = sumOf(taxes.filter((tax) => tax.tax_behavior === 'inclusive'));
  const exclusive = sumOf(taxes.filter((tax) => tax.tax_behavior === 'exclusive'));
  const subtotal = sumOf(lines);
  const discounts = new Map<string, number>();
  for (const { discount, amount } of lines.flatMap((line) => line.discount_amounts)) {
    discounts.set(discount, (discounts.get(discount) ?? 0) + amount);
  }
  const discount_amounts = [...discounts].map(([discount, amount]) => ({ amount, discount }));
  const exempted = lines.reduce((sum, line) => sum + exemptedOf(line.amount - line.discount_amount, line.taxes), 0);
  const net = subtotal - sumOf(discount_amounts) - exempted;
  return {
    subtotal,
    subtotal_excluding_tax: subtotal - exempted - inclusive,
    total: net + exclusive,
    total_excluding_tax: net - inclusive,
    discount_amount: sumOf(discount_amounts),
    discount_amounts,
    total_taxes: bySameRate(taxes),
  };
};
