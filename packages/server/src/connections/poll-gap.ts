import { type Connection, type EventGap, gapBefore, type Instant } from '@tollbridge/core';
import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { StripeEventPoll } from '../store/stripe-event-polls.js';
import { hasPendingStripeEvents } from '../store/stripe-events.js';
import { rereadObjectsJob } from './connection-jobs.js';

export interface PageSeen {
  readonly now: Instant;
  /** How many of the page had not come before. */
  readonly found: number;
  /** The pass comes to its end with this page. */
  readonly isEnd: boolean;
}

type GapFields = Pick<StripeEventPoll, 'gap' | 'lookedUntil' | 'passBeganAt'>;

/**
 * What a page of a pass says of the time in which nobody listened (CON-10): that there was one; what it brought; and, after a
 * pass that began when it was over, that all of it is fetched. When that is applied, too, the gap is closed. Where Stripe may have
 * forgotten events, everything we hold is read again in between.
 */
export async function pollWithGap(
  context: Context,
  changes: Changes,
  {
    connection,
    page,
    poll,
  }: { readonly connection: Connection; readonly poll: StripeEventPoll; readonly page: PageSeen },
): Promise<GapFields> {
  const { isEnd, now } = page;
  const passBeganAt = poll.passPageAfter === null ? now : (poll.passBeganAt ?? now);
  const gap = withFound(shownGap(poll, now), page.found);
  const listened = { lookedUntil: now, passBeganAt };
  if (gap === null || gap.closedAt !== null || !isEnd) return { gap, ...listened };
  // A pass that stood half-way when the silence began has not seen what happened in it.
  const isFetched = passBeganAt >= gap.openedAt && gap.stage === null;
  const fetched = isFetched ? { ...gap, fetchedAt: gap.fetchedAt ?? now } : gap;
  if (gap.stage !== null) changes.enqueue(rereadObjectsJob(context, connection));
  return { gap: await closedIfApplied(context, connection, fetched), ...listened };
}

/** Each page that is read is a sign that somebody listens. */
function shownGap({ gap, intervalSeconds, lookedUntil }: StripeEventPoll, now: Instant): EventGap | null {
  if (lookedUntil === null) return gap;
  const open = gap === null || gap.closedAt !== null ? null : gap;
  return gapBefore(now, { lookedUntil, intervalSeconds, open }) ?? gap;
}

const withFound = (gap: EventGap | null, found: number): EventGap | null =>
  gap === null || gap.closedAt !== null || gap.fetchedAt !== null
    ? gap
    : { ...gap, eventsFound: gap.eventsFound + found };

async function closedIfApplied(context: Context, connection: Connection, gap: EventGap): Promise<EventGap> {
  const { fetchedAt } = gap;
  if (fetchedAt === null || (await hasPendingStripeEvents(context.db, connection, fetchedAt))) return gap;
  return { ...gap, closedAt: context.clock.machineNow() };
}
