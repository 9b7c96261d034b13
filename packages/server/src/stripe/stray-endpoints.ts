import { err, ok, type Result } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { StripeAccess, StripeFailure } from './gateway.js';
import { type EndpointAtStripe, listWebhookEndpoints } from './webhook-endpoints.js';

/**
 * Endpoints at Stripe that carry our mark, and of which the caller does not say that they are in use. Whatever has no
 * mark of ours is never named, so it can never be deleted by us (CON-6).
 */
export async function findStrayEndpoints(
  context: Pick<Context, 'stripe'>,
  access: StripeAccess,
  isInUse: (endpoint: EndpointAtStripe & { readonly connectionId: string }) => Promise<boolean>,
): Promise<Result<EndpointAtStripe[], StripeFailure>> {
  const listed = await listWebhookEndpoints(context.stripe, access);
  if (!listed.ok) return err(listed.error);
  const strays: EndpointAtStripe[] = [];
  for (const endpoint of listed.value) {
    const { connectionId } = endpoint;
    if (connectionId !== null && !(await isInUse({ ...endpoint, connectionId }))) strays.push(endpoint);
  }
  return ok(strays);
}
