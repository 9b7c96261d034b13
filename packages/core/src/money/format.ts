import { err, ok, type Result } from '../result.js';
import { type Currency, type CurrencyUnknown, minorDigits, parseCurrency } from './currency.js';
import { isRepresentable, type Money, money } from './money.js';
import { absolute } from './rounding.js';

/** The amount in words that need no language, such as `15.00 EUR` or `-3 JPY`: for logs and terminals. */
export function formatMoney(amount: Money): string {
  return `${formatMajor(amount)} ${amount.currency.toUpperCase()}`;
}

/** The amount in its major unit with all its places, such as `15.00`, without the currency. */
export function formatMajor(amount: Money): string {
  const digits = minorDigits(amount.currency);
  const text = absolute(amount.minor)
    .toString()
    .padStart(digits + 1, '0');
  const sign = amount.minor < 0n ? '-' : '';
  if (digits === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export interface MoneyMalformed {
  readonly code: 'money_malformed' | 'money_too_precise' | 'money_too_large';
  readonly text: string;
}

/**
 * The amount that `text` writes in the major unit: `parseMoney('15.00', 'eur')` is 1500 cents. Exact, never rounded.
 *
 * Errors: `money_malformed` when it is no plain decimal number; `money_too_precise` when it has places that the currency
 * does not; `money_too_large` beyond what an object may carry; `currency_unknown`.
 */
export function parseMoney(text: string, currencyText: string): Result<Money, MoneyMalformed | CurrencyUnknown> {
  const currency = parseCurrency(currencyText);
  if (!currency.ok) return currency;
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (match === null) return err({ code: 'money_malformed', text });
  return fromParts(text, { sign: match[1] ?? '', whole: match[2] ?? '', places: match[3] ?? '' }, currency.value);
}

function fromParts(
  text: string,
  parts: { readonly sign: string; readonly whole: string; readonly places: string },
  currency: Currency,
): Result<Money, MoneyMalformed> {
  const digits = minorDigits(currency);
  const significant = parts.places.replace(/0+$/, '');
  if (significant.length > digits) return err({ code: 'money_too_precise', text });
  const size = BigInt(`${parts.whole}${significant.padEnd(digits, '0')}`);
  if (!isRepresentable(size)) return err({ code: 'money_too_large', text });
  return ok(money(parts.sign === '-' ? -size : size, currency));
}
