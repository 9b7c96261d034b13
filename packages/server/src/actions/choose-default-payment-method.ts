import { err, invariant, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { setDefaultMethodJob } from '../customers/customer-jobs.js';
import { livingCustomer } from '../customers/linked-customer.js';
import { customerToJson } from '../json/customer.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findCustomer } from '../store/customers.js';
import { findPaymentMethod } from '../store/payment-methods.js';

/** Makes one of his payment methods the default, in Stripe first, since the default is Stripe's (CUS-6). */
export function chooseDefaultPaymentMethod(
  context: Context,
  command: Command,
  input: { readonly customerId: string; readonly paymentMethodId: string },
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const found = await livingCustomer(context, command, input.customerId);
      if (!found.ok) return found;
      const customer = found.value;
      const method = await findPaymentMethod(context.db, environmentId, input.paymentMethodId);
      if (method === null || method.customerId !== customer.id)
        return err(problem('not_found', 'The customer has no such payment method.', { param: 'payment_method_id' }));
      if (method.detachedAt !== null || customer.providerCustomerId === null) return err(GONE);
      const choice = { stripePaymentMethodId: method.stripeId, causeId: null };
      const job = leasedHere(context, setDefaultMethodJob(context, customer, choice));
      const entry = { objectKind: 'customer', objectId: customer.id, before: customerToJson(customer) };
      const after = { default_payment_method_id: method.id };
      return ok({
        changes: new Changes().enqueue(job),
        audit: [{ ...entry, action: 'customer.default_payment_method_chosen', after }],
        outcome: { resumeWith: [job.id, job.lease?.token].join(' ') },
      });
    },
    async resume(resourceId) {
      const [jobId = '', token = ''] = resourceId.split(' ');
      const performed = await performJob(context, { environmentId, jobId, token });
      const customer = await findCustomer(context.db, environmentId, input.customerId);
      invariant(customer !== null, 'customers are never removed');
      if (performed.kind === 'done' && customer.defaultPaymentMethodId !== input.paymentMethodId) return err(GONE);
      if (performed.kind === 'dead')
        return err(problem('stripe_refused', `Stripe refused: ${performed.error?.message ?? ''}`));
      return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: customerToJson(customer) });
    },
  });
}

const GONE = problem('payment_method_detached', 'This payment method was removed and cannot be used any more.');
