import { ok, type Result } from '@tollbridge/core';
import type { StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

/** Takes a method from its customer, for ever: Stripe never attaches it again. One that is detached counts as done. */
export async function detachStripeMethod(
  stripe: StripeGateway,
  access: StripeAccess,
  request: { readonly stripeId: string; readonly idempotencyKey: string },
): Promise<Result<null, StripeFailure>> {
  const { stripeId, idempotencyKey } = request;
  const detached = await stripe.call(access, (client) =>
    client.paymentMethods.detach(stripeId, {}, { idempotencyKey }),
  );
  if (detached.ok) return ok(null);
  const { kind, code } = detached.error;
  return kind === 'missing' || code === 'payment_method_unexpected_state' ? ok(null) : detached;
}
