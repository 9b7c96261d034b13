import { invariant } from '../invariant.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from './instant.js';

/** A half-open stretch of time: `start` belongs to it, `end` is the first moment that does not. Never empty. */
export interface Period {
  readonly start: Instant;
  readonly end: Instant;
}

/** The period between two moments. Errors: none; an end that is not after the start is an invariant violation. */
export function period(start: Instant, end: Instant): Period {
  invariant(start < end, 'a period ends after it starts');
  return { start, end };
}

/** Whether the moment belongs to the period. */
export function contains(of: Period, instant: Instant): boolean {
  return of.start <= instant && instant < of.end;
}

/** Whether the periods have a moment in common; two that only touch have none. */
export function overlaps(left: Period, right: Period): boolean {
  return left.start < right.end && right.start < left.end;
}

/** The length in milliseconds, always above zero. */
export function lengthMilliseconds(of: Period): number {
  return of.end - of.start;
}

export interface SplitOutsidePeriod {
  readonly code: 'split_outside_period';
}

/**
 * The part before the moment and the part from it on: together they are the whole, without gap or overlap.
 *
 * Errors: `split_outside_period` when one part would be empty.
 */
export function split(of: Period, at: Instant): Result<readonly [before: Period, after: Period], SplitOutsidePeriod> {
  if (at <= of.start || at >= of.end) return err({ code: 'split_outside_period' });
  return ok([period(of.start, at), period(at, of.end)]);
}
