import type { Customer } from './customer.js';
import type { PaymentMethod } from './payment-method.js';

/**
 * The payment method that collection uses: the default in Stripe, else the newest attached card; null when there is
 * none. A newest card that is used is not made the default by that: the default is the payer's choice, in Stripe.
 *
 * Errors: none.
 */
export function usablePaymentMethod(
  customer: Pick<Customer, 'defaultPaymentMethodId'>,
  methods: readonly PaymentMethod[],
): PaymentMethod | null {
  const attached = methods.filter((method) => method.detachedAt === null);
  const chosen = attached.find((method) => method.id === customer.defaultPaymentMethodId);
  if (chosen !== undefined) return chosen;
  return attached.filter((method) => method.type === 'card').reduce(newerOf, null);
}

/** Two made in the same second are told apart by their id, so that every process picks the same one. */
function newerOf(one: PaymentMethod | null, other: PaymentMethod): PaymentMethod {
  if (one === null || other.createdAt > one.createdAt) return other;
  if (other.createdAt < one.createdAt) return one;
  return other.stripeId > one.stripeId ? other : one;
}
