import { type Currency, moneyFromStripeAmount } from '@tollbridge/core';

/** Our minor units for an amount as Stripe counts it. */
export function minorOf(amount: unknown, currency: unknown): bigint {
  const converted = moneyFromStripeAmount(BigInt(amount as number), currency as Currency);
  if (!converted.ok) throw new Error(`Stripe holds ${amount} ${currency}, for which we have no coin`);
  return converted.value.minor;
}
