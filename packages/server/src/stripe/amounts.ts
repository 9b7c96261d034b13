import {
  type AmountNotExact,
  type Currency,
  invariant,
  money,
  moneyFromStripeAmount,
  ok,
  parseCurrency,
  type Result,
  stripeAmountFromMoney,
} from '@tollbridge/core';

/** The amount as Stripe's API takes it: a whole number in Stripe's unit of the currency. */
export function amountToStripe(amountMinor: bigint, currency: Currency): Result<number, AmountNotExact> {
  const amount = stripeAmountFromMoney(money(amountMinor, currency));
  if (!amount.ok) return amount;
  const number = Number(amount.value);
  invariant(Number.isSafeInteger(number), 'an amount for Stripe is exact as a number');
  return ok(number);
}

/**
 * Our minor units for an amount of Stripe's; null when the currency is unknown here or Stripe's amount is finer than ours,
 * which only objects that are not ours can be.
 */
export function amountFromStripe(stripeAmount: number, currency: string): bigint | null {
  const parsed = parseCurrency(currency);
  if (!parsed.ok) return null;
  const amount = moneyFromStripeAmount(BigInt(stripeAmount), parsed.value);
  return amount.ok ? amount.value.minor : null;
}
