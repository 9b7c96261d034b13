import type { Refund } from '@tollbridge/core';
import type { NewJob } from '../changes.js';
import type { Context } from '../context.js';

/** For failures that nobody planned; Stripe being away never counts to the end (`schedules/resume-money-work.ts` is the net). */
const ATTEMPTS_MAX = 48;

/** The job of a refund follows from its id, so that a request that comes again finds the work of the first. */
export const refundJobId = (refundId: string): string => refundId.replace(/^[a-z]+_/, 'job_');

/** Asks Stripe to give the money back, as the refund's row has committed to. */
export const createStripeRefundJob = (
  context: Context,
  refund: Pick<Refund, 'environmentId' | 'id' | 'paymentId' | 'connectionId'>,
): NewJob => ({
  environmentId: refund.environmentId,
  id: refundJobId(refund.id),
  lane: 'money',
  kind: 'create_stripe_refund',
  // Refunds of one payment go one after the other: Stripe locks the charge.
  key: `refunds ${refund.paymentId}`,
  dedupeKey: null,
  connectionId: refund.connectionId,
  payload: { refundId: refund.id },
  dueAt: context.clock.machineNow(),
  attemptsMax: ATTEMPTS_MAX,
  lease: null,
});
