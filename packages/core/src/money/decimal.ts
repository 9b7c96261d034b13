import { invariant } from '../invariant.js';
import { err, ok, type Result } from '../result.js';
import type { Currency } from './currency.js';
import { type Money, money } from './money.js';
import { absolute, divide, type Rounding } from './rounding.js';

/** Stripe takes unit prices of up to 12 decimal places (`unit_amount_decimal`); so do we. */
export const DECIMAL_PLACES_MAX = 12;
/** With the places above, a product of two decimals stays far from any limit of the database's numeric type. */
export const DECIMAL_INTEGER_DIGITS_MAX = 18;

const SCALE = 10n ** BigInt(DECIMAL_PLACES_MAX);
const FORM = /^(-?)(\d+)(?:\.(\d+))?$/;

/** An exact decimal number: `scaled` counts in units of 10^-12. */
export interface Decimal {
  readonly scaled: bigint;
}

export interface DecimalMalformed {
  readonly code: 'decimal_malformed' | 'decimal_too_precise' | 'decimal_too_large';
  readonly text: string;
}

/**
 * The exact number that `text` writes, such as `0.000000000001` or `-12.50`. No exponent, no plus sign, no grouping.
 *
 * Errors: `decimal_malformed` when it is no such number; `decimal_too_precise` beyond 12 places that are not zero;
 * `decimal_too_large` beyond 18 digits before the point.
 */
export function parseDecimal(text: string): Result<Decimal, DecimalMalformed> {
  const match = FORM.exec(text);
  if (match === null) return err({ code: 'decimal_malformed', text });
  const [, sign = '', whole = '', places = ''] = match;
  const significant = places.replace(/0+$/, '');
  if (significant.length > DECIMAL_PLACES_MAX) return err({ code: 'decimal_too_precise', text });
  const digits = whole.replace(/^0+(?=\d)/, '');
  if (digits.length > DECIMAL_INTEGER_DIGITS_MAX) return err({ code: 'decimal_too_large', text });
  const size = BigInt(digits) * SCALE + BigInt(significant.padEnd(DECIMAL_PLACES_MAX, '0'));
  return ok({ scaled: sign === '-' ? -size : size });
}

/** The decimal of a text that the program itself wrote or stored. Errors: none; another text is an invariant violation. */
export function decimalOf(text: string): Decimal {
  const parsed = parseDecimal(text);
  invariant(parsed.ok, `${text} is a decimal number`);
  return parsed.value;
}

/** A whole number as a decimal. */
export function decimalFromInteger(value: bigint): Decimal {
  return { scaled: value * SCALE };
}

/** The shortest text that parses back to the same number: no trailing zeros, no point without places. */
export function formatDecimal(decimal: Decimal): string {
  const size = absolute(decimal.scaled);
  const places = (size % SCALE).toString().padStart(DECIMAL_PLACES_MAX, '0').replace(/0+$/, '');
  const sign = decimal.scaled < 0n ? '-' : '';
  return `${sign}${size / SCALE}${places === '' ? '' : `.${places}`}`;
}

/**
 * unitAmount x quantity, where unitAmount is in minor units of the currency and may be finer than one of them. The exact
 * product is rounded once, at the end, as named: rounding each unit would multiply the error.
 */
export function multiplyMoney(
  unitAmount: Decimal,
  quantity: Decimal,
  { currency, rounding }: { readonly currency: Currency; readonly rounding: Rounding },
): Money {
  return money(divide(unitAmount.scaled * quantity.scaled, SCALE * SCALE, rounding), currency);
}

/**
 * amount x numerator / denominator, all exact, rounded once as named. For shares of an amount that a decimal expresses,
 * such as a tax rate.
 *
 * Errors: none; a denominator of zero is an invariant violation.
 */
export function multiplyMinor(
  amountMinor: bigint,
  fraction: { readonly numerator: Decimal; readonly denominator: Decimal },
  rounding: Rounding,
): bigint {
  return divide(amountMinor * fraction.numerator.scaled, fraction.denominator.scaled, rounding);
}
