import { err, ok, type Result } from '../result.js';
import { type Currency, minorDigits } from './currency.js';
import { type Money, money } from './money.js';

// Where Stripe's amounts do not follow ISO 4217 (https://docs.stripe.com/currencies#special-cases): the ariary is sent in
// whole units although it has a subunit, the krona and the shilling with two places although they have none.
const DIGITS_AT_STRIPE: ReadonlyMap<string, number> = new Map([
  ['mga', 0],
  ['isk', 2],
  ['ugx', 2],
]);

const DIGITS_OF_THREE_DECIMAL_CURRENCIES = 3;

export interface AmountNotExact {
  readonly code: 'amount_not_exact_at_stripe';
  readonly currency: Currency;
  /** Amounts in our minor units must be a multiple of this one. */
  readonly multipleOfMinor: bigint;
}

export interface StripeAmountNotExact {
  readonly code: 'stripe_amount_not_exact';
  readonly currency: Currency;
}

/**
 * The amount as Stripe counts it, which is our minor unit for nearly every currency. Never rounded.
 *
 * Errors: `amount_not_exact_at_stripe` when Stripe has no unit as small: a part of an ariary, or the third place of a
 * currency with three, which Stripe wants to be zero.
 */
export function stripeAmountFromMoney(amount: Money): Result<bigint, AmountNotExact> {
  const { currency, minor } = amount;
  const shift = shiftAtStripe(currency);
  const multipleOfMinor = unitAtStripe(currency);
  if (minor % multipleOfMinor !== 0n) return err({ code: 'amount_not_exact_at_stripe', currency, multipleOfMinor });
  return ok(shift < 0 ? minor / 10n ** BigInt(-shift) : minor * 10n ** BigInt(shift));
}

/**
 * Our amount for one that Stripe counted. Never rounded.
 *
 * Errors: `stripe_amount_not_exact` when the currency has no unit as small as Stripe's amount needs.
 */
export function moneyFromStripeAmount(stripeAmount: bigint, currency: Currency): Result<Money, StripeAmountNotExact> {
  const shift = shiftAtStripe(currency);
  if (shift <= 0) return ok(money(stripeAmount * 10n ** BigInt(-shift), currency));
  const unit = 10n ** BigInt(shift);
  return stripeAmount % unit === 0n
    ? ok(money(stripeAmount / unit, currency))
    : err({ code: 'stripe_amount_not_exact', currency });
}

/** The largest amount that Stripe can move and that is not more than this one, which is zero or more: rounded down. */
export function wholeAtStripe({ minor, currency }: Money): Money {
  return money(minor - (minor % unitAtStripe(currency)), currency);
}

/** The smallest amount that Stripe can move, in our minor units: 10 of a dinar's thousandths, 1 of a euro's hundredths. */
export function unitAtStripe(currency: Currency): bigint {
  const shift = shiftAtStripe(currency);
  if (shift < 0) return 10n ** BigInt(-shift);
  return minorDigits(currency) === DIGITS_OF_THREE_DECIMAL_CURRENCIES ? 10n : 1n;
}

function shiftAtStripe(currency: Currency): number {
  return (DIGITS_AT_STRIPE.get(currency) ?? minorDigits(currency)) - minorDigits(currency);
}
