import {
  begun,
  type Customer,
  type CustomerDecision,
  invariant,
  isPushNeeded,
  MILLISECONDS_PER_HOUR,
  type ProviderError,
  providerCreated,
  providerFailed,
  providerSettled,
  providerUnknown,
} from '@tollbridge/core';
import { Changes, type JobError } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { callsEndInMilliseconds, mayStillArrive } from '../connections/late-calls.js';
import { searchFloorSeconds } from '../connections/search-floor.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import { addCustomerChange, SYSTEM_ACTOR } from '../customers/customer-changes.js';
import { collectCustomerJob, updateStripeCustomerJob } from '../customers/customer-jobs.js';
import type { JobBurial, JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { commitRow } from '../store/commit.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { customersTable, findCustomer } from '../store/customers.js';
import { createStripeCustomer, findStampedCustomer } from '../stripe/customers.js';
import type { StripeFailure } from '../stripe/gateway.js';

/**
 * Stripe forgets an idempotency key after a day at the earliest; a little before that the key proves nothing any more
 * (https://docs.stripe.com/api/idempotent_requests).
 */
const KEY_TRUSTED_MILLISECONDS = 23 * MILLISECONDS_PER_HOUR;

/**
 * Makes a customer in Stripe, once (CUS-3, CUS-5). Every try sends the same request under the same key, made from our row,
 * so a crash between Stripe's answer and our commit changes nothing. Where the key can no longer be trusted we look for
 * our stamps among Stripe's customers, and only when they are nowhere take a new key.
 */
export const createStripeCustomerEffect: JobHandler = async (context, job) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  if (customer === null || customer.providerBegunAt === null || customer.providerCustomerId !== null)
    return nothingToDo();
  const found = await connectionForJob(context, job, customer.connectionId);
  if (!found.ok) return found.error;
  const making: Making = { customer, connected: found.value };
  if (customer.deletedAt !== null) return settleDeleted(context, job, making);
  const age = context.clock.machineNow() - customer.providerBegunAt;
  const isSpent = customer.providerKeySpentAt !== null || age >= KEY_TRUSTED_MILLISECONDS;
  if (isSpent) return resolveByAsking(context, job, making);
  invariant(customer.providerPushed !== null, 'a creation that was begun knows what it sends');
  const calling = await beginCall(context, making);
  const created = await createStripeCustomer(context.stripe, found.value.access, {
    fields: customer.providerPushed,
    idempotencyKey: `tollbridge ${customer.id} customer ${customer.providerGeneration}`,
  });
  if (created.ok) return done(context, calling.customer, providerCreated(calling.customer, created.value.id));
  if (isKeySpent(created.error)) return resolveByAsking(context, job, calling);
  return resultOfFailure(context, job, { making: calling, failure: created.error });
};

interface Making {
  readonly customer: Customer;
  readonly connected: ConnectionWithAccess;
}

interface Calling extends Making {
  /** Nothing was sent under the key before: what refuses this call, refuses to make him. */
  readonly isFirst: boolean;
}

/** Writes down that something is sent under the present key, before it is. Throws VersionConflict when somebody was faster. */
async function beginCall(context: Context, making: Making): Promise<Calling> {
  const { customer } = making;
  if (customer.providerKeySentAt !== null) return { ...making, isFirst: false };
  const machineNow = context.clock.machineNow();
  const row: Customer = { ...customer, providerKeySentAt: machineNow };
  return { ...making, customer: await commitRow(context.db, customersTable, { row, machineNow }), isFirst: true };
}

/**
 * He was deleted before it was known whether Stripe has made him. He is not made now; if he was, his twin is known from now
 * on, so that it can be deleted or is named among what remains (CUS-7).
 */
async function settleDeleted(context: Context, job: Job, making: Making): Promise<JobResult> {
  const { customer } = making;
  const waiting = untilCallsEnded(context, customer);
  if (waiting !== null) return waiting;
  const found = await findTwin(context, making);
  if (!found.ok) return lookAgain(context, job, { making, failure: found.error });
  if (found.value === 'unknown') return failed(context, job, TOO_MANY);
  const providerCustomerId = found.value === 'none' ? null : found.value.id;
  const settled = providerSettled(customer, providerCustomerId);
  return { kind: 'done', changes: new Changes().update(customersTable, settled) };
}

/** Stripe would give the same error for this key for ever, and it says nothing about whether the customer exists. */
const isKeySpent = (failure: StripeFailure): boolean =>
  failure.kind === 'idempotency_mismatch' || (failure.kind === 'server_error' && failure.replayed);

