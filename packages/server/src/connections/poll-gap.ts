import { type Connection, type EventGap, gapBefore, type Instant } from '@tollbridge/core';
import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { StripeEventPoll } from '../store/stripe-event-polls.js';
import { hasPendingStripeEvents } from '../store/stripe-events.js';
import { rereadObjectsJob } from './connection-jobs.js';

export interface PassSeen {
  /** By Stripe's clock or ours, whichever is ahead. */
  readonly latest: Instant;
  /** How many of the page had not come before. */
  readonly found: number;
  /** The pass came to its end with this page. */
  readonly isEnd: boolean;
}

/**
 * What a page of a pass says of the time in which nobody listened (CON-10): the first page shows that there was one, each
 * counts what it brought, and after the last, when all that was found is applied, it is over. Where Stripe may have forgotten
 * events, everything we hold is read again in between.
 */
export async function pollWithGap(
  context: Context,
  changes: Changes,
  {
    connection,
    poll,
    pass,
  }: { readonly connection: Connection; readonly poll: StripeEventPoll; readonly pass: PassSeen },
): Promise<Pick<StripeEventPoll, 'gap' | 'lookedUntil'>> {
  const counted = withFound(openedGap(poll, pass), pass.found);
  const gap =
    counted !== null && pass.isEnd ? await atEnd(context, changes, { connection, gap: counted, pass }) : counted;
  return { gap, lookedUntil: pass.isEnd ? pass.latest : poll.lookedUntil };
}

/** One that shows while another is not over yet is part of that one. */
function openedGap({ gap, intervalSeconds, lookedUntil }: StripeEventPoll, { latest }: PassSeen): EventGap | null {
  const shown = lookedUntil === null ? null : gapBefore(latest, { lookedUntil, intervalSeconds });
  if (shown === null) return gap;
  if (gap === null || gap.closedAt !== null) return shown;
  // Its pass is still under way: every page of it is late.
  return shown.isBeyondMemory && !gap.isBeyondMemory ? { ...gap, isBeyondMemory: true, stage: 'held' } : gap;
}

const withFound = (gap: EventGap | null, found: number): EventGap | null =>
  gap === null || gap.closedAt !== null ? gap : { ...gap, eventsFound: gap.eventsFound + found };

async function atEnd(
  context: Context,
  changes: Changes,
  { connection, gap, pass }: { readonly connection: Connection; readonly gap: EventGap; readonly pass: PassSeen },
): Promise<EventGap> {
  if (gap.closedAt !== null) return gap;
  if (gap.stage !== null) {
    changes.enqueue(rereadObjectsJob(context, connection));
    return gap;
  }
  const isApplied = pass.found === 0 && !(await hasPendingStripeEvents(context.db, connection));
  return isApplied ? { ...gap, closedAt: context.clock.machineNow() } : gap;
}
