import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import { mirrorCustomer } from '../customers/customer-mirror.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomer } from '../store/customers.js';
import { setStripeDefaultMethod } from '../stripe/customers.js';

/**
 * Makes a method the default in Stripe, and then ours what Stripe's is. When Stripe refuses, because the method was
 * removed meanwhile, the look that follows shows it.
 */
export const setDefaultPaymentMethod: JobHandler = async (context, job) => {
  const { customerId, stripePaymentMethodId, causeId } = job.payload;
  const customer = await findCustomer(context.db, job.environmentId, String(customerId));
  if (customer === null || customer.deletedAt !== null || customer.providerCustomerId === null) return nothingToDo();
  const connected = await connectionForJob(context, job, customer.connectionId);
  if (!connected.ok) return connected.error;
  const set = await setStripeDefaultMethod(context.stripe, connected.value.access, {
    id: customer.providerCustomerId,
    methodId: String(stripePaymentMethodId),
    idempotencyKey: `tollbridge ${String(causeId ?? job.id)} default ${job.attempts}`,
  });
  if (!set.ok) {
    const passing = passingResult(context, job, { failure: set.error, connected: connected.value });
    if (passing !== null) return passing;
  }
  const mirrored = await mirrorCustomer(context, customer, connected.value);
  if (mirrored.ok) return { kind: 'done', changes: mirrored.value };
  const passing = passingResult(context, job, { failure: mirrored.error, connected: connected.value });
  return passing ?? { kind: 'give_up', error: providerErrorOf(mirrored.error) };
};
