import { invariant } from '../invariant.js';
import {
  type Instant,
  MILLISECONDS_PER_DAY,
  MILLISECONDS_PER_HOUR,
  MILLISECONDS_PER_MINUTE,
  MILLISECONDS_PER_SECOND,
} from '../time/instant.js';

const times = (count: number, delay: number): number[] => Array.from({ length: count }, () => delay);

/**
 * The waits after the first, second, … failed attempt: quick ones for a host that is being restarted, then ever longer
 * ones, three days in all (OUT-1).
 */
export const DELIVERY_DELAYS_MILLISECONDS: readonly number[] = [
  5 * MILLISECONDS_PER_SECOND,
  30 * MILLISECONDS_PER_SECOND,
  2 * MILLISECONDS_PER_MINUTE,
  5 * MILLISECONDS_PER_MINUTE,
  15 * MILLISECONDS_PER_MINUTE,
  30 * MILLISECONDS_PER_MINUTE,
  1 * MILLISECONDS_PER_HOUR,
  2 * MILLISECONDS_PER_HOUR,
  3 * MILLISECONDS_PER_HOUR,
  ...times(5, 4 * MILLISECONDS_PER_HOUR),
  ...times(9, 5 * MILLISECONDS_PER_HOUR),
];

/** The first attempt and one after each wait. */
export const DELIVERY_ATTEMPTS_MAX = DELIVERY_DELAYS_MILLISECONDS.length + 1;

/** Failures in a row after which a delivery lets the next event of its object pass (OUT-1). */
export const DELIVERY_ATTEMPTS_IN_ORDER = 5;

/** An endpoint that took nothing for this long is switched off (OUT-1): as long as the retries of one message last. */
export const ENDPOINT_FAILING_MILLISECONDS_MAX = 3 * MILLISECONDS_PER_DAY;

/** What came of one attempt: the status of the host's answer, or null when there was none. */
export interface DeliveryAttemptOutcome {
  readonly status: number | null;
}

export interface DeliveryFacts {
  /** Failed attempts before this one, since the message was made or last sent again by hand. */
  readonly failuresBefore: number;
  readonly outcome: DeliveryAttemptOutcome;
  /** Since when the endpoint has taken nothing; null when its last answer was good. */
  readonly failingSince: Instant | null;
  readonly now: Instant;
  /** 0 to 1: spreads those that failed together. */
  readonly jitter: number;
}

export type DeliveryDecision =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly delayMilliseconds: number; readonly freesOrder: boolean }
  | { readonly kind: 'failed' };

export type EndpointDisabledReason = 'failing' | 'gone' | 'by_hand';

/** Any 2xx is a delivery; everything else, redirects too, is not. */
export const isDelivered = (outcome: DeliveryAttemptOutcome): boolean =>
  outcome.status !== null && outcome.status >= 200 && outcome.status < 300;

/**
 * What becomes of a message after an attempt. Waits are in milliseconds and up to a tenth longer than in the table.
 * Errors: none; a jitter outside 0 to 1 is an invariant violation.
 */
export function decideDelivery(facts: DeliveryFacts): DeliveryDecision {
  invariant(facts.jitter >= 0 && facts.jitter <= 1, 'a jitter lies between 0 and 1');
  if (isDelivered(facts.outcome)) return { kind: 'delivered' };
  const delay = DELIVERY_DELAYS_MILLISECONDS[facts.failuresBefore];
  if (delay === undefined) return { kind: 'failed' };
  return {
    kind: 'again',
    delayMilliseconds: delay + Math.floor((delay * facts.jitter) / 10),
    freesOrder: facts.failuresBefore + 1 >= DELIVERY_ATTEMPTS_IN_ORDER,
  };
}

/** Why an endpoint is switched off after this attempt; null when it stays on. 410 says that it is gone for good. */
export function reasonToDisable(facts: DeliveryFacts): EndpointDisabledReason | null {
  if (isDelivered(facts.outcome)) return null;
  if (facts.outcome.status === 410) return 'gone';
  const hasFailedLong =
    facts.failingSince !== null && facts.now - facts.failingSince >= ENDPOINT_FAILING_MILLISECONDS_MAX;
  return hasFailedLong ? 'failing' : null;
}
