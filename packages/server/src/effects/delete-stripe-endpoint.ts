import { Changes } from '../changes.js';
import { ensureWebhookEndpointJob } from '../connections/connection-jobs.js';
import { passingResult } from '../connections/stripe-job.js';
import { waitsForConnection } from '../connections/wait-for-connection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { deleteWebhookEndpoint } from '../stripe/webhook-endpoints.js';

/** Removes an endpoint of ours at Stripe that is no longer used; where there was no room for one before, there is now. */
export const deleteStripeEndpoint: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  const stripeId = String(job.payload.stripeId);
  if (found === null || found.connection.webhookEndpointId === stripeId) return nothingToDo();
  const { connection, access } = found;
  const waiting = waitsForConnection(connection);
  if (waiting !== null) return waiting;
  const deleted = await deleteWebhookEndpoint(context.stripe, access, stripeId);
  if (!deleted.ok) {
    const passing = passingResult(context, job, { failure: deleted.error, connected: found });
    return passing ?? { kind: 'give_up', error: { code: deleted.error.kind, message: deleted.error.message } };
  }
  const changes = new Changes();
  if (connection.webhookMode === 'none') changes.enqueue(ensureWebhookEndpointJob(context, connection));
  return { kind: 'done', changes };
};
