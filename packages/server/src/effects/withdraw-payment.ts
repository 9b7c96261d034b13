import { cancelAttempt, isPaymentDormant, isPaymentOpen, type Payment } from '@tollbridge/core';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { carriedOn, commitIntent } from '../collection/carried-on.js';
import { carryOutPayment } from '../collection/carry-out-payment.js';
import { loadPayment, timesOf } from '../collection/load-collection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';

const STEPS_MAX = 8;

/**
 * Withdraws an attempt whose invoice wants its money no more: a page is closed, an intent is canceled, also the one that a
 * failed attempt left behind (INV-7).
 */
export const withdrawPayment: JobHandler = async (context, job) => {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const loaded = await loadPayment(context, job.environmentId, job.payload.paymentId as string);
    if (loaded === null || !isWithdrawable(loaded.payment)) return nothingToDo();
    const { payment, invoice } = loaded;
    const isUnanswered = payment.status === 'creating' || payment.status === 'confirming';
    if (payment.status === 'canceling' || isUnanswered) {
      const carried = await carryOutPayment(context, loaded);
      const next = await carriedOn(context, job, { payment, carried, thenLookAgain: isUnanswered });
      if (next !== 'look_again') return next;
      continue;
    }
    const decision = cancelAttempt(invoice, payment, await timesOf(context, job.environmentId));
    await commitIntent(context, await changesOfAttempt(context, loaded, decision));
  }
  const error = { code: 'payment_unsettled', message: 'the attempt kept changing while it was withdrawn' };
  return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error };
};

/** What is at the bank cannot be withdrawn; if it brings money all the same, that is given back. */
const isWithdrawable = (payment: Payment): boolean =>
  isPaymentDormant(payment) || (isPaymentOpen(payment) && payment.status !== 'processing');
