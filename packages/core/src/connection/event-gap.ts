import { addDays, addSeconds, type Instant } from '../time/instant.js';

/** Which of the objects we hold is read again next; null when all were. */
export type RereadStage = 'held' | 'refunds_at_stripe' | 'disputes_at_stripe';

/** A time in which nobody listened to Stripe, and what became of it (CON-10). */
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
  readonly stage: RereadStage | null;
  /** Where the stage goes on; null at its beginning. */
  readonly stageAfter: string | null;
  /** When all of it was applied; null while it is not. */
  readonly closedAt: Instant | null;
}

/** https://docs.stripe.com/api/events: thirty days; a day less leaves room for both clocks. */
const KEPT_DAYS = 29;
/** A poll may be late by this much without anybody having missed anything. */
const LATE_SECONDS = 60;
const INTERVALS = 3;

/**
 * The gap that shows when Stripe is asked again, `lookedUntil` being when it last was; null when that is no longer ago than
 * polling takes. Half-open: what happens at `now` is told by the events that come.
 */
export function gapBefore(
  now: Instant,
  { lookedUntil, intervalSeconds }: { readonly lookedUntil: Instant; readonly intervalSeconds: number },
): EventGap | null {
  if (addSeconds(lookedUntil, LATE_SECONDS + INTERVALS * intervalSeconds) >= now) return null;
  const isBeyondMemory = addDays(lookedUntil, KEPT_DAYS) < now;
  return {
    since: lookedUntil,
    openedAt: now,
    isBeyondMemory,
    eventsFound: 0,
    objectsReread: 0,
    stage: isBeyondMemory ? 'held' : null,
    stageAfter: null,
    closedAt: null,
  };
}

/** The stage after one; null after the last. */
export function stageAfter(stage: RereadStage): RereadStage | null {
  if (stage === 'held') return 'refunds_at_stripe';
  return stage === 'refunds_at_stripe' ? 'disputes_at_stripe' : null;
}
