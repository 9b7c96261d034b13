import { addHours } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { deleteWebhookEndpointJob } from '../connections/connection-jobs.js';
import { clearForgottenEndpoints, endpointTry } from '../connections/forgotten-endpoints.js';
import { withNewSecret } from '../connections/signing-secrets.js';
import { passingResult } from '../connections/stripe-job.js';
import { waitsForConnection } from '../connections/wait-for-connection.js';
import { webhookUrlOf } from '../connections/webhook-address.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { nothingToDo } from '../jobs/run-job.js';
import { connectionCredentialsTable, findConnectionCredentials } from '../store/connection-credentials.js';
import { type ConnectionWithAccess, connectionsTable, findConnectionWithAccess } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { createWebhookEndpoint } from '../stripe/webhook-endpoints.js';
import { neededStripeEvents } from '../stripe-event-handlers.js';

/**
 * Stripe gives an endpoint's secret once and rolls it by hand only, so a new secret is a new endpoint: made, stored with
 * the old secret valid for the overlap, and only then is the old endpoint removed. What its retries would have brought,
 * polling brings.
 */
export const replaceWebhookEndpoint: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.webhookMode !== 'managed') return nothingToDo();
  const { connection, access } = found;
  const waiting = waitsForConnection(connection);
  if (waiting !== null) return waiting;
  const url = webhookUrlOf(context, connection);
  const cleared = await clearForgottenEndpoints(context, found, { job, url });
  if (!cleared.ok) return refused(context, job, { failure: cleared.error, connected: found });
  const created = await createWebhookEndpoint(context.stripe, access, {
    madeFor: { connectionId: connection.id },
    url,
    events: neededStripeEvents(),
    ...endpointTry(job),
  });
  if (!created.ok) return refused(context, job, { failure: created.error, connected: found });
  const { stripeId, secret } = created.value;
  const credentials = await findConnectionCredentials(context.db, connection.environmentId, connection.id);
  if (credentials === null || secret === null) return nothingToDo();
  const sealed = context.secrets.seal(secret, connection.id);
  const oldUntil = addHours(context.clock.machineNow(), Number(job.payload.overlapHours));
  const changes = new Changes()
    .update(connectionsTable, { ...connection, webhookEndpointId: stripeId })
    .update(connectionCredentialsTable, withNewSecret(credentials, { sealed, oldUntil }));
  const { webhookEndpointId: old } = connection;
  if (old !== null) changes.enqueue(deleteWebhookEndpointJob(context, connection, old));
  return { kind: 'done', changes };
};

function refused(
  context: Context,
  job: Job,
  { failure, connected }: { readonly failure: StripeFailure; readonly connected: ConnectionWithAccess },
): JobResult {
  const passing = passingResult(context, job, { failure, connected });
  return passing ?? { kind: 'give_up', error: { code: failure.kind, message: failure.message } };
}
