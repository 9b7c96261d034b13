import type { Connection, WebhookProblem } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { clearForgottenEndpoints, endpointTry } from '../connections/forgotten-endpoints.js';
import { connectionUnauthorized, waitsForConnection } from '../connections/wait-for-connection.js';
import { webhookProblemOf, webhookUrlOf } from '../connections/webhook-address.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { connectionCredentialsTable, findConnectionCredentials } from '../store/connection-credentials.js';
import { type ConnectionWithAccess, connectionsTable, findConnectionWithAccess } from '../store/connections.js';
import { isPassing, type StripeAccess, type StripeFailure } from '../stripe/gateway.js';
import { createWebhookEndpoint, ENDPOINTS_MAX, listWebhookEndpoints } from '../stripe/webhook-endpoints.js';
import { neededStripeEvents } from '../stripe-event-handlers.js';

/**
 * Makes the webhook endpoint for the operator (CON-6) where the key allows it and Stripe can reach us; otherwise says why
 * on the card. An endpoint made by hand stays as it is.
 */
export const ensureWebhookEndpoint: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.webhookMode !== 'none') return nothingToDo();
  const { connection, access } = found;
  const waiting = waitsForConnection(connection);
  if (waiting !== null) return waiting;
  const url = webhookUrlOf(context, connection);
  const obstacle = webhookProblemOf(connection, url);
  if (obstacle !== null) return withProblem(connection, obstacle);
  const cleared = await clearForgottenEndpoints(context, found, { job, url });
  if (!cleared.ok) return refused(context, job, { found, failure: cleared.error });
  const created = await createWebhookEndpoint(context.stripe, access, {
    madeFor: { connectionId: connection.id },
    url,
    events: neededStripeEvents(),
    ...endpointTry(job),
  });
  if (created.ok && created.value.secret !== null)
    return withEndpoint(context, connection, { stripeId: created.value.stripeId, secret: created.value.secret });
  if (created.ok) return withProblem(connection, 'refused_by_stripe');
  return refused(context, job, { found, failure: created.error });
};

/** A right that is missing is written on the card; what passes is tried again. */
async function refused(
  context: Context,
  job: Job,
  { found, failure }: { readonly found: ConnectionWithAccess; readonly failure: StripeFailure },
): Promise<JobResult> {
  const { connection, access } = found;
  if (failure.kind === 'unauthorized') return connectionUnauthorized(context, connection);
  if (isPassing(failure)) return failed(context, job, { code: failure.kind, message: failure.message });
  return withProblem(connection, await problemOf(context, access, failure));
}

/** The limit is known by counting: Stripe's text about it is not a promise (STRIPE: match by meaning). */
async function problemOf(context: Context, access: StripeAccess, failure: StripeFailure): Promise<WebhookProblem> {
  if (failure.kind === 'forbidden') return 'permission_missing';
  const listed = await listWebhookEndpoints(context.stripe, access);
  return listed.ok && listed.value.length >= ENDPOINTS_MAX ? 'endpoint_limit_reached' : 'refused_by_stripe';
}

function withProblem(connection: Connection, webhookProblem: WebhookProblem): JobResult {
  if (connection.webhookProblem === webhookProblem) return nothingToDo();
  return { kind: 'done', changes: new Changes().update(connectionsTable, { ...connection, webhookProblem }) };
}

async function withEndpoint(
  context: Context,
  connection: Connection,
  endpoint: { readonly stripeId: string; readonly secret: string },
): Promise<JobResult> {
  const credentials = await findConnectionCredentials(context.db, connection.environmentId, connection.id);
  if (credentials === null) return nothingToDo();
  const managed: Connection = {
    ...connection,
    webhookMode: 'managed',
    webhookEndpointId: endpoint.stripeId,
    webhookProblem: null,
  };
  const webhookSecretSealed = context.secrets.seal(endpoint.secret, connection.id);
  const changes = new Changes()
    .update(connectionsTable, managed)
    .update(connectionCredentialsTable, { ...credentials, webhookSecretSealed });
  return { kind: 'done', changes };
}
