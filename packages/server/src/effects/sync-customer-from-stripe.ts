import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import { mirrorCustomer } from '../customers/customer-mirror.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomer } from '../store/customers.js';

/** Looks at a customer in Stripe and makes our picture of his payment methods the same (CUS-6). */
export const syncCustomerFromStripe: JobHandler = async (context, job) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  if (customer === null || customer.deletedAt !== null || customer.providerCustomerId === null) return nothingToDo();
  const connected = await connectionForJob(context, job, customer.connectionId);
  if (!connected.ok) return connected.error;
  const mirrored = await mirrorCustomer(context, customer, connected.value);
  if (mirrored.ok) return { kind: 'done', changes: mirrored.value };
  const passing = passingResult(context, job, { failure: mirrored.error, connected: connected.value });
  return passing ?? { kind: 'give_up', error: providerErrorOf(mirrored.error) };
};
