import { type Decimal, decimalFromInteger, multiplyMinor, parseDecimal } from '../money/decimal.js';
import type { Rounding } from '../money/rounding.js';
import { err, type Result } from '../result.js';

/**
 * How tax stands to the price: inside it (`inclusive`), on top of it (`exclusive`), or owed by the buyer himself
 * (`reverse_charge`: nothing is added, and the invoice must say so).
 */
export type TaxBehaviour = 'inclusive' | 'exclusive' | 'reverse_charge';

export const TAX_BEHAVIOURS: readonly TaxBehaviour[] = ['inclusive', 'exclusive', 'reverse_charge'];

/** No tax known is higher; a rate beyond it is a slip of the keyboard. */
export const TAX_RATE_PERCENT_MAX = 100n;

export interface TaxRateRefused {
  readonly code: 'tax_rate_malformed' | 'tax_rate_out_of_range';
  readonly text: string;
}

export interface TaxedAmount {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly grossMinor: bigint;
}

/**
 * The rate in percent that `text` writes, such as `19` or `8.875`.
 *
 * Errors: `tax_rate_malformed` when it is no decimal of at most 12 places; `tax_rate_out_of_range` below 0 or above 100.
 */
export function parseTaxRate(text: string): Result<Decimal, TaxRateRefused> {
  const parsed = parseDecimal(text);
  if (!parsed.ok) return err({ code: 'tax_rate_malformed', text });
  const isInRange = parsed.value.scaled >= 0n && parsed.value.scaled <= hundred.scaled;
  return isInRange ? parsed : err({ code: 'tax_rate_out_of_range', text });
}

/**
 * The net, the tax and the gross of one line, in minor units; net + tax is always the gross. The tax is rounded once, as
 * named, on this line; an invoice's tax is the sum of its lines'. Inclusive: the gross is exactly the amount.
 */
export function taxOfLine(
  amountMinor: bigint,
  { ratePercent, behaviour }: { readonly ratePercent: Decimal; readonly behaviour: TaxBehaviour },
  rounding: Rounding = 'half-up',
): TaxedAmount {
  switch (behaviour) {
    case 'inclusive': {
      const share = { numerator: ratePercent, denominator: { scaled: hundred.scaled + ratePercent.scaled } };
      const taxMinor = multiplyMinor(amountMinor, share, rounding);
      return { netMinor: amountMinor - taxMinor, taxMinor, grossMinor: amountMinor };
    }
    case 'exclusive': {
      const taxMinor = multiplyMinor(amountMinor, { numerator: ratePercent, denominator: hundred }, rounding);
      return { netMinor: amountMinor, taxMinor, grossMinor: amountMinor + taxMinor };
    }
    case 'reverse_charge':
      return { netMinor: amountMinor, taxMinor: 0n, grossMinor: amountMinor };
  }
}

const hundred: Decimal = decimalFromInteger(TAX_RATE_PERCENT_MAX);
