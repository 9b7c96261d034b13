import {
  type Customer,
  isPushNeeded,
  type ProviderError,
  providerFailed,
  providerPushBegun,
  providerPushed,
  stripeFieldsOf,
  stripePushOf,
  touchedBy,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import { addCustomerChange, SYSTEM_ACTOR } from '../customers/customer-changes.js';
import { repairStripeCustomerLaterJob, syncCustomerJob } from '../customers/customer-jobs.js';
import { repairedLater } from '../customers/unanswered-update.js';
import type { JobBurial, JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { commitRow } from '../store/commit.js';
import { customersTable, findCustomer } from '../store/customers.js';
import { updateStripeCustomer } from '../stripe/customers.js';

/**
 * Sends to Stripe what changed here since it was last sent. What is sent is the state of now, so however often and
 * however late this runs, the last write is what stands there; a call that was never answered and arrives after it is made
 * good later (`repair-stripe-customer.ts`).
 */
export const updateStripeCustomerEffect: JobHandler = async (context, job) => {
  const found = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  if (found === null || found.deletedAt !== null) return nothingToDo();
  const { providerCustomerId, providerPushed: before } = found;
  if (providerCustomerId === null || before === null) return nothingToDo();
  const push = stripePushOf(stripeFieldsOf(found), before);
  if (push === null) return nothingToDo();
  const connected = await connectionForJob(context, job, found.connectionId);
  if (!connected.ok) return connected.error;
  // Written down before it is sent. Throws VersionConflict when somebody was faster.
  const begun = { row: providerPushBegun(found, before, push), machineNow: context.clock.machineNow() };
  const customer = await commitRow(context.db, customersTable, begun);
  const pushed = await updateStripeCustomer(context.stripe, connected.value.access, {
    id: providerCustomerId,
    push,
    // It sets what stands here, so sending it again under another key harms nothing and gets past a saved failure.
    idempotencyKey: `tollbridge ${job.id} ${job.attempts} ${customer.version}`,
  });
  if (pushed.ok) {
    const changes = new Changes().update(customersTable, providerPushed(customer));
    // The attempt before was cut off with its process, perhaps in the middle of the same call.
    if (job.lapses > 0) changes.enqueue(repairStripeCustomerLaterJob(context, customer, touchedBy(push)));
    return { kind: 'done', changes };
  }
  const failure = pushed.error;
  if (failure.kind === 'missing')
    return { kind: 'done', changes: new Changes().enqueue(syncCustomerJob(context, customer)) };
  const passing = passingResult(context, job, { failure, connected: connected.value });
  if (passing !== null) return repairedLater(context, passing, { customer, push, failure });
  return { kind: 'done', changes: notTaken(context, customer, providerErrorOf(failure)) };
};

/** The host is told that Stripe holds older data of him; his next write sends what is missing there. */
export const buryCustomerUpdate: JobBurial = async (context, job, error) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  const isMissed = customer !== null && customer.deletedAt === null && isPushNeeded(customer);
  if (!isMissed) return { kind: 'dead_letter', changes: new Changes() };
  const changes = notTaken(context, customer, { ...error, requestId: null });
  const push = stripePushOf(stripeFieldsOf(customer), customer.providerPushed ?? stripeFieldsOf(customer));
  // Its last call may still arrive, after whatever is written next.
  if (push !== null) changes.enqueue(repairStripeCustomerLaterJob(context, customer, touchedBy(push)));
  return { kind: 'dead_letter', changes };
};

function notTaken(context: Context, before: Customer, error: ProviderError): Changes {
  const { customer, events } = providerFailed(before, error);
  const cause = { actor: SYSTEM_ACTOR, before };
  return addCustomerChange(context, new Changes(), { customer, write: 'update', events, cause });
}
