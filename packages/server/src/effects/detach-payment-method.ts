import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import { mirrorCustomer } from '../customers/customer-mirror.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomer } from '../store/customers.js';
import { findPaymentMethod } from '../store/payment-methods.js';
import { detachStripeMethod } from '../stripe/payment-methods.js';

/** Removes a payment method in Stripe, where it lies, and then ours what Stripe's is. */
export const detachPaymentMethodEffect: JobHandler = async (context, job) => {
  const method = await findPaymentMethod(context.db, job.environmentId, String(job.payload.paymentMethodId));
  if (method === null || method.detachedAt !== null) return nothingToDo();
  const customer = await findCustomer(context.db, job.environmentId, method.customerId);
  if (customer === null || customer.providerCustomerId === null) return nothingToDo();
  const connected = await connectionForJob(context, job, method.connectionId);
  if (!connected.ok) return connected.error;
  const detached = await detachStripeMethod(context.stripe, connected.value.access, {
    stripeId: method.stripeId,
    idempotencyKey: `tollbridge ${method.id} detach ${job.attempts}`,
  });
  const mirrored = detached.ok ? await mirrorCustomer(context, customer, connected.value) : detached;
  if (mirrored.ok) return { kind: 'done', changes: mirrored.value };
  const passing = passingResult(context, job, { failure: mirrored.error, connected: connected.value });
  return passing ?? { kind: 'give_up', error: providerErrorOf(mirrored.error) };
};
