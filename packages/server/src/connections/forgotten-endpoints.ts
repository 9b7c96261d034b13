import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { Job } from '../jobs/queue.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { findStrayEndpoints } from '../stripe/stray-endpoints.js';
import { deleteWebhookEndpointJob } from './connection-jobs.js';

/**
 * Each try at making an endpoint has a key of its own: under one key Stripe repeats for a day the failure that it once
 * answered (https://docs.stripe.com/api/idempotent_requests). What that may leave behind, `addForgottenEndpoints` clears.
 */
export const endpointKey = (job: Pick<Job, 'id' | 'attempts'>): string => `webhook_endpoint ${job.id} ${job.attempts}`;

/**
 * An earlier try whose answer got lost may have left an endpoint: nobody knows its secret, so everything it brings is
 * refused. Has those of this connection deleted, but for the ones that are kept. Where Stripe does not tell them now, they
 * are offered for deletion as strays.
 */
export async function addForgottenEndpoints(
  context: Context,
  changes: Changes,
  {
    job,
    found,
    kept,
  }: { readonly job: Job; readonly found: ConnectionWithAccess; readonly kept: readonly (string | null)[] },
): Promise<Changes> {
  if (job.attempts <= 1) return changes;
  const { connection, access } = found;
  const strays = await findStrayEndpoints(
    context,
    access,
    async ({ connectionId, stripeId }) => connectionId !== connection.id || kept.includes(stripeId),
  );
  if (!strays.ok) return changes;
  for (const { stripeId } of strays.value) changes.enqueue(deleteWebhookEndpointJob(context, connection, stripeId));
  return changes;
}
