import { err, ok, type Result } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { Job } from '../jobs/queue.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { findStrayEndpoints } from '../stripe/stray-endpoints.js';
import { deleteWebhookEndpoint } from '../stripe/webhook-endpoints.js';

/**
 * Each try at making an endpoint has a key of its own, that of its lease: under one key Stripe repeats for a day the failure
 * that it once answered (https://docs.stripe.com/api/idempotent_requests). What a try leaves behind whose answer got
 * lost, the next one clears away first (`clearForgottenEndpoints`).
 */
export const endpointTry = (job: Pick<Job, 'id' | 'leaseToken'>) => ({
  idempotencyKey: `webhook_endpoint ${job.id} ${job.leaseToken}`,
  madeBy: job.leaseToken,
});

/**
 * Deletes what earlier tries left of this connection at Stripe: nobody knows the secret of such an endpoint, so everything
 * it brings is refused, and it takes a place that the next one may need. What is in use stays, and so does what this
 * try has made: after a conflict it asks again under its key, and is answered with that. At another address stands what
 * another installation uses, which began with a copy of our database.
 *
 * Errors: what Stripe answered to the first call that failed; the rest is cleared at the next try.
 */
export async function clearForgottenEndpoints(
  context: Context,
  { connection, access }: ConnectionWithAccess,
  { job, url }: { readonly job: Pick<Job, 'leaseToken'>; readonly url: string },
): Promise<Result<null, StripeFailure>> {
  const strays = await findStrayEndpoints(
    context,
    access,
    async (endpoint) =>
      endpoint.connectionId !== connection.id ||
      endpoint.url !== url ||
      endpoint.stripeId === connection.webhookEndpointId ||
      endpoint.madeBy === job.leaseToken,
  );
  if (!strays.ok) return err(strays.error);
  for (const { stripeId } of strays.value) {
    const deleted = await deleteWebhookEndpoint(context.stripe, access, stripeId);
    if (!deleted.ok) return deleted;
  }
  return ok(null);
}
