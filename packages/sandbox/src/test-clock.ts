import type Stripe from 'stripe';
import { defineCollection } from './collection.js';
import { invalidRequest, Refusal } from './errors.js';
import type { Work } from './work.js';

export type TestClockObject = Stripe.TestHelpers.TestClock;

/** https://docs.stripe.com/api/test_clocks */
export const testClocks = defineCollection<TestClockObject>({
  type: 'test_helpers.test_clock',
  prefix: 'clock',
  label: 'test clock',
  path: (clock) => `/v1/test_helpers/test_clocks/${clock.id}`,
});

/** The time in which everything of a clock lives. Refused while the clock moves, with a status that SDKs may try again. */
export const frozenTimeOf = (work: Work, clockId: string): number => {
  const clock = work.require(testClocks, clockId, 'test_clock');
  if (clock.status === 'advancing') throw advancementUnderway();
  if (clock.status === 'ready') return clock.frozen_time;
  throw invalidRequest(`Test clock ${clockId} failed to advance: delete it and begin anew.`);
};

/** Message and status were seen in logs; its type and code were not found. */
export const advancementUnderway = (): Refusal =>
  new Refusal(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Test clock advancement underway - cannot perform modifications',
    },
    { isBeforeExecution: true },
  );
