import { addHours, applyRefund, type Refund, type RefundRows, type RefundSeen } from '@tollbridge/core';
import { Changes, type JobError } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { callsEndInMilliseconds, mayStillArrive } from '../connections/late-calls.js';
import { connectionForJob, passingResult } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';
import { loadRefund } from '../refunds/load-refund.js';
import { addRefundOutcome } from '../refunds/refund-changes.js';
import { commitRow } from '../store/commit.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { refundsTable } from '../store/refunds.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { createStripeRefund, findStripeRefundOf } from '../stripe/refunds.js';

/** Stripe forgets a key after 24 hours at the earliest; an hour is left for clocks that disagree. */
const KEY_HOURS_MAX = 23;

/**
 * Gives money back at Stripe, once: every try sends the same under the same key, made from our row. Where the key proves
 * nothing any more, Stripe's refunds of the payment are looked through for our stamp before another key is used.
 */
export const createStripeRefundEffect: JobHandler = async (context, job) => {
  const rows = await loadRefund(context, job.environmentId, String(job.payload.refundId));
  if (rows === null || rows.refund.status !== 'pending' || rows.refund.stripeRefundId !== null) return nothingToDo();
  const found = await connectionForJob(context, job, rows.refund.connectionId);
  if (!found.ok) return found.error;
  const giving: Giving = { context, job, rows, connected: found.value };
  if (isKeyStale(rows.refund, context.clock.machineNow())) return resolveByAsking(giving);
  const calling = await beginCall(giving);
  const answer = await createStripeRefund(context.stripe, found.value.access, calling.rows.refund);
  if (answer.ok) return done(calling, answer.value);
  if (isKeySpent(answer.error)) return resolveByAsking(calling);
  return resultOfFailure(calling, answer.error);
};

interface Giving {
  readonly context: Context;
  readonly job: Job;
  readonly rows: RefundRows;
  readonly connected: ConnectionWithAccess;
}

interface Calling extends Giving {
  /** Nothing was sent under the key before: what refuses this call, refuses the refund. */
  readonly isFirst: boolean;
}

/** Writes down that something is sent under the present key, before it is. Throws VersionConflict when somebody was faster. */
async function beginCall(giving: Giving): Promise<Calling> {
  const { context, rows } = giving;
  if (rows.refund.keySentAt !== null) return { ...giving, isFirst: false };
  const machineNow = context.clock.machineNow();
  const row: Refund = { ...rows.refund, keySentAt: machineNow };
  const refund = await commitRow(context.db, refundsTable, { row, machineNow });
  return { ...giving, rows: { ...rows, refund }, isFirst: true };
}

/** Whether nothing may be sent under the present key any more. */
const isKeyStale = (refund: Refund, machineNow: number): boolean =>
  refund.keySpentAt !== null || addHours(refund.keyUsedAt, KEY_HOURS_MAX) <= machineNow;

/** Stripe would give the same error for this key for ever, and it says nothing about whether the money went. */
const isKeySpent = (failure: StripeFailure): boolean =>
  failure.kind === 'idempotency_mismatch' || (failure.kind === 'server_error' && failure.replayed);

async function resolveByAsking(giving: Giving): Promise<JobResult> {
  const { context, rows, connected } = giving;
  const waiting = untilCallsEnded(giving);
  if (waiting !== null) return waiting;
  const found = await findStripeRefundOf(context.stripe, connected.access, rows.refund);
  if (!found.ok) return lookAgain(giving, found.error);
  if (found.value !== null) return done(giving, found.value);
  const renewed: Refund = {
    ...rows.refund,
    keyGeneration: rows.refund.keyGeneration + 1,
    keyUsedAt: context.clock.machineNow(),
    keySentAt: null,
    keySpentAt: null,
  };
  return {
    kind: 'later',
    delayMilliseconds: 0,
    error: { code: 'stripe_key_spent', message: 'the refund is nowhere at Stripe; a new idempotency key is taken' },
    changes: new Changes().update(refundsTable, renewed),
  };
}

/** Nothing is sent under the key any more, and what was sent may still end; null when it has (`connections/late-calls.ts`). */
function untilCallsEnded({ context, rows: { refund } }: Giving): JobResult | null {
  const now = context.clock.machineNow();
  const delayMilliseconds = callsEndInMilliseconds(refund.keySpentAt ?? now, now);
  if (delayMilliseconds === 0) return null;
  const changes = new Changes();
  if (refund.keySpentAt === null) changes.update(refundsTable, { ...refund, keySpentAt: now });
  return { kind: 'later', delayMilliseconds, error: CALLS_MAY_END, uncounted: true, changes };
}

const CALLS_MAY_END: JobError = {
  code: 'refund_calls_under_way',
  message: 'an earlier call may still end; then Stripe is asked about it',
};

async function resultOfFailure(giving: Calling, failure: StripeFailure): Promise<JobResult> {
  const { context, job, connected } = giving;
  const passing = passingResult(context, job, { failure, connected });
  if (passing !== null) return passing.kind === 'give_up' ? onceMore(giving, passing.error) : passing;
  if (mayStillArrive(giving, failure)) return resolveByAsking(giving);
  const { message, requestId } = failure;
  const refused = { code: failure.code ?? failure.kind, message, requestId };
  return done(giving, { stripeId: null, status: 'failed', failure: refused });
}

/**
 * Stripe did not say whether the money went. Whatever it refuses is the look and not the refund: nothing is decided, and it
 * is asked again, however often that is. The connection's card says what the key may not do.
 */
function lookAgain(giving: Giving, failure: StripeFailure): JobResult {
  const { context, job, connected } = giving;
  const passing = passingResult(context, job, { failure, connected });
  if (passing !== null) return passing.kind === 'give_up' ? onceMore(giving, passing.error) : passing;
  const error = { code: failure.code ?? failure.kind, message: failure.message };
  return {
    kind: 'later',
    delayMilliseconds: backoffMilliseconds(context, job.attempts),
    error,
    changes: new Changes().enqueue(checkConnectionJob(context, connected.connection)),
  };
}

/** What is owed is owed: as long as Stripe is away it is asked again, however often that was. */
const onceMore = ({ context, job }: Giving, error: JobError): JobResult => ({
  kind: 'later',
  delayMilliseconds: backoffMilliseconds(context, job.attempts),
  error,
});

async function done({ context, rows }: Giving, seen: RefundSeen): Promise<JobResult> {
  const { now } = await timesOf(context, rows.refund.environmentId);
  const decision = applyRefund(rows, seen, now);
  return { kind: 'done', changes: addRefundOutcome(context, new Changes(), { before: rows, decision }) };
}
