import { isUnanswered } from '@tollbridge/core';
import { carriedOn } from '../collection/carried-on.js';
import { carryOutPayment } from '../collection/carry-out-payment.js';
import { loadPayment } from '../collection/load-collection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';

const STEPS_MAX = 6;

/** Makes the call to Stripe that an attempt has committed to, for whoever committed it: a page, a confirmation, a withdrawal. */
export const carryOutPaymentEffect: JobHandler = async (context, job) => {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const loaded = await loadPayment(context, job.environmentId, job.payload.paymentId as string);
    if (loaded === null || !isUnanswered(loaded.payment)) return nothingToDo();
    const carried = await carryOutPayment(context, loaded);
    // The attempt is again as it was: whoever wants it withdrawn may ask once more.
    if (carried.kind === 'refused' && !isUnanswered(carried.payment)) return { kind: 'done', changes: carried.changes };
    const next = await carriedOn(context, job, { payment: loaded.payment, carried, thenLookAgain: false });
    if (next !== 'look_again') return next;
  }
  const error = { code: 'payment_unsettled', message: 'the attempt kept changing while it was carried out' };
  return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error };
};
