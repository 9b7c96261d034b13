import { addMinutes, type Connection, ok, type Result, type WebhookProblem } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { endpointTry } from '../connections/forgotten-endpoints.js';
import { addressProblemOf, platformWebhookUrlOf } from '../connections/webhook-address.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import { reserveStripePlatform, type StripePlatform, stripePlatformsTable } from '../store/stripe-platforms.js';
import {
  createEventDestination,
  deleteEventDestination,
  listEventDestinations,
  updateEventDestination,
} from '../stripe/event-destinations.js';
import { isPassing, type StripeAccess, type StripeFailure } from '../stripe/gateway.js';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  updateWebhookEndpoint,
} from '../stripe/webhook-endpoints.js';
import { neededStripeEvents, neededThinEvents } from '../stripe-event-handlers.js';
import { platformAccess } from '../stripe-platform.js';

/** Whoever began to make them and did not come to an end is gone by then. */
const STALE_MINUTES = 10;
/** Somebody else makes them: he needs a few calls. */
const LOOK_AGAIN_MILLISECONDS = 2_000;

/**
 * Makes what a platform of ours has at Stripe to hear of all accounts that it acts for (CON-6): one endpoint for snapshot
 * events and one destination for thin ones. What is there is looked at, and put right; what earlier tries left is removed,
 * since nobody knows its secret. One at a time sees to a platform, whichever connection asked for it.
 */
export const seeToPlatform: JobHandler = async (context, job) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || connection.mode === 'key' || connection.status === 'disconnected') return nothingToDo();
  const access = platformAccess(context.settings, connection);
  if (access === null) return nothingToDo();
  const now = context.clock.machineNow();
  const platform = await reserveStripePlatform(context.db, connection, {
    id: context.newId('stripePlatform'),
    by: job.id,
    now,
    staleBefore: addMinutes(now, -STALE_MINUTES),
  });
  if (platform === null) return somebodyElseDoes();
  const url = platformWebhookUrlOf(context, platform);
  const obstacle = addressProblemOf(connection, url);
  if (obstacle !== null) return withProblem(connection, { platform, problem: obstacle });
  const asked: Asked = { context, job, access, url };
  const endpoint = await withEndpoint(asked, platform);
  if (!endpoint.ok) return refused(asked, connection, { platform, failure: endpoint.error });
  const whole = await withDestination(asked, endpoint.value);
  if (!whole.ok) return refused(asked, connection, { platform: endpoint.value, failure: whole.error });
  return heardOf(connection, whole.value);
};

interface Asked {
  readonly context: Context;
  readonly job: Job;
  /** The platform's own right. */
  readonly access: StripeAccess;
  readonly url: string;
}

const somebodyElseDoes = (): JobResult => ({
  kind: 'later',
  delayMilliseconds: LOOK_AGAIN_MILLISECONDS,
  error: { code: 'platform_seen_to', message: 'another job sees to the endpoints of the platform' },
  uncounted: true,
});

/** The platform with its endpoint for snapshots, made where there is none at Stripe. */
async function withEndpoint(
  { context, job, access, url }: Asked,
  platform: StripePlatform,
): Promise<Result<StripePlatform, StripeFailure>> {
  const { stripe } = context;
  const listed = await listWebhookEndpoints(stripe, access);
  if (!listed.ok) return listed;
  const events = neededStripeEvents();
  const ours = listed.value.filter(({ platformId }) => platformId === platform.id);
  const present = ours.find(({ stripeId }) => stripeId === platform.endpointId);
  for (const { stripeId, madeBy } of ours) {
    if (stripeId === platform.endpointId || madeBy === job.leaseToken) continue;
    const deleted = await deleteWebhookEndpoint(stripe, access, stripeId);
    if (!deleted.ok) return deleted;
  }
  const { idempotencyKey, madeBy } = endpointTry(job);
  if (present !== undefined) {
    if (present.status !== 'disabled' && hasAll(present.events, events)) return ok(platform);
    const updated = await updateWebhookEndpoint(stripe, access, { stripeId: present.stripeId, events, idempotencyKey });
    return updated.ok ? ok(platform) : updated;
  }
  const wanted = { madeFor: { platformId: platform.id }, madeBy, url, events, idempotencyKey };
  const created = await createWebhookEndpoint(stripe, access, wanted);
  if (!created.ok) return created;
  const { stripeId, secret } = created.value;
  return ok({ ...platform, endpointId: stripeId, endpointSecretSealed: sealedFor(context, platform, secret) });
}

