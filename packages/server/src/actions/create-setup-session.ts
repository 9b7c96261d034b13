import { type Customer, invariant, ok, type Result, type SetupSession } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision, nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { openSetupSessionJob } from '../customers/customer-jobs.js';
import { connectionFor, livingCustomer } from '../customers/linked-customer.js';
import { addTwin } from '../customers/twin-for-checkout.js';
import { setupSessionToJson } from '../json/setup-session.js';
import { performJobs } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findSetupSession, setupSessionsTable } from '../store/setup-sessions.js';

export interface CreateSetupSessionInput {
  readonly customerId: string;
  readonly returnUrl: string;
  readonly cancelUrl: string | null;
}

/**
 * Opens a page of Stripe's on which the customer leaves a payment method (CUS-6). Whoever has no twin gets one first,
 * whatever the switch says: a checkout always has its Stripe customer (CUS-2).
 */
export function createSetupSession(
  context: Context,
  command: Command,
  input: CreateSetupSessionInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const customer = await livingCustomer(context, command, input.customerId);
      if (!customer.ok) return customer;
      const connection = await connectionFor(context, command, customer.value);
      if (!connection.ok) return connection;
      return ok(decisionOf(context, command, { customer: customer.value, connectionId: connection.value.id, input }));
    },
    resume: (resourceId) => openPage(context, command, resourceId),
  });
}

interface SessionParts {
  readonly customer: Customer;
  readonly connectionId: string;
  readonly input: CreateSetupSessionInput;
}

function decisionOf(context: Context, command: Command, { customer, connectionId, input }: SessionParts): Decision {
  const changes = new Changes();
  const session: SetupSession = {
    environmentId: customer.environmentId,
    id: context.newId('setupSession'),
    customerId: customer.id,
    connectionId,
    status: 'creating',
    returnUrl: input.returnUrl,
    cancelUrl: input.cancelUrl,
    stripeSessionId: null,
    url: null,
    expiresAt: null,
    stripePaymentMethodId: null,
    error: null,
    generation: 1,
    version: 1,
    createdAt: nowOf(context, command),
  };
  changes.insert(setupSessionsTable, session);
  // By a job that stands before the page's in the same key.
  const twinJobId = addTwin(context, changes, { customer, connectionId, now: session.createdAt });
  const pageJob = openSetupSessionJob(context, { ...customer, connectionId }, session.id);
  changes.enqueue(pageJob);
  const body = setupSessionToJson(session, session.createdAt);
  const entry = { action: 'setup_session.created', objectKind: 'setupSession', objectId: session.id };
  return {
    changes,
    audit: [{ ...entry, before: null, after: body }],
    outcome: { resumeWith: [session.id, pageJob.id, twinJobId ?? ''].join(' ') },
  };
}

async function openPage(context: Context, command: Command, resourceId: string): Promise<Result<Answer, Problem>> {
  const [sessionId = '', pageJobId = '', twinJobId = ''] = resourceId.split(' ');
  const environmentId = command.environment.id;
  const jobIds = twinJobId === '' ? [pageJobId] : [twinJobId, pageJobId];
  await performJobs(
    context,
    jobIds.map((jobId) => ({ environmentId, jobId, token: null })),
  );
  const session = await findSetupSession(context.db, environmentId, sessionId);
  invariant(session !== null, 'a page that was asked for is written down');
  if (session.status === 'failed')
    return {
      ok: false,
      error: problem('stripe_refused', `Stripe refused: ${session.error?.message ?? ''}`, {
        details: { code: session.error?.code, request_id: session.error?.requestId, setup_session_id: session.id },
      }),
    };
  const body = setupSessionToJson(session, nowOf(context, command));
  return ok({ status: session.status === 'creating' ? 202 : 201, body });
}
