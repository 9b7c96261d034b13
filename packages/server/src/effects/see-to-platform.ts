import { addMinutes, type Connection, type Instant, type WebhookProblem } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { endpointTry } from '../connections/forgotten-endpoints.js';
import {
  type ReceiverWork,
  SNAPSHOT_RECEIVER,
  THIN_RECEIVER,
  withReceiver,
} from '../connections/platform-receivers.js';
import { addressProblemOf, platformWebhookUrlOf } from '../connections/webhook-address.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import {
  findStripePlatformAt,
  reserveStripePlatform,
  type StripePlatform,
  stripePlatformsTable,
} from '../store/stripe-platforms.js';
import { readOwnAccountId } from '../stripe/account.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { ENDPOINTS_MAX, listWebhookEndpoints } from '../stripe/webhook-endpoints.js';
import { platformAccess } from '../stripe-platform.js';

/** Whoever began to see to them and did not come to an end is gone by then. */
const STALE_MINUTES = 10;
/** Somebody else sees to them: he needs a few calls. */
const LOOK_AGAIN_MILLISECONDS = 2_000;
/** What was whole is looked at once in this time, whichever of its connections asks. */
const WHOLE_FOR_MINUTES = 60;
/** What Stripe refused is asked for again after this time, and not by each connection. */
const REFUSED_FOR_MINUTES = 5;

/**
 * Makes what a platform of ours has at Stripe to hear of all accounts that it acts for (CON-6): one endpoint for snapshot
 * events and one destination for thin ones. What is there is looked at now and then, and put right. One at a time sees to a
 * platform, whichever connection asked for it.
 */
export const seeToPlatform: JobHandler = async (context, job) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || connection.mode === 'key' || connection.status === 'disconnected') return nothingToDo();
  const now = context.clock.machineNow();
  const known = await findStripePlatformAt(context.db, connection);
  if (known !== null && isSeenToLately(known, now)) return heardOf(connection, known, new Changes());
  const access = platformAccess(context.settings, connection);
  if (access === null) return nothingToDo();
  const platform = await reserveStripePlatform(context.db, connection, {
    id: context.newId('stripePlatform'),
    by: job.id,
    now,
    staleBefore: addMinutes(now, -STALE_MINUTES),
  });
  if (platform === null) return somebodyElseDoes();
  const url = platformWebhookUrlOf(context, platform);
  return seenTo({ context, access, platform, url, ...endpointTry(job) }, job, connection);
};

const isWhole = ({ destinationId, endpointId }: StripePlatform): boolean =>
  endpointId !== null && destinationId !== null;

const isSeenToLately = (platform: StripePlatform, now: Instant): boolean =>
  platform.seenToAt !== null &&
  addMinutes(platform.seenToAt, isWhole(platform) ? WHOLE_FOR_MINUTES : REFUSED_FOR_MINUTES) > now;

const somebodyElseDoes = (): JobResult => ({
  kind: 'later',
  delayMilliseconds: LOOK_AGAIN_MILLISECONDS,
  error: { code: 'platform_seen_to', message: 'another job sees to the endpoints of the platform' },
  uncounted: true,
});

async function seenTo(work: ReceiverWork, job: Job, connection: Connection): Promise<JobResult> {
  const { access, context, platform, url } = work;
  const obstacle = addressProblemOf(connection, url);
  if (obstacle !== null) return ended(context, connection, { platform, problem: obstacle });
  const own = await readOwnAccountId(context.stripe, access);
  if (!own.ok) return refused(work, job, { connection, platform, failure: own.error });
  // The key of another platform: what is ours is not there, and nothing of ours is put there.
  if (platform.accountId !== null && platform.accountId !== own.value)
    return ended(context, connection, { platform, problem: 'refused_by_stripe' });
  const named = { ...platform, accountId: own.value };
  const endpoint = await withReceiver(SNAPSHOT_RECEIVER, { ...work, platform: named });
  if (!endpoint.ok) return refused(work, job, { connection, platform: named, failure: endpoint.error });
  const whole = await withReceiver(THIN_RECEIVER, { ...work, platform: endpoint.value });
  if (!whole.ok) return refused(work, job, { connection, platform: endpoint.value, failure: whole.error });
  return ended(context, connection, { platform: whole.value, problem: null });
}

interface Refused {
  readonly connection: Connection;
  readonly platform: StripePlatform;
  readonly failure: StripeFailure;
}

/** What was made so far is kept: nobody would ever know its secret again. What passes is tried again. */
async function refused(work: ReceiverWork, job: Job, { connection, failure, platform }: Refused): Promise<JobResult> {
  const { context } = work;
  const again = failed(context, job, { code: failure.kind, message: failure.message });
  if (isPassing(failure) && again.kind === 'later')
    return { ...again, changes: new Changes().update(stripePlatformsTable, released(platform)) };
  return ended(context, connection, { platform, problem: await problemOf(work, failure) });
}

/** The limit is known by counting: Stripe's text about it is not a promise (STRIPE: match by meaning). */
async function problemOf({ access, context }: ReceiverWork, failure: StripeFailure): Promise<WebhookProblem> {
  if (failure.kind === 'forbidden') return 'permission_missing';
  const listed = await listWebhookEndpoints(context.stripe, access);
  return listed.ok && listed.value.length >= ENDPOINTS_MAX ? 'endpoint_limit_reached' : 'refused_by_stripe';
}

const released = (platform: StripePlatform): StripePlatform => ({ ...platform, madeBy: null, madeSince: null });

function ended(
  context: Context,
  connection: Connection,
  { platform, problem }: { readonly platform: StripePlatform; readonly problem: WebhookProblem | null },
): JobResult {
  const seen = { ...released(platform), seenToAt: context.clock.machineNow() };
  const changes = new Changes().update(stripePlatformsTable, seen);
  return heardOf({ ...connection, webhookProblem: problem }, seen, changes, connection);
}

/** The connection says how its events come; polling brings them where the platform is not whole. A row that is right is not written. */
function heardOf(
  connection: Connection,
  platform: StripePlatform,
  changes: Changes,
  before: Connection = connection,
): JobResult {
  const webhookMode = isWhole(platform) ? ('platform' as const) : ('none' as const);
  const webhookProblem = isWhole(platform) ? null : connection.webhookProblem;
  if (before.webhookMode !== webhookMode || before.webhookProblem !== webhookProblem)
    changes.update(connectionsTable, { ...before, webhookMode, webhookProblem });
  return { kind: 'done', changes };
}
