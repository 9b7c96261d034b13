import { addDays, addSeconds, type Instant } from '../time/instant.js';

/** What is read again next: what we hold, kind by kind, then what was made at Stripe since. */
export const REREAD_STAGES = [
  'customers',
  'payments',
  'payment_pages',
  'setup_pages',
  'refunds',
  'disputes',
  'refunds_at_stripe',
  'disputes_at_stripe',
] as const;
export type RereadStage = (typeof REREAD_STAGES)[number];

/** A time in which nobody listened to Stripe, and what became of it (CON-10). All times are of our own clock. */
export interface EventGap {
  /** Up to here Stripe had been listened to. */
  readonly since: Instant;
  /** When Stripe was asked again for the first time. */
  readonly openedAt: Instant;
  /** It is longer than Stripe keeps events: what we hold is read again, since its events may be gone. */
  readonly isBeyondMemory: boolean;
  /** Events that had not come before. */
  readonly eventsFound: number;
  /** Objects that were read again. */
  readonly objectsReread: number;
  /** Null when nothing is to be read again, or everything was. */
  readonly stage: RereadStage | null;
  /** Where the stage goes on; null at its beginning. */
  readonly stageAfter: string | null;
  /** When all of it had been fetched; what came later is not of the gap. */
  readonly fetchedAt: Instant | null;
  /** When all of it was applied; null while it is not. */
  readonly closedAt: Instant | null;
}

/** https://docs.stripe.com/api/events: thirty days; a day less leaves room for both clocks. */
const KEPT_DAYS = 29;
/** A poll may be late by this much without anybody having missed anything. */
const LATE_SECONDS = 60;
const INTERVALS = 3;

/**
 * The gap that shows when Stripe is asked again, `lookedUntil` being up to when it had been listened to and `open` the one that is
 * not over yet; null when there is none. A silence within an open one is part of it, unless it is longer than Stripe keeps events:
 * then everything is read again from the beginning, for what was read before the silence says nothing of it.
 */
export function gapBefore(
  now: Instant,
  facts: { readonly lookedUntil: Instant; readonly intervalSeconds: number; readonly open: EventGap | null },
): EventGap | null {
  const { intervalSeconds, lookedUntil, open } = facts;
  if (addSeconds(lookedUntil, LATE_SECONDS + INTERVALS * intervalSeconds) >= now) return open;
  const isBeyondMemory = addDays(lookedUntil, KEPT_DAYS) < now;
  if (open !== null && !isBeyondMemory) return { ...open, fetchedAt: null };
  return {
    since: open?.since ?? lookedUntil,
    openedAt: now,
    isBeyondMemory,
    eventsFound: open?.eventsFound ?? 0,
    objectsReread: open?.objectsReread ?? 0,
    stage: isBeyondMemory ? REREAD_STAGES[0] : null,
    stageAfter: null,
    fetchedAt: null,
    closedAt: null,
  };
}

/** The stage after one; null after the last. */
export const nextStage = (stage: RereadStage): RereadStage | null =>
  REREAD_STAGES[REREAD_STAGES.indexOf(stage) + 1] ?? null;
