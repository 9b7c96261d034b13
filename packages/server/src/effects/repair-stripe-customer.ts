import { createHash } from 'node:crypto';
import {
  type Customer,
  providerPushBegun,
  repairOf,
  type StripeCustomerPush,
  type StripeFieldsTouched,
  stripeFieldsOf,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import { repairStripeCustomerJob, repairStripeCustomerLaterJob, syncCustomerJob } from '../customers/customer-jobs.js';
import { repairedLater } from '../customers/unanswered-update.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { nothingToDo } from '../jobs/run-job.js';
import { commitRow } from '../store/commit.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { customersTable, findCustomer } from '../store/customers.js';
import { fetchStripeFields, updateStripeCustomer } from '../stripe/customers.js';
import type { StripeFailure } from '../stripe/gateway.js';

/**
 * Makes good what an update did that was never answered and arrived after a newer one: in what it wrote, Stripe is to hold
 * what stands here. First it takes its place among the writes, so that none of them comes between the look and the repair.
 */
export const repairStripeCustomer: JobHandler = async (context, job) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  const twin = job.payload.providerCustomerId;
  if (customer === null || customer.deletedAt !== null || customer.providerCustomerId !== twin) return nothingToDo();
  const touched = job.payload.touched as StripeFieldsTouched;
  if (job.key === null) return done(new Changes().enqueue(repairStripeCustomerJob(context, customer, touched)));
  const connected = await connectionForJob(context, job, customer.connectionId);
  if (!connected.ok) return connected.error;
  const result = await repair(context, job, { customer, twin: String(twin), touched, connected: connected.value });
  // The attempt before was cut off with its process, perhaps in the middle of a call of its own.
  if (job.lapses === 0 || result.kind !== 'done') return result;
  return done(new Changes().add(result.changes).enqueue(repairStripeCustomerLaterJob(context, customer, touched)));
};

const done = (changes: Changes): JobResult => ({ kind: 'done', changes });

const digestOf = (push: StripeCustomerPush): string =>
  createHash('sha256').update(JSON.stringify(push)).digest('hex').slice(0, 16);

interface Repair {
  readonly customer: Customer;
  readonly twin: string;
  readonly touched: StripeFieldsTouched;
  readonly connected: ConnectionWithAccess;
}

async function repair(context: Context, job: Job, of: Repair): Promise<JobResult> {
  const { twin, touched, connected } = of;
  const standing = await fetchStripeFields(context.stripe, connected.access, twin);
  if (!standing.ok) return notNow(context, job, { of, failure: standing.error });
  if (standing.value === 'deleted') return done(new Changes().enqueue(syncCustomerJob(context, of.customer)));
  const push = repairOf(stripeFieldsOf(of.customer), standing.value, touched);
  if (push === null) return nothingToDo();
  const customer = await written(context, of.customer, push);
  const pushed = await updateStripeCustomer(context.stripe, connected.access, {
    id: twin,
    push,
    // What is sent follows from what stands at Stripe, and is another thing after a revival: the key says which.
    idempotencyKey: `tollbridge ${job.id} ${job.attempts} ${customer.version} ${digestOf(push)}`,
  });
  if (pushed.ok) return nothingToDo();
  const result = notNow(context, job, { of, failure: pushed.error });
  return repairedLater(context, result, { customer, push, failure: pushed.error });
}

/**
 * What is about to be sent, written down before it is: it may hold a change that no update has sent yet, and when that is taken back
 * before one does, Stripe must be told so. It stays until the next update, which sends it once more. Throws VersionConflict when
 * somebody was faster.
 */
async function written(context: Context, customer: Customer, push: StripeCustomerPush): Promise<Customer> {
  const { providerPushed } = customer;
  if (providerPushed === null) return customer;
  const row = providerPushBegun(customer, providerPushed, push);
  return commitRow(context.db, customersTable, { row, machineNow: context.clock.machineNow() });
}

function notNow(
  context: Context,
  job: Job,
  { of, failure }: { readonly of: Repair; readonly failure: StripeFailure },
): JobResult {
  if (failure.kind === 'missing') return done(new Changes().enqueue(syncCustomerJob(context, of.customer)));
  const passing = passingResult(context, job, { failure, connected: of.connected });
  return passing ?? { kind: 'give_up', error: providerErrorOf(failure) };
}
