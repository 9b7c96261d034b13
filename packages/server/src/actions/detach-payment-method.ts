import { err, invariant, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { detachMethodJob } from '../customers/customer-jobs.js';
import { paymentMethodToJson } from '../json/payment-method.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findCustomer } from '../store/customers.js';
import { findPaymentMethod } from '../store/payment-methods.js';

/** Removes a payment method, in Stripe first, where it lies. One that is removed already stays so. */
export function detachPaymentMethod(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const method = await findPaymentMethod(context.db, environmentId, id);
      if (method === null) return err(problem('not_found', 'There is no such payment method.'));
      const customer = await findCustomer(context.db, environmentId, method.customerId);
      invariant(customer !== null, 'a payment method is somebody’s');
      const body = paymentMethodToJson(method, customer.defaultPaymentMethodId);
      if (method.detachedAt !== null)
        return ok({ changes: new Changes(), audit: [], outcome: { answer: { status: 200, body } } });
      const job = leasedHere(context, detachMethodJob(context, customer, id));
      const entry = { objectKind: 'paymentMethod', objectId: id, before: body, after: null };
      return ok({
        changes: new Changes().enqueue(job),
        audit: [{ ...entry, action: 'payment_method.detached' }],
        outcome: { resumeWith: [job.id, job.lease?.token].join(' ') },
      });
    },
    async resume(resourceId) {
      const [jobId = '', token = ''] = resourceId.split(' ');
      const performed = await performJob(context, { environmentId, jobId, token });
      if (performed.kind === 'dead')
        return err(problem('stripe_refused', `Stripe refused: ${performed.error?.message ?? ''}`));
      const method = await findPaymentMethod(context.db, environmentId, id);
      invariant(method !== null, 'payment methods are never removed');
      return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: paymentMethodToJson(method, null) });
    },
  });
}
