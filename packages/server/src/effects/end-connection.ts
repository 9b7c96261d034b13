import { type Connection, err, isPartedWith, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import type { Context } from '../context.js';
import type { JobBurial, JobHandler } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed } from '../jobs/run-job.js';
import { countUnderWayThrough } from '../jobs/under-way-through.js';
import {
  type ConnectionCredentials,
  connectionCredentialsTable,
  findConnectionCredentials,
} from '../store/connection-credentials.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { deleteWebhookEndpoint } from '../stripe/webhook-endpoints.js';
import { accessOf } from '../stripe-access.js';

/** Nobody begins anything through it any more, so this is waited out within a call or two. */
const LOOK_AGAIN_MILLISECONDS = 500;

/**
 * The end of a connection that somebody parted with (CON-7): what was under way through it has come to its end, our endpoint
 * at Stripe is removed by the last call there is, and then the keys are erased. Brought back meanwhile, it stays as it is.
 */
export const endConnection: JobHandler = async (context, job) => {
  const parted = await partedWith(context, job);
  if (parted === null) return { kind: 'done', changes: await lookedAfter(context, job) };
  const { connection, credentials } = parted;
  const underWay = await countUnderWayThrough(context.db, job, {
    connectionId: connection.id,
    now: context.clock.machineNow(),
  });
  if (underWay > 0)
    return {
      kind: 'later',
      delayMilliseconds: LOOK_AGAIN_MILLISECONDS,
      error: { code: 'calls_under_way', message: `${underWay} calls to Stripe have not come to their end yet` },
      uncounted: true,
    };
  const removed = await removeEndpoint(context, parted);
  if (!removed.ok) return failed(context, job, { code: removed.error.kind, message: removed.error.message });
  return {
    kind: 'done',
    changes: withoutAccess({ connection, credentials, endpointLeft: removed.value.endpointLeft }),
  };
};

/** Brought back while its endpoint was being removed: the check finds the endpoint gone, and has another made. */
async function lookedAfter(context: Context, job: Pick<Job, 'environmentId' | 'payload'>): Promise<Changes> {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  const changes = new Changes();
  if (connection === null || connection.status === 'disconnected') return changes;
  return changes.enqueue(checkConnectionJob(context, connection));
}

/** Stripe could not be asked to remove our endpoint for so long: the keys go all the same. */
export const buryEndOfConnection: JobBurial = async (context, job) => {
  const parted = await partedWith(context, job);
  if (parted === null) return { kind: 'done', changes: await lookedAfter(context, job) };
  return { kind: 'done', changes: withoutAccess({ ...parted, endpointLeft: parted.connection.webhookEndpointId }) };
};

interface Parted {
  readonly connection: Connection;
  readonly credentials: ConnectionCredentials;
}

async function partedWith(context: Context, job: Pick<Job, 'environmentId' | 'payload'>): Promise<Parted | null> {
  const connectionId = String(job.payload.connectionId);
  const connection = await findConnection(context.db, job.environmentId, connectionId);
  if (connection === null || !isPartedWith(connection)) return null;
  const credentials = await findConnectionCredentials(context.db, job.environmentId, connectionId);
  return credentials === null || credentials.secretKeySealed === null ? null : { connection, credentials };
}

/** Which endpoint of ours stays at Stripe because the key may not remove it; what passes is tried again. */
async function removeEndpoint(
  context: Context,
  { connection, credentials }: Parted,
): Promise<Result<{ readonly endpointLeft: string | null }, StripeFailure>> {
  const { webhookEndpointId } = connection;
  if (webhookEndpointId === null) return ok({ endpointLeft: null });
  const access = accessOf(context, connection, credentials);
  const deleted = await deleteWebhookEndpoint(context.stripe, access, webhookEndpointId);
  if (deleted.ok) return ok({ endpointLeft: null });
  const { kind } = deleted.error;
  const isRefused = kind === 'unauthorized' || kind === 'forbidden' || kind === 'invalid';
  return isRefused ? ok({ endpointLeft: webhookEndpointId }) : err(deleted.error);
}

function withoutAccess({
  connection,
  credentials,
  endpointLeft,
}: Parted & { readonly endpointLeft: string | null }): Changes {
  const message =
    endpointLeft === null ? null : `The webhook endpoint ${endpointLeft} stays at Stripe: delete it there.`;
  return new Changes()
    .update(connectionsTable, {
      ...connection,
      statusMessage: message,
      secretKeyHint: null,
      webhookMode: 'none',
      webhookEndpointId: null,
      webhookProblem: null,
    })
    .update(connectionCredentialsTable, {
      ...credentials,
      secretKeySealed: null,
      webhookSecretSealed: null,
      secondWebhookSecretSealed: null,
      secondWebhookSecretExpiresAt: null,
    });
}
