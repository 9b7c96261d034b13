import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { deleteWebhookEndpointJob } from '../connections/connection-jobs.js';
import { connectionLost } from '../connections/connection-problems.js';
import { stripeProblem } from '../connections/given-keys.js';
import type { Context } from '../context.js';
import { strayEndpointToJson } from '../json/stray-endpoint.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { type ConnectionWithAccess, findConnectionOfWebhook, findConnectionWithAccess } from '../store/connections.js';
import { findStrayEndpoints } from '../stripe/stray-endpoints.js';
import type { EndpointAtStripe } from '../stripe/webhook-endpoints.js';

/** Endpoints that we once made in this account and no connection uses any more: offered for deletion (CON-6). */
export async function listStrayEndpoints(
  context: Context,
  environmentId: string,
  id: string,
): Promise<Result<EndpointAtStripe[], Problem>> {
  const found = await usableConnection(context, environmentId, id);
  if (!found.ok) return found;
  const strays = await findStrayEndpoints(context, found.value.access, (endpoint) => isInUse(context, endpoint));
  return strays.ok ? strays : err(stripeProblem(strays.error));
}

/** Deletes one of them at Stripe, and nothing else: what is not a stray of ours is unknown here. */
export function deleteStrayEndpoint(
  context: Context,
  command: Command,
  { id, stripeId }: { readonly id: string; readonly stripeId: string },
): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const found = await usableConnection(context, environmentId, id);
      if (!found.ok) return found;
      const strays = await listStrayEndpoints(context, environmentId, id);
      if (!strays.ok) return strays;
      const stray = strays.value.find((endpoint) => endpoint.stripeId === stripeId);
      if (stray === undefined)
        return err(problem('stray_endpoint_unknown', 'No stray endpoint of ours has this id. Nothing was deleted.'));
      const job = leasedHere(context, deleteWebhookEndpointJob(context, found.value.connection, stripeId));
      jobLease = job.lease?.token ?? null;
      const entry = { objectKind: 'connection', objectId: id, before: strayEndpointToJson(stray), after: null };
      return ok({
        changes: new Changes().enqueue(job),
        audit: [{ action: 'connection.stray_endpoint_deleted', ...entry }],
        outcome: { resumeWith: job.id },
      });
    },
    async resume(jobId) {
      const performed = await performJob(context, { environmentId, jobId, token: jobLease });
      if (performed.kind === 'dead')
        return err(problem('stripe_refused', performed.error?.message ?? 'Stripe refused to delete the endpoint.'));
      const isDeleted = performed.kind === 'done';
      const body = { object: 'stray_endpoint', stripe_id: stripeId, deleted: isDeleted };
      return ok({ status: isDeleted ? 200 : 202, body });
    },
  });
}

async function usableConnection(
  context: Context,
  environmentId: string,
  id: string,
): Promise<Result<ConnectionWithAccess, Problem>> {
  const found = await findConnectionWithAccess(context, environmentId, id);
  if (found === null) return err(problem('not_found', 'There is no such connection.'));
  if (found.connection.status === 'disconnected') return err(connectionLost(found.connection));
  return ok(found);
}

/** One account may be connected in several environments, each with an endpoint of its own. */
async function isInUse(
  context: Context,
  endpoint: { readonly stripeId: string; readonly connectionId: string },
): Promise<boolean> {
  const owner = await findConnectionOfWebhook(context.db, endpoint.connectionId);
  return owner !== null && owner.webhookEndpointId === endpoint.stripeId;
}
