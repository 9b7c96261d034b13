import { confirmAttemptAgain, err, invariant, lastLook, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { carryOutPaymentJob } from '../collection/collection-jobs.js';
import { type LoadedPayment, loadPayment, timesOf } from '../collection/load-collection.js';
import { chargeNotPossible, notCollectable } from '../collection/payment-problem.js';
import { performedPayment } from '../collection/performed-payment.js';
import type { Context } from '../context.js';
import { paymentToJson } from '../json/payment.js';
import { leasedHere } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findConnection } from '../store/connections.js';
import { findCustomer } from '../store/customers.js';

/**
 * Confirms the same intent again while the payer is present (INV-5): the answer says where he proves who he is, or that
 * the bank was content without it.
 */
export function confirmPaymentOnSession(
  context: Context,
  command: Command,
  { id, returnUrl }: { readonly id: string; readonly returnUrl: string },
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const loaded = await loadPayment(context, environmentId, id);
      if (loaded === null) return err(problem('not_found', 'There is no such payment.'));
      const { payment, invoice } = loaded;
      if (payment.status !== 'requires_action' || payment.kind !== 'automatic') {
        return err(
          problem('payment_not_waiting_for_payer', `The payment is ${payment.status}; nobody needs to confirm it.`),
        );
      }
      const refusal = await refusalNow(context, loaded);
      if (refusal !== null) return err(refusal);
      // He has been sent on already: the way he was shown still leads there.
      if (payment.nextAction?.url != null && payment.returnUrl === returnUrl) {
        const answer = { status: 200, body: paymentToJson(payment) };
        return ok({ changes: new Changes(), audit: [], outcome: { answer } });
      }
      invariant(payment.stripePaymentMethodId !== null, 'an attempt of ours names what it charges');
      const method = { stripeId: payment.stripePaymentMethodId };
      const times = await timesOf(context, environmentId);
      const decision = confirmAttemptAgain(invoice, payment, { method, returnUrl, times });
      const of = { environmentId, invoiceId: invoice.id, connectionId: payment.connectionId, paymentId: id };
      const job = leasedHere(context, carryOutPaymentJob(context, of));
      return ok({
        changes: (await changesOfAttempt(context, loaded, decision)).enqueue(job),
        audit: [{ action: 'payment.confirmed', objectKind: 'payment', objectId: id, before: null, after: null }],
        outcome: { resumeWith: `${id} ${job.id} ${job.lease?.token ?? ''}` },
      });
    },
    resume: (resourceId) => performedPayment(context, command, resourceId),
  });
}

/** The last look, since the bank's question may be days old (INV-7): null when the payer may go on. */
async function refusalNow(context: Context, { payment, invoice }: LoadedPayment): Promise<Problem | null> {
  const { environmentId, connectionId, customerId } = payment;
  invariant(connectionId !== null, 'what waits for a payer waits at Stripe');
  const connection = await findConnection(context.db, environmentId, connectionId);
  invariant(connection !== null, 'a connection is never deleted');
  const customer = await findCustomer(context.db, environmentId, customerId);
  const why = lastLook({ invoice, payment, customer, connection });
  if (why === null) return null;
  return why === 'invoice_not_open' ? notCollectable(invoice) : chargeNotPossible(why);
}
