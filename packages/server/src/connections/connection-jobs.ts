import type { Connection } from '@tollbridge/core';
import type { JobKind, NewJob } from '../changes.js';
import type { Context } from '../context.js';

type Owner = Pick<Connection, 'environmentId' | 'id'>;

/** For what makes something at Stripe: backing off from a second, this many attempts take little more than an hour, far
 * less than Stripe keeps an idempotency key. */
const ATTEMPTS_MAX = 12;
/** For what only looks: a day or two, so that an outage of Stripe's passes without a dead letter. */
const LOOKS_MAX = 48;

const connectionJob = (context: Context, connection: Owner, kind: JobKind): NewJob => ({
  environmentId: connection.environmentId,
  id: context.newId('job'),
  lane: 'money',
  kind,
  key: `connection ${connection.id}`,
  dedupeKey: null,
  connectionId: null,
  payload: { connectionId: connection.id },
  dueAt: context.clock.machineNow(),
  attemptsMax: ATTEMPTS_MAX,
  lease: null,
});

/** Has a connection probed anew; while one such job waits, another is not added. */
export const checkConnectionJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'check_connection'),
  attemptsMax: LOOKS_MAX,
  dedupeKey: `check ${connection.id}`,
});

/**
 * Has our platform make the account of a connection. Behind no other, so that whoever presses again is not kept waiting by one that
 * backs off: all of them ask for the same account under the same key.
 */
export const createStripeAccountJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'create_stripe_account'),
  key: null,
});

/** Makes, or puts right, what our platform has at Stripe to hear of the accounts it acts for. */
export const seeToPlatformJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'see_to_platform'),
  lane: 'bulk',
  key: `platform of ${connection.id}`,
  dedupeKey: `platform of ${connection.id}`,
});

/** Makes our endpoint at Stripe where there is none and Stripe lets us. */
export const ensureWebhookEndpointJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'ensure_webhook_endpoint'),
  dedupeKey: `webhook endpoint ${connection.id}`,
});

/** Asks Stripe the last thing for a connection that somebody parted with, and ends its access. */
export const endConnectionJob = (context: Context, connection: Owner & Pick<Connection, 'mode'>): NewJob => ({
  ...connectionJob(context, connection, 'end_connection'),
  dedupeKey: `end ${connection.id}`,
  // Keys are erased within hours, whatever Stripe says; that an account is closed, or left, is worth the patience of days.
  attemptsMax: connection.mode === 'key' ? ATTEMPTS_MAX : LOOKS_MAX,
});

/** Replaces our endpoint by a new one with a new secret; the old secret stays valid for the overlap. */
export const replaceWebhookEndpointJob = (context: Context, connection: Owner, overlapHours: number): NewJob => {
  const job = connectionJob(context, connection, 'replace_webhook_endpoint');
  return { ...job, payload: { ...job.payload, overlapHours } };
};

/** Subscribes our endpoint to exactly what we listen to, and switches it on again. */
export const updateWebhookEndpointJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'update_webhook_endpoint'),
  dedupeKey: `webhook events ${connection.id}`,
});

export const deleteWebhookEndpointJob = (context: Context, connection: Owner, stripeId: string): NewJob => {
  const job = connectionJob(context, connection, 'delete_webhook_endpoint');
  return { ...job, payload: { ...job.payload, stripeId } };
};

/** Gives signs to look at everything we hold of a connection, a page at a time. */
export const rereadObjectsJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'reread_objects'),
  attemptsMax: LOOKS_MAX,
  lane: 'intake',
  key: `poll ${connection.id}`,
  dedupeKey: `reread ${connection.id}`,
  connectionId: connection.id,
});

/** Brings what polling finds into the inbox, a page at a time. */
export const pollStripeEventsJob = (context: Context, connection: Owner): NewJob => ({
  ...connectionJob(context, connection, 'poll_stripe_events'),
  attemptsMax: LOOKS_MAX,
  lane: 'intake',
  key: `poll ${connection.id}`,
  dedupeKey: `poll ${connection.id}`,
  connectionId: connection.id,
});
