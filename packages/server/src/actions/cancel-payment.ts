import { cancelAttempt, err, ok, type Payment, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { carryOutPaymentJob } from '../collection/collection-jobs.js';
import { loadPayment, timesOf } from '../collection/load-collection.js';
import { performedPayment } from '../collection/performed-payment.js';
import type { Context } from '../context.js';
import { paymentToJson } from '../json/payment.js';
import { leasedHere } from '../perform.js';
import { type Problem, problem } from '../problem.js';

/** What waits for the payer can be withdrawn; what is at the bank cannot. */
const CANCELABLE: ReadonlySet<Payment['status']> = new Set(['awaiting_payer', 'requires_action']);

/** Withdraws an attempt, so that it can never bring money: then the invoice can be voided or paid in another way. */
export function cancelPayment(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const loaded = await loadPayment(context, environmentId, id);
      if (loaded === null) return err(problem('not_found', 'There is no such payment.'));
      const { payment, invoice } = loaded;
      if (!CANCELABLE.has(payment.status)) {
        return err(problem('payment_not_cancelable', `The payment is ${payment.status} and cannot be withdrawn.`));
      }
      const decision = cancelAttempt(invoice, payment, await timesOf(context, environmentId));
      const of = { environmentId, invoiceId: invoice.id, connectionId: payment.connectionId, paymentId: id };
      const job = leasedHere(context, carryOutPaymentJob(context, of));
      const entry = { action: 'payment.cancel_asked', objectKind: 'payment', objectId: id };
      return ok({
        changes: (await changesOfAttempt(context, loaded, decision)).enqueue(job),
        audit: [{ ...entry, before: paymentToJson(payment), after: null }],
        outcome: { resumeWith: `${id} ${job.id} ${job.lease?.token ?? ''}` },
      });
    },
    resume: (resourceId) => performedPayment(context, command, resourceId),
  });
}
