import { addMilliseconds, type Instant, instantOf } from '@tollbridge/core';
import type { StripeFailure } from '../stripe/gateway.js';

/**
 * A call to Stripe is given up after 30 seconds (`stripe/open-gateway.ts`), which does not take it back: it may still arrive. What
 * it makes shows in Stripe's lists a little later again. After this long, what was under way when we stopped sending has
 * left its trace, or never will.
 */
const CALLS_END_MILLISECONDS = 60_000;

/**
 * That Stripe has no trace of a call proves that it never came to anything only when nothing has been sent for a while. So
 * before another key is taken, or an attempt is given up as never made, it is written down that nothing is sent any more,
 * and Stripe is asked when what was under way then has ended. Gives how long that still takes; 0 when it is over.
 */
export function callsEndInMilliseconds(stoppedAt: Instant, machineNow: Instant): number {
  const endedAt = addMilliseconds(stoppedAt, CALLS_END_MILLISECONDS);
  return endedAt > machineNow ? endedAt - machineNow : 0;
}

/**
 * When everything has ended that may be under way now, by whole windows: what is put off to then from the same window is
 * put off to the same moment.
 */
export const callsEndedAt = (machineNow: Instant): Instant =>
  instantOf((Math.floor(machineNow / CALLS_END_MILLISECONDS) + 2) * CALLS_END_MILLISECONDS);

/**
 * Whether the refusal of a call proves nothing: Stripe refused it out of hand, which leaves nothing under its key, and an
 * earlier call under the same key may still arrive and be taken. What Stripe has kept, it says to every call.
 */
export const mayStillArrive = (call: { readonly isFirst: boolean }, failure: StripeFailure): boolean =>
  !call.isFirst && !failure.replayed;
