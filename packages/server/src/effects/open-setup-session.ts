import {
  type Customer,
  type ProviderError,
  type SetupSession,
  STAMP_CUSTOMER,
  STAMP_ENVIRONMENT,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import { syncCustomerJob } from '../customers/customer-jobs.js';
import type { JobBurial, JobHandler, JobResult } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomer } from '../store/customers.js';
import { findSetupSession, setupSessionsTable } from '../store/setup-sessions.js';
import { createSetupPage, STAMP_SETUP_SESSION } from '../stripe/setup-sessions.js';

/** Opens the page on which a customer leaves a payment method. His twin was made by the job before this one. */
export const openSetupSession: JobHandler = async (context, job) => {
  const session = await findSetupSession(context.db, job.environmentId, String(job.payload.setupSessionId));
  if (session === null || session.status !== 'creating') return nothingToDo();
  const customer = await findCustomer(context.db, job.environmentId, session.customerId);
  if (customer === null || customer.providerCustomerId === null)
    return failedWith(session, customer?.providerError ?? NOT_IN_STRIPE);
  const connected = await connectionForJob(context, job, session.connectionId);
  if (!connected.ok) return connected.error;
  const page = await createSetupPage(context.stripe, connected.value.access, {
    stripeCustomerId: customer.providerCustomerId,
    currency: customer.currency,
    returnUrl: session.returnUrl,
    cancelUrl: session.cancelUrl,
    metadata: stampsOf(customer, session),
    idempotencyKey: `tollbridge ${session.id} page ${session.generation}`,
  });
  if (page.ok)
    return {
      kind: 'done',
      changes: new Changes().update(setupSessionsTable, { ...session, ...page.value, status: 'open' }),
    };
  const failure = page.error;
  // His currency was changed between two tries: under the old key Stripe refuses the page as it is to be now.
  const isKeySpent = failure.kind === 'idempotency_mismatch' || (failure.kind === 'server_error' && failure.replayed);
  if (isKeySpent) return withNewKey(session);
  const passing = passingResult(context, job, { failure, connected: connected.value });
  if (passing !== null) return passing;
  const result = failedWith(session, providerErrorOf(failure));
  // What Stripe does not find is most likely the customer: somebody deleted him there.
  if (failure.kind === 'missing') result.changes.enqueue(syncCustomerJob(context, customer));
  return result;
};

/** Whoever was to be sent to the page is told to ask for another; a page that Stripe made all the same, nobody is sent to. */
export const burySetupSession: JobBurial = async (context, job) => {
  const session = await findSetupSession(context.db, job.environmentId, String(job.payload.setupSessionId));
  const changes = new Changes();
  if (session?.status === 'creating') changes.update(setupSessionsTable, failed(session, NOT_OPENED));
  return { kind: 'dead_letter', changes };
};

const NOT_OPENED: ProviderError = {
  code: 'setup_session_not_opened',
  message: 'The page could not be opened at Stripe. Ask for another one.',
  requestId: null,
};

const NOT_IN_STRIPE: ProviderError = {
  code: 'customer_not_linked',
  message: 'The customer could not be made in Stripe.',
  requestId: null,
};

const stampsOf = (customer: Customer, session: SetupSession): Record<string, string> => ({
  [STAMP_ENVIRONMENT]: session.environmentId,
  [STAMP_CUSTOMER]: customer.id,
  [STAMP_SETUP_SESSION]: session.id,
});

function failedWith(session: SetupSession, error: ProviderError): JobResult & { readonly kind: 'done' } {
  return { kind: 'done', changes: new Changes().update(setupSessionsTable, failed(session, error)) };
}

const failed = (session: SetupSession, error: ProviderError): SetupSession => ({ ...session, status: 'failed', error });

/**
 * Stripe would give the same failure for ever. Unlike elsewhere nothing is waited for or asked about before another key is
 * taken, nor after a day, when Stripe forgets one: what an earlier call may still bring is a second page for the same
 * twin, who was made by another job. Its address was in the answer that got lost, so nobody can leave anything on it, no
 * money moves by it, and it runs out by itself within a day (https://docs.stripe.com/api/checkout/sessions/object).
 */
function withNewKey(session: SetupSession): JobResult {
  return {
    kind: 'later',
    delayMilliseconds: 0,
    error: { code: 'stripe_key_spent', message: 'the key brings nothing any more; a new one is taken' },
    changes: new Changes().update(setupSessionsTable, { ...session, generation: session.generation + 1 }),
  };
}