/** The platform with its destination for thin events, made where there is none at Stripe. */
async function withDestination(
  { context, job, access, url }: Asked,
  platform: StripePlatform,
): Promise<Result<StripePlatform, StripeFailure>> {
  const { stripe } = context;
  const listed = await listEventDestinations(stripe, access);
  if (!listed.ok) return listed;
  const events = neededThinEvents();
  const ours = listed.value.filter(({ platformId }) => platformId === platform.id);
  const present = ours.find(({ stripeId }) => stripeId === platform.destinationId);
  for (const { stripeId, madeBy } of ours) {
    if (stripeId === platform.destinationId || madeBy === job.leaseToken) continue;
    const deleted = await deleteEventDestination(stripe, access, stripeId);
    if (!deleted.ok) return deleted;
  }
  const { idempotencyKey: keyOfTry, madeBy } = endpointTry(job);
  const idempotencyKey = `${keyOfTry} thin`;
  if (present !== undefined) {
    if (present.status !== 'disabled' && hasAll(present.events, events)) return ok(platform);
    const updated = await updateEventDestination(stripe, access, {
      stripeId: present.stripeId,
      events,
      idempotencyKey,
    });
    return updated.ok ? ok(platform) : updated;
  }
  const wanted = { platformId: platform.id, madeBy, url, events, idempotencyKey };
  const created = await createEventDestination(stripe, access, wanted);
  if (!created.ok) return created;
  const { stripeId, secret } = created.value;
  return ok({ ...platform, destinationId: stripeId, destinationSecretSealed: sealedFor(context, platform, secret) });
}

const hasAll = (events: readonly string[], needed: readonly string[]): boolean =>
  events.includes('*') || needed.every((type) => events.includes(type));

const sealedFor = (context: Context, platform: StripePlatform, secret: string | null): string | null =>
  secret === null ? null : context.secrets.seal(secret, platform.id);

const released = (platform: StripePlatform): StripePlatform => ({ ...platform, madeBy: null, madeSince: null });

const heardOf = (connection: Connection, platform: StripePlatform): JobResult => ({
  kind: 'done',
  changes: new Changes()
    .update(stripePlatformsTable, released(platform))
    .update(connectionsTable, { ...connection, webhookMode: 'platform', webhookProblem: null }),
});

/** What was made so far is kept: nobody would ever know its secret again. What passes is tried again. */
function refused(
  { context, job }: Asked,
  connection: Connection,
  { platform, failure }: { readonly platform: StripePlatform; readonly failure: StripeFailure },
): JobResult {
  const again = failed(context, job, { code: failure.kind, message: failure.message });
  if (isPassing(failure) && again.kind === 'later')
    return { ...again, changes: new Changes().update(stripePlatformsTable, released(platform)) };
  return withProblem(connection, {
    platform,
    problem: failure.kind === 'forbidden' ? 'permission_missing' : 'refused_by_stripe',
  });
}

/** Events are polled then, and the card says why none is pushed. */
function withProblem(
  connection: Connection,
  { platform, problem }: { readonly platform: StripePlatform; readonly problem: WebhookProblem },
): JobResult {
  const isHeardOf = platform.endpointId !== null;
  const webhookMode = isHeardOf ? ('platform' as const) : ('none' as const);
  return {
    kind: 'done',
    changes: new Changes()
      .update(stripePlatformsTable, released(platform))
      .update(connectionsTable, { ...connection, webhookMode, webhookProblem: problem }),
  };
}
