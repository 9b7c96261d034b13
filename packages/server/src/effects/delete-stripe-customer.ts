import { providerFailed } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import { addCustomerChange, SYSTEM_ACTOR } from '../customers/customer-changes.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { customersTable, findCustomer } from '../store/customers.js';
import { deleteStripeCustomer } from '../stripe/customers.js';

/** Deletes in Stripe whom somebody deleted here and wanted gone there too (CUS-7). */
export const deleteStripeCustomerEffect: JobHandler = async (context, job) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  if (customer === null || customer.deletedAt === null || customer.providerCustomerId === null) return nothingToDo();
  const connected = await connectionForJob(context, job, customer.connectionId);
  if (!connected.ok) return connected.error;
  const deleted = await deleteStripeCustomer(context.stripe, connected.value.access, customer.providerCustomerId);
  if (deleted.ok) {
    const gone = { ...customer, providerCustomerId: null, providerPushed: null };
    return { kind: 'done', changes: new Changes().update(customersTable, gone) };
  }
  const failure = deleted.error;
  const passing = passingResult(context, job, { failure, connected: connected.value });
  if (passing !== null) return passing;
  const refused = providerFailed(customer, providerErrorOf(failure));
  const cause = { actor: SYSTEM_ACTOR, before: customer };
  const change = { customer: refused.customer, write: 'update', events: refused.events, cause } as const;
  return { kind: 'done', changes: addCustomerChange(context, new Changes(), change) };
};
