import { addMilliseconds } from '@tollbridge/core';
import { Changes, type NewJob } from '../changes.js';
import { refundPaymentJob, withdrawPaymentJob } from '../collection/collection-jobs.js';
import type { Context } from '../context.js';
import { reviveJobs } from '../jobs/queue.js';
import { createStripeRefundJob } from '../refunds/refund-jobs.js';
import { commit } from '../store/commit.js';
import { listExcessLeft, listRefundsLeft, listWithdrawalsLeft, type PaymentLeft } from '../store/money-left.js';
import type { Schedule } from './schedule.js';

const EVERY_MILLISECONDS = 300_000;
/** What a tick leaves, the next one finds: what it took has a living job by then. */
const BATCH_MAX = 200;
/** Between the death of a job and its next life. */
const REST_MILLISECONDS = 3_600_000;

interface Left {
  readonly environmentId: string;
  readonly deadJobId: string | null;
  readonly job: NewJob;
}

/**
 * The net under work that must not be forgotten: money on its way back, and attempts that must not bring any more. No
 * payer stays charged for what he is owed, and none can be charged for what is settled, because a job died or was lost.
 */
export const resumeMoneyWork: Schedule = {
  name: 'resume-money-work',
  everyMilliseconds: EVERY_MILLISECONDS,
  async tick(context) {
    const request = {
      deadBefore: addMilliseconds(context.clock.machineNow(), -REST_MILLISECONDS),
      limit: BATCH_MAX,
    };
    const refunds = await listRefundsLeft(context.db, request);
    const excess = await listExcessLeft(context.db, request);
    const withdrawals = await listWithdrawalsLeft(context.db, request);
    await putToWork(context, [
      ...refunds.map((each) => ({ ...each, job: createStripeRefundJob(context, each) })),
      ...excess.map((each) => ({ ...each, job: refundPaymentJob(context, ofPayment(each)) })),
      ...withdrawals.map((each) => ({ ...each, job: withdrawPaymentJob(context, ofPayment(each)) })),
    ]);
  },
};

const ofPayment = ({ environmentId, id, invoiceId, connectionId }: PaymentLeft) => ({
  environmentId,
  invoiceId,
  connectionId,
  paymentId: id,
});

/** A dead letter lives again as it is; what has none gets a job. */
async function putToWork(context: Context, all: readonly Left[]): Promise<void> {
  const now = context.clock.machineNow();
  const dead = new Map<string, string[]>();
  for (const { environmentId, deadJobId } of all) {
    if (deadJobId !== null) dead.set(environmentId, [...(dead.get(environmentId) ?? []), deadJobId]);
  }
  for (const [environmentId, jobIds] of dead) await reviveJobs(context.db, environmentId, jobIds, now);
  const fresh = all.filter((each) => each.deadJobId === null).map((each) => each.job);
  if (fresh.length > 0) await commit(context.db, new Changes().enqueue(...fresh), now);
}
