import { type Decimal, formatDecimal, multiplyMoney, parseDecimal } from '../money/decimal.js';
import { isRepresentable } from '../money/money.js';
import { err, ok, type Result } from '../result.js';
import { parseTaxRate, type TaxBehaviour, taxOfLine } from '../tax/tax.js';
import type { Instant } from '../time/instant.js';
import type { Invoice, InvoiceLine } from './invoice.js';

/** A line as somebody asks for it. */
export interface InvoiceLineInput {
  readonly id: string;
  readonly description: string;
  /** A decimal of at most 12 places; may be negative, as a credit. */
  readonly quantity: string;
  /** In minor units, a decimal of at most 12 places; may be negative. */
  readonly unitAmount: string;
  readonly taxRatePercent: string;
  readonly taxBehaviour: TaxBehaviour;
  readonly periodStart: Instant | null;
  readonly periodEnd: Instant | null;
}

/** More lines than a person reads; an invoice with more is made of summaries. */
export const INVOICE_LINES_MAX = 1_000;

export interface InvoiceLineRefused {
  readonly code:
    | 'invoice_line_quantity_invalid'
    | 'invoice_line_unit_amount_invalid'
    | 'invoice_line_tax_rate_invalid'
    | 'invoice_line_period_invalid'
    | 'invoice_amount_too_large';
  /** Which line, counted from 0. */
  readonly position: number;
}

/**
 * The line with its amounts: quantity x unitAmount rounded once, half away from zero, then its tax, rounded the same way.
 *
 * Errors: `invoice_line_quantity_invalid`, `invoice_line_unit_amount_invalid`, `invoice_line_tax_rate_invalid` when the
 * text is no decimal in range; `invoice_line_period_invalid` when only one end is given or the end is not after the
 * start; `invoice_amount_too_large` beyond what an object may carry.
 */
export function invoiceLine(
  invoice: Pick<Invoice, 'environmentId' | 'id' | 'currency'>,
  input: InvoiceLineInput,
  position: number,
): Result<InvoiceLine, InvoiceLineRefused> {
  const quantity = parseDecimal(input.quantity);
  if (!quantity.ok) return err({ code: 'invoice_line_quantity_invalid', position });
  const unitAmount = parseDecimal(input.unitAmount);
  if (!unitAmount.ok) return err({ code: 'invoice_line_unit_amount_invalid', position });
  const ratePercent = parseTaxRate(input.taxRatePercent);
  if (!ratePercent.ok) return err({ code: 'invoice_line_tax_rate_invalid', position });
  if (!isPeriodOrNone(input)) return err({ code: 'invoice_line_period_invalid', position });
  const parsed = { quantity: quantity.value, unitAmount: unitAmount.value, ratePercent: ratePercent.value };
  const amounts = lineAmounts(invoice, input.taxBehaviour, parsed);
  if (!isRepresentable(amounts.amountMinor) || !isRepresentable(amounts.netMinor + amounts.taxMinor)) {
    return err({ code: 'invoice_amount_too_large', position });
  }
  return ok({
    environmentId: invoice.environmentId,
    id: input.id,
    invoiceId: invoice.id,
    position,
    description: input.description,
    quantity: formatDecimal(parsed.quantity),
    unitAmount: formatDecimal(parsed.unitAmount),
    ...amounts,
    taxRatePercent: formatDecimal(parsed.ratePercent),
    taxBehaviour: input.taxBehaviour,
    periodStart: input.periodStart,
    periodEnd: input.periodEnd,
  });
}

function lineAmounts(
  invoice: Pick<Invoice, 'currency'>,
  behaviour: TaxBehaviour,
  parsed: { readonly quantity: Decimal; readonly unitAmount: Decimal; readonly ratePercent: Decimal },
): Pick<InvoiceLine, 'amountMinor' | 'netMinor' | 'taxMinor'> {
  const amount = multiplyMoney(parsed.unitAmount, parsed.quantity, {
    currency: invoice.currency,
    rounding: 'half-up',
  });
  const { netMinor, taxMinor } = taxOfLine(amount.minor, { ratePercent: parsed.ratePercent, behaviour });
  return { amountMinor: amount.minor, netMinor, taxMinor };
}

function isPeriodOrNone({ periodStart, periodEnd }: InvoiceLineInput): boolean {
  if (periodStart === null || periodEnd === null) return periodStart === periodEnd;
  return periodStart < periodEnd;
}
