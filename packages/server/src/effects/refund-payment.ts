import { money, refundable, requestRefund, wholeAtStripe } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { loadRefundable } from '../refunds/load-refund.js';
import { addNewRefund } from '../refunds/refund-changes.js';
import { createStripeRefundJob } from '../refunds/refund-jobs.js';

/**
 * Gives back by itself what arrived and no invoice needed: a late second success, or more than was due (INV-7). What of
 * it is on its way back already is not sent twice. Of a currency whose smallest coin Stripe does not know, less than one of
 * Stripe's units may stay with us: it stands as overpaid.
 */
export const refundPayment: JobHandler = async (context, job) => {
  const facts = await loadRefundable(context, job.environmentId, String(job.payload.paymentId));
  if (facts === null || facts.payment.status !== 'succeeded') return nothingToDo();
  const { minor: amountMinor } = wholeAtStripe(money(refundable(facts).overpaidMinor, facts.payment.currency));
  if (amountMinor === 0n) return nothingToDo();
  const asked = {
    id: context.newId('refund'),
    amountMinor,
    reason: facts.payment.isLateDuplicate ? ('duplicate' as const) : ('overpayment' as const),
    origin: 'automatic' as const,
    metadata: {},
  };
  const decision = requestRefund(facts, asked, await timesOf(context, job.environmentId));
  if (!decision.ok) {
    const { code } = decision.error;
    return { kind: 'give_up', error: { code, message: 'what was paid too much cannot be given back by itself' } };
  }
  const changes = addNewRefund(context, new Changes(), decision.value);
  return { kind: 'done', changes: changes.enqueue(createStripeRefundJob(context, decision.value.refund)) };
};
