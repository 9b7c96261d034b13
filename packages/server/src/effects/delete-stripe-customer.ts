import { type Customer, type ProviderError, providerFailed } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import { addCustomerChange, SYSTEM_ACTOR } from '../customers/customer-changes.js';
import type { JobBurial, JobHandler } from '../jobs/handlers.js';
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
  return { kind: 'done', changes: notDeleted(context, customer, providerErrorOf(failure)) };
};

/** The host is told that he may still stand in Stripe; deleting him once more asks for it again. */
export const buryCustomerDeletion: JobBurial = async (context, job, error) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  const isThere = customer !== null && customer.deletedAt !== null && customer.providerCustomerId !== null;
  const changes = isThere ? notDeleted(context, customer, { ...error, requestId: null }) : new Changes();
  return { kind: 'dead_letter', changes };
};

function notDeleted(context: Context, before: Customer, error: ProviderError): Changes {
  const { customer, events } = providerFailed(before, error);
  const cause = { actor: SYSTEM_ACTOR, before };
  return addCustomerChange(context, new Changes(), { customer, write: 'update', events, cause });
}
