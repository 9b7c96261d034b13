import { Changes } from '../changes.js';
import { checkConnectionJob, pollStripeEventsJob } from '../connections/connection-jobs.js';
import { addToInbox, inboxRowOf } from '../connections/stripe-inbox.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { type ConnectionWithAccess, findConnectionWithAccess, touchConnection } from '../store/connections.js';
import { findStripeEventPoll, type StripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { findKnownStripeEvents, type StripeEventRow } from '../store/stripe-events.js';
import { type EventsPage, listStripeEvents } from '../stripe/events.js';
import type { StripeFailure } from '../stripe/gateway.js';

/**
 * How far each pass reaches back behind the last one, in seconds of Stripe's: events of one second share a time, and a
 * list may show an event later than one that is newer. What was seen before is known by its id and costs nothing.
 */
const OVERLAP_SECONDS = 120n;

/**
 * Reads one page of Stripe's events, newest first, into the inbox, and leaves the rest of the pass to the next job: each
 * run is bounded, a crash resumes at the last page, and only a pass that reached its end moves the cursor (CON-6).
 */
export const pollStripeEventsEffect: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.status === 'disconnected') return nothingToDo();
  const poll = await findStripeEventPoll(context.db, job.environmentId, found.connection.id);
  if (poll === null) return nothingToDo();
  const since = poll.seenUntil > OVERLAP_SECONDS ? poll.seenUntil - OVERLAP_SECONDS : 0n;
  const page = await listStripeEvents(context.stripe, found.access, {
    sinceSeconds: Number(since),
    afterId: poll.passPageAfter,
  });
  if (!page.ok) return notRead(context, found, { poll, failure: page.error });
  const changes = await taken(context, found, { poll, page: page.value });
  return { kind: 'done', changes };
};

/** The job of the next interval tries again; a right that is gone, or a page that is, is seen to at once. */
function notRead(
  context: Context,
  { connection }: ConnectionWithAccess,
  { poll, failure }: { readonly poll: StripeEventPoll; readonly failure: StripeFailure },
): JobResult {
  const changes = new Changes();
  if (failure.kind === 'unauthorized' || failure.kind === 'forbidden')
    changes.enqueue(checkConnectionJob(context, connection));
  // The event the pass went on from is older than Stripe's thirty days by now: the pass begins anew.
  const isPageGone = poll.passPageAfter !== null && (failure.kind === 'invalid' || failure.kind === 'missing');
  const pass = isPageGone ? { passPageAfter: null, passSeenUntil: null } : {};
  const lastError = `${failure.kind}: ${failure.message}`;
  changes.update(stripeEventPollsTable, { ...poll, ...pass, lastPolledAt: context.clock.machineNow(), lastError });
  return { kind: 'done', changes };
}

async function taken(
  context: Context,
  { connection }: ConnectionWithAccess,
  { poll, page }: { readonly poll: StripeEventPoll; readonly page: EventsPage },
): Promise<Changes> {
  const now = context.clock.machineNow();
  const rows = page.events
    .map((payload) => inboxRowOf(context, connection, { payload, via: 'poll' }))
    .filter((row): row is StripeEventRow => row !== null && row.livemode === connection.livemode);
  const ids = rows.map((row) => row.stripeEventId);
  const known = await findKnownStripeEvents(context.db, connection, ids);
  // Stripe lists the newest first; the inbox keeps the order in which things happened.
  const news = rows.filter((row) => !known.has(row.stripeEventId)).reverse();
  const changes = addToInbox(context, new Changes(), news);
  if (news.length > 0) await touchConnection(context.db, connection, { via: 'poll', now });
  changes.update(stripeEventPollsTable, { ...afterPage(poll, page), lastPolledAt: now, lastError: null });
  if (page.hasMore) changes.enqueue(pollStripeEventsJob(context, connection));
  return changes;
}

/** Where the cursor stands after a page: at the end of a pass, at the newest event that its first page showed. */
function afterPage(poll: StripeEventPoll, page: EventsPage): StripeEventPoll {
  const passSeenUntil = poll.passSeenUntil ?? newestSeconds(page) ?? poll.seenUntil;
  const last = page.events.at(-1)?.id;
  if (page.hasMore && typeof last === 'string') return { ...poll, passSeenUntil, passPageAfter: last };
  const ended = { ...poll, passSeenUntil: null, passPageAfter: null };
  return passSeenUntil > poll.seenUntil ? { ...ended, seenUntil: passSeenUntil } : ended;
}

function newestSeconds(page: EventsPage): bigint | null {
  const created = page.events[0]?.created;
  return typeof created === 'number' ? BigInt(created) : null;
}
