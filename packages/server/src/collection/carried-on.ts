import { isPaymentOpen, type Payment, standPending } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { keyRefused, WAITS_FOR_RECONNECTION } from '../connections/wait-for-connection.js';
import type { Context } from '../context.js';
import type { JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { backoffMilliseconds, isConflict } from '../jobs/run-job.js';
import { commit } from '../store/commit.js';
import { findInvoice } from '../store/invoices.js';
import { isPassing } from '../stripe/gateway.js';
import { changesOfAttempt } from './attempt-outcome.js';
import type { CarriedOut } from './payment-step.js';

/** What a piece of work on an attempt comes to: its end, or another look at the rows. */
export type CarriedOn = JobResult | 'look_again';

/** Writes down what is going to be done at Stripe. Whoever was faster is looked at, not overwritten. */
export async function commitIntent(context: Context, changes: Changes): Promise<'look_again'> {
  try {
    await commit(context.db, changes, context.clock.machineNow());
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return 'look_again';
}

export interface CarriedStep {
  readonly payment: Payment;
  readonly carried: CarriedOut;
  /** There is more to do once Stripe's answer is written down. */
  readonly thenLookAgain: boolean;
}

/** Ends the job with what Stripe answered, or says when to come again. */
export async function carriedOn(
  context: Context,
  job: Job,
  { payment, carried, thenLookAgain }: CarriedStep,
): Promise<CarriedOn> {
  switch (carried.kind) {
    case 'decided':
      return thenLookAgain ? commitIntent(context, carried.changes) : { kind: 'done', changes: carried.changes };
    case 'again':
      return commitIntent(context, carried.changes);
    case 'later':
      return cameToNothing(context, job, { payment, carried });
    case 'refused': {
      // Whatever refuses it may pass: it is asked for again, but not at once, and whoever waits for it waits on.
      const { failure, changes } = carried;
      const error = { code: failure.code ?? failure.kind, message: failure.message };
      return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error, changes };
    }
    case 'disconnected': {
      return waiting(context, payment, 'connection_disconnected', WAITS_FOR_RECONNECTION);
    }
    case 'key_refused': {
      const { connection } = carried.found;
      const reason = carried.failure.kind === 'forbidden' ? 'connection_forbidden' : 'connection_unauthorized';
      return waiting(context, payment, reason, keyRefused(context, connection, carried.failure));
    }
  }
}

async function cameToNothing(
  context: Context,
  job: Job,
  { payment, carried }: { readonly payment: Payment; readonly carried: Extract<CarriedOut, { kind: 'later' }> },
): Promise<JobResult> {
  const { code, kind, message } = carried.failure;
  const error = { code: code ?? kind, message };
  const result: JobResult =
    carried.delayMilliseconds === undefined
      ? { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error }
      : { kind: 'later', delayMilliseconds: carried.delayMilliseconds, error, uncounted: true };
  if (carried.shown === null) return result;
  // What Stripe refuses to tell may be a right that the key has lost: the check shows it on the connection's card.
  const isRefusal = !isPassing(carried.failure) && payment.connectionId !== null;
  const { environmentId, connectionId } = payment;
  const check = isRefusal ? [checkConnectionJob(context, { environmentId, id: connectionId ?? '' })] : [];
  return waiting(context, payment, carried.shown, { ...result, changes: new Changes().enqueue(...check) });
}

/** The invoice says why nothing moves; said once, the wait goes on in silence. */
async function waiting(context: Context, payment: Payment, reason: string, result: JobResult): Promise<JobResult> {
  const invoice = await findInvoice(context.db, payment.environmentId, payment.invoiceId);
  if (invoice === null || result.kind !== 'later' || !isPaymentOpen(payment)) return result;
  if (invoice.paymentStatus !== 'pending') return result;
  const changes = await changesOfAttempt(context, { invoice, payment: null }, standPending(invoice, reason));
  return { ...result, changes: result.changes === undefined ? changes : changes.add(result.changes) };
}
