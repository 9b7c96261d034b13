import { cancelAttempt, isPaymentOpen } from '@tollbridge/core';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { carriedOn, commitIntent } from '../collection/carried-on.js';
import { carryOutPayment } from '../collection/carry-out-payment.js';
import { loadPayment, timesOf } from '../collection/load-collection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';

const STEPS_MAX = 8;

/** Withdraws an attempt whose invoice was settled in another way: a page is closed, an intent is canceled (INV-7). */
export const withdrawPayment: JobHandler = async (context, job) => {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const loaded = await loadPayment(context, job.environmentId, job.payload.paymentId as string);
    if (loaded === null || !isPaymentOpen(loaded.payment) || loaded.payment.status === 'processing') {
      return nothingToDo();
    }
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
