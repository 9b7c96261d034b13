import { type Connection, earlierOf, type Instant, MILLISECONDS_PER_SECOND } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { businessNow } from '../clock.js';
import { checkConnectionJob, pollStripeEventsJob } from '../connections/connection-jobs.js';
import { pollWithGap } from '../connections/poll-gap.js';
import { addToInbox, inboxRowOf, stripeNameOf } from '../connections/stripe-inbox.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { type ConnectionWithCursor, findConnectionWithCursor } from '../store/connection-cursors.js';
import { isTouchDue, touchConnection } from '../store/connections.js';
import { type StripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { findKnownStripeEvents, type StripeEventRow } from '../store/stripe-events.js';
import { type EventsPage, listStripeEvents } from '../stripe/events.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { strangeAnswer } from '../stripe/strange-answer.js';

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
  const asked = { environmentId: job.environmentId, id: String(job.payload.connectionId) };
  const found = await findConnectionWithCursor(context, asked, stripeEventPollsTable);
  if (found === null || found.connection.status === 'disconnected') return nothingToDo();
  const { cursor: poll } = found;
  if (poll === null) return nothingToDo();
  const since = poll.seenUntil > OVERLAP_SECONDS ? poll.seenUntil - OVERLAP_SECONDS : 0n;
  const page = await listStripeEvents(context.stripe, found.access, {
    sinceSeconds: Number(since),
    afterId: poll.passPageAfter,
  });
  if (!page.ok) return notRead(context, found, { poll, failure: page.error });
  if (page.value.hasMore && lastNameOf(page.value) === null)
    return notRead(context, found, { poll, failure: strangeAnswer('a page of events') });
  const changes = await taken(context, found, { poll, page: page.value });
  return { kind: 'done', changes };
};

type Polled = ConnectionWithCursor<StripeEventPoll>;

/** The job of the next interval tries again; a right that is gone, or a page that is, is seen to at once. */
function notRead(
  context: Context,
  { connection }: Polled,
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

/** The last of a page by whose name the next can be asked for. */
const lastNameOf = (page: EventsPage): string | null =>
  page.events.map((event) => stripeNameOf(event?.id)).findLast((name) => name !== null) ?? null;

async function taken(
  context: Context,
  { connection, environment }: Polled,
  { poll, page }: { readonly poll: StripeEventPoll; readonly page: EventsPage },
): Promise<Changes> {
  const now = context.clock.machineNow();
  const read = page.events.map((payload) => ({
    stripeId: stripeNameOf(payload?.id),
    row: inboxRowOf(context, connection, { payload, via: 'poll' }),
  }));
  const understood = read.map(({ row }) => row).filter((row): row is StripeEventRow => row !== null);
  const rows = understood.filter((row) => row.livemode === connection.livemode);
  const ids = rows.map((row) => row.stripeEventId);
  const known = await findKnownStripeEvents(context.db, connection, ids);
  // Stripe lists the newest first; the inbox keeps the order in which things happened.
  const news = rows.filter((row) => !known.has(row.stripeEventId)).reverse();
  const changes = addToInbox(context, new Changes(), news);
  const heard = { via: 'poll' as const, now };
  if (news.length > 0 && isTouchDue(connection, heard)) await touchConnection(context.db, connection, heard);
  // An account of the sandbox goes by its environment's clock, which may be ahead of ours. Moved on since it was read, it
  // is too early a time, and what lies behind that is read again.
  const sandboxNow = businessNow(context.clock, environment);
  const latest = sandboxNow > now ? sandboxNow : now;
  const newest = understood[0] === undefined ? null : earlierOf(understood[0].occurredAt, latest);
  const last = page.hasMore ? lastNameOf(page) : null;
  const strange = read.filter(({ row }) => row === null).map(({ stripeId }) => stripeId ?? 'one without an id');
  const lastError = strange.length === 0 ? null : leftOut(context, connection, strange);
  const seen = { now, found: news.length, isEnd: last === null };
  const heardAgain = await pollWithGap(context, changes, { connection, poll, page: seen });
  const cursor = { ...afterPage(poll, { newest, last }), ...heardAgain, lastPolledAt: now, lastError };
  changes.update(stripeEventPollsTable, cursor);
  if (page.hasMore) changes.enqueue(pollStripeEventsJob(context, connection));
  if (isLookedAtByPolls(connection)) changes.enqueue(checkConnectionJob(context, connection));
  return changes;
}

/**
 * What no list of snapshots tells of: that whoever runs the installation has put a good key in place, which is seen by its
 * working; and the details of accounts of version 2, whose thin events are pushed alone.
 */
const isLookedAtByPolls = ({ mode, reason, webhookMode }: Connection): boolean =>
  reason === 'platform_key_refused' || (mode === 'managed' && webhookMode === 'none');

const NAMED_MAX = 3;

/** What cannot be an event must not hold up those behind it; that it was left out stands in the log and on the connection. */
function leftOut(context: Context, connection: Connection, strange: readonly string[]): string {
  const named = strange.slice(0, NAMED_MAX).join(', ');
  context.log.error({ connectionId: connection.id, events: named }, 'what Stripe listed among its events is none');
  return `malformed: ${strange.length} of the events that Stripe listed could not be read and were left out: ${named}`;
}

/**
 * Where the cursor stands after a page: at the end of a pass, at the newest event that its first page showed, and never
 * ahead of both our clocks, where it would wait for the events of years.
 */
function afterPage(
  poll: StripeEventPoll,
  page: { readonly newest: Instant | null; readonly last: string | null },
): StripeEventPoll {
  const newestSeconds = page.newest === null ? null : BigInt(Math.floor(page.newest / MILLISECONDS_PER_SECOND));
  const passSeenUntil = poll.passSeenUntil ?? newestSeconds ?? poll.seenUntil;
  if (page.last !== null) return { ...poll, passSeenUntil, passPageAfter: page.last };
  const ended = { ...poll, passSeenUntil: null, passPageAfter: null };
  return passSeenUntil > poll.seenUntil ? { ...ended, seenUntil: passSeenUntil } : ended;
}
