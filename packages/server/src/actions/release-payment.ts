import { err, isPaymentOpen, ok, type Result, releaseAttempt } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { withdrawPaymentJob } from '../collection/collection-jobs.js';
import { loadPayment, timesOf } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { paymentToJson } from '../json/payment.js';
import { type Problem, problem } from '../problem.js';
import { findConnection } from '../store/connections.js';

/**
 * Frees an invoice from an attempt whose connection is lost, so that it can be voided or paid in another way: nobody can
 * withdraw the attempt at Stripe now. That is done as soon as the connection is back; money that it brought counts then,
 * and what the invoice does not need goes back by itself.
 */
export function releasePayment(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const loaded = await loadPayment(context, environmentId, id);
      if (loaded === null) return err(problem('not_found', 'There is no such payment.'));
      const { payment, invoice } = loaded;
      const { connectionId } = payment;
      const connection = connectionId === null ? null : await findConnection(context.db, environmentId, connectionId);
      if (connection?.status !== 'disconnected') {
        return err(problem('payment_not_releasable', 'Its connection to Stripe works: cancel the payment instead.'));
      }
      if (!isPaymentOpen(payment) || invoice.openPaymentId !== id) {
        return err(problem('payment_not_releasable', `The payment is ${payment.status} and holds no invoice.`));
      }
      const decision = releaseAttempt(invoice, payment, await timesOf(context, environmentId));
      const of = { environmentId, invoiceId: invoice.id, connectionId, paymentId: id };
      const changes = await changesOfAttempt(context, loaded, decision);
      const body = paymentToJson(decision.payment ?? payment);
      const entry = { action: 'payment.released', objectKind: 'payment', objectId: id };
      return ok({
        changes: changes.enqueue(withdrawPaymentJob(context, of)),
        audit: [{ ...entry, before: paymentToJson(payment), after: body }],
        outcome: { answer: { status: 200, body } },
      });
    },
  });
}