async function resolveByAsking(context: Context, job: Job, making: Making): Promise<JobResult> {
  const { customer } = making;
  const waiting = untilCallsEnded(context, customer);
  if (waiting !== null) return waiting;
  const found = await findTwin(context, making);
  if (!found.ok) return lookAgain(context, job, { making, failure: found.error });
  if (found.value === 'unknown') return failed(context, job, TOO_MANY);
  if (found.value !== 'none') return done(context, customer, providerCreated(customer, found.value.id));
  const renewed = begun(customer, await timesOf(context, customer.environmentId));
  return {
    kind: 'later',
    delayMilliseconds: 0,
    error: { code: 'stripe_key_spent', message: 'the customer is nowhere in Stripe; a new idempotency key is taken' },
    changes: new Changes().update(customersTable, renewed),
  };
}

/** Nothing is sent under the key any more, and what was sent may still end; null when it has (`connections/late-calls.ts`). */
function untilCallsEnded(context: Context, customer: Customer): JobResult | null {
  const now = context.clock.machineNow();
  const delayMilliseconds = callsEndInMilliseconds(customer.providerKeySpentAt ?? now, now);
  if (delayMilliseconds === 0) return null;
  const changes = new Changes();
  if (customer.providerKeySpentAt === null) changes.update(customersTable, { ...customer, providerKeySpentAt: now });
  return { kind: 'later', delayMilliseconds, error: CALLS_MAY_END, uncounted: true, changes };
}

const CALLS_MAY_END: JobError = {
  code: 'customer_calls_under_way',
  message: 'an earlier call may still end; then Stripe is asked about it',
};

async function findTwin(context: Context, { customer, connected }: Making) {
  const { environmentId, id: customerId } = customer;
  const notBeforeSeconds = searchFloorSeconds(customer.providerSearchFromAt);
  return findStampedCustomer(context.stripe, connected.access, { environmentId, customerId, notBeforeSeconds });
}

const TOO_MANY = { code: 'stripe_customer_unknown', message: 'too many customers to look through' };

async function resultOfFailure(
  context: Context,
  job: Job,
  { making, failure }: { readonly making: Calling; readonly failure: StripeFailure },
): Promise<JobResult> {
  const { customer, connected } = making;
  const passing = passingResult(context, job, { failure, connected });
  if (passing !== null) return passing;
  if (mayStillArrive(making, failure)) return resolveByAsking(context, job, making);
  return done(context, customer, providerFailed(customer, providerErrorOf(failure)));
}

/**
 * Stripe did not say whether it has him. Whatever it refuses is the look and not the making: nothing is decided, he shows
 * the reason, and Stripe is asked again. The connection's card says what the key may not do.
 */
function lookAgain(
  context: Context,
  job: Job,
  { making, failure }: { readonly making: Making; readonly failure: StripeFailure },
): JobResult {
  const { customer, connected } = making;
  const passing = passingResult(context, job, { failure, connected });
  if (passing !== null) return passing;
  const error = providerErrorOf(failure);
  const result = failed(context, job, { code: error.code, message: error.message });
  if (result.kind !== 'later') return result;
  const changes = new Changes().enqueue(checkConnectionJob(context, connected.connection));
  if (customer.providerError === null && customer.deletedAt === null) addUnknown(context, changes, { customer, error });
  return { ...result, changes };
}

/**
 * Nobody hears of a dead letter by himself: the host is told, and the next write of the customer, or his deletion, takes it
 * up again under the key that it had. Whether Stripe made him is left open.
 */
export const buryCustomerCreation: JobBurial = async (context, job, error) => {
  const customer = await findCustomer(context.db, job.environmentId, String(job.payload.customerId));
  const isUnderWay = customer !== null && customer.providerBegunAt !== null && customer.providerCustomerId === null;
  const changes = new Changes();
  if (isUnderWay) addUnknown(context, changes, { customer, error: { ...error, requestId: null } });
  return { kind: 'dead_letter', changes };
};

function addUnknown(
  context: Context,
  changes: Changes,
  { customer, error }: { readonly customer: Customer; readonly error: ProviderError },
): Changes {
  const cause = { actor: SYSTEM_ACTOR, before: customer };
  const { customer: unknown, events } = providerUnknown(customer, error);
  return addCustomerChange(context, changes, { customer: unknown, write: 'update', events, cause });
}

function done(context: Context, before: Customer, { customer, events }: CustomerDecision): JobResult {
  const cause = { actor: SYSTEM_ACTOR, before };
  const changes = addCustomerChange(context, new Changes(), { customer, write: 'update', events, cause });
  // He was written to while Stripe was busy making him.
  if (isPushNeeded(customer)) changes.enqueue(updateStripeCustomerJob(context, customer, 'bulk'));
  // What waited because he was in Stripe under no name can go on, if only to its reason.
  if (customer.providerCustomerId !== null) changes.enqueue(collectCustomerJob(context, customer));
  return { kind: 'done', changes };
}
