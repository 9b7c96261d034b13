import type { Connection, ConnectionVerdict } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import {
  ensureWebhookEndpointJob,
  seeToPlatformJob,
  updateWebhookEndpointJob,
} from '../connections/connection-jobs.js';
import { connectionProbed } from '../connections/connection-probed.js';
import { accountSeen, readAccount, verdictOfPlatformRefusal } from '../connections/read-account.js';
import { webhookProblemOf, webhookUrlOf } from '../connections/webhook-address.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { type ConnectionWithAccess, findConnectionWithAccess } from '../store/connections.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { applyTicket, type StripeTicket, takeTicket } from '../store/stripe-tickets.js';
import type { StripeAccess, StripeFailure } from '../stripe/gateway.js';
import { probeKey } from '../stripe/probe.js';
import { listWebhookEndpoints } from '../stripe/webhook-endpoints.js';
import { neededStripeEvents } from '../stripe-event-handlers.js';

/**
 * Looks at a connection anew: daily, when somebody asks, and when Stripe refused a call in the middle of work. What Stripe does
 * not let us in with any more is a lost connection (CON-8); what needs it waits.
 */
export const checkConnection: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.status === 'disconnected') return nothingToDo();
  return found.connection.mode === 'key' ? checkKey(context, job, found) : checkAccount(context, job, found);
};

/** By key: every right is tried anew. */
async function checkKey(context: Context, job: Job, found: ConnectionWithAccess): Promise<JobResult> {
  const { connection, access } = found;
  const ticket = await ticketOf(context, connection);
  const runId = Buffer.from(context.randomBytes(8)).toString('hex');
  const report = await probeKey(context.stripe, access, runId);
  if (report.ok) {
    const probed = connectionProbed(connection, report.value);
    const endpoint = await endpointOf(context, probed.connection, access);
    return changed(context, { before: connection, ...probed, endpoint, ticket });
  }
  const verdict = verdictOf(report.error);
  if (verdict === null) return failed(context, job, { code: report.error.kind, message: report.error.message });
  return changed(context, { before: connection, connection, verdict, endpoint: null, ticket });
}

/** By a platform: the account is looked at, and so is what the platform has at Stripe to hear of it. */
async function checkAccount(context: Context, job: Job, found: ConnectionWithAccess): Promise<JobResult> {
  const { connection } = found;
  const ticket = await ticketOf(context, connection);
  const account = await readAccount(context, found);
  if (account.ok) {
    const seen = accountSeen(connection, account.value);
    const result = await changed(context, { before: connection, ...seen, endpoint: null, ticket });
    return { ...result, changes: (result.changes ?? new Changes()).enqueue(seeToPlatformJob(context, connection)) };
  }
  const verdict = await verdictOfPlatformRefusal(context, connection, account.error);
  if (verdict === null) return failed(context, job, { code: account.error.kind, message: account.error.message });
  return changed(context, { before: connection, connection, verdict, endpoint: null, ticket });
}

/** What is seen of the account here must not overwrite what an event about it, looked at later, has brought. */
async function ticketOf(context: Context, connection: Connection): Promise<StripeTicket | null> {
  const { environmentId, id, stripeAccountId } = connection;
  return stripeAccountId === null ? null : takeTicket(context.db, environmentId, id, stripeAccountId);
}

/** Null: Stripe's or the network's trouble says nothing about the connection. */
function verdictOf(failure: StripeFailure): ConnectionVerdict | null {
  if (failure.kind === 'unauthorized') return { reason: 'key_refused', message: failure.message };
  if (failure.kind === 'forbidden' || failure.kind === 'invalid' || failure.kind === 'missing')
    return { reason: 'check_failed', message: failure.message };
  return null;
}

interface Outcome {
  readonly before: Connection;
  readonly connection: Connection;
  readonly verdict: ConnectionVerdict;
  /** Null: could not be looked at. */
  readonly endpoint: EndpointSeen | null;
  readonly ticket: StripeTicket | null;
}

async function changed(context: Context, outcome: Outcome): Promise<JobResult & { readonly kind: 'done' }> {
  const { before, verdict, endpoint } = outcome;
  const now = context.clock.machineNow();
  // An endpoint that somebody deleted in Stripe is made again.
  const isGone = endpoint?.isMissing === true && before.webhookMode === 'managed';
  const connection: Connection = isGone
    ? { ...outcome.connection, webhookMode: 'none', webhookEndpointId: null }
    : outcome.connection;
  const steps = stepsOfStatus(context, connection, { verdicts: [verdict], now });
  const changes = connectionChanged(context, new Changes(), { before, steps, actor: 'system' });
  if (outcome.ticket !== null) applyTicket(changes, outcome.ticket);
  if (endpoint !== null && !isGone) await seeToEvents(context, changes, { connection, endpoint });
  if (mayHaveEndpointNow(context, steps.connection)) changes.enqueue(ensureWebhookEndpointJob(context, connection));
  return { kind: 'done', changes };
}

/** The right or the address that stood against our own webhook endpoint is there now. */
const mayHaveEndpointNow = (context: Context, connection: Connection): boolean =>
  connection.mode === 'key' &&
  connection.webhookMode === 'none' &&
  connection.status !== 'disconnected' &&
  webhookProblemOf(connection, webhookUrlOf(context, connection)) === null;

interface EndpointSeen {
  readonly isMissing: boolean;
  readonly isDisabled: boolean;
  /** What we listen to and it does not send. */
  readonly missingEvents: string[];
}

/** The endpoint as Stripe has it: ours by its id, one made by hand by our address. Null when there is none to look at. */
async function endpointOf(
  context: Context,
  connection: Connection,
  access: StripeAccess,
): Promise<EndpointSeen | null> {
  if (connection.webhookMode === 'none') return null;
  const listed = await listWebhookEndpoints(context.stripe, access);
  if (!listed.ok) return null;
  const url = webhookUrlOf(context, connection);
  const found = listed.value.find(({ stripeId, url: other }) =>
    connection.webhookMode === 'managed' ? stripeId === connection.webhookEndpointId : other === url,
  );
  if (found === undefined) return { isMissing: true, isDisabled: false, missingEvents: neededStripeEvents() };
  const isSubscribed = (type: string) => found.events.includes('*') || found.events.includes(type);
  const missingEvents = neededStripeEvents().filter((type) => !isSubscribed(type));
  return { isMissing: false, isDisabled: found.status === 'disabled', missingEvents };
}

/** Ours is put right; of one made by hand the card names what is missing (CON-6). */
async function seeToEvents(
  context: Context,
  changes: Changes,
  { connection, endpoint }: { readonly connection: Connection; readonly endpoint: EndpointSeen },
): Promise<void> {
  const isOurs = connection.webhookMode === 'managed';
  if (isOurs && (endpoint.isDisabled || endpoint.missingEvents.length > 0))
    changes.enqueue(updateWebhookEndpointJob(context, connection));
  const poll = await findStripeEventPoll(context.db, connection.environmentId, connection.id);
  if (poll !== null) changes.update(stripeEventPollsTable, { ...poll, missingEvents: endpoint.missingEvents });
}
