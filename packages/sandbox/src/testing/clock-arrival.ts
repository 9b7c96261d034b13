import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';

/** Asked at once, then after a pause that doubles: a sandbox is there in milliseconds, Stripe takes many seconds. */
const firstPauseMs = 1;
const pauseMsMax = 4000;
/** Some ten minutes. */
const asksMax = 160;

/** Asks for a test clock until it stands still, whether it got there or failed. */
export const clockArrived = async (stripe: Stripe, clock: string): Promise<Stripe.TestHelpers.TestClock> => {
  let pauseMs = firstPauseMs;
  for (let asked = 0; asked < asksMax; asked += 1) {
    const now = await stripe.testHelpers.testClocks.retrieve(clock);
    if (now.status !== 'advancing') return now;
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
  }
  throw new Error(`the clock ${clock} does not arrive`);
};

/** Moves a test clock and waits until it is there. */
export const advanceClock = async (
  stripe: Stripe,
  clock: string,
  to: number,
): Promise<Stripe.TestHelpers.TestClock> => {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  const there = await clockArrived(stripe, clock);
  if (there.status !== 'ready') throw new Error(`the clock ${clock} is ${there.status}`);
  return there;
};
