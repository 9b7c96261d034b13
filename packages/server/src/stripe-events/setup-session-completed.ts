import { type SetupSession, STAMP_ENVIRONMENT } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { stripeActor } from '../customers/customer-changes.js';
import { setDefaultMethodJob } from '../customers/customer-jobs.js';
import { findCustomer } from '../store/customers.js';
import { findSetupSession, findSetupSessionByStripeId, setupSessionsTable } from '../store/setup-sessions.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { fetchSetupOutcome, STAMP_SETUP_SESSION } from '../stripe/setup-sessions.js';
import type { StripeEvent, StripeEventHandler } from '../stripe-event-handlers.js';

/** A payer left a payment method on our page: it becomes his default in Stripe, and what waits is collected by it. */
export const setupSessionCompleted: StripeEventHandler = async (context, event) => {
  const { environmentId, connection, access, objectId } = event;
  const session = objectId === null ? null : await findSession(context, event, objectId);
  if (session === null || objectId === null) return { kind: 'foreign' };
  if (session.status === 'complete') return { kind: 'applied', changes: new Changes() };
  const customer = await findCustomer(context.db, environmentId, session.customerId);
  if (customer === null || access === null)
    return { kind: 'later', code: 'connection_disconnected', message: 'the connection to Stripe has no keys' };
  const ticket = await takeTicket(context.db, environmentId, connection.id, objectId);
  const outcome = await fetchSetupOutcome(context.stripe, access, objectId);
  if (!outcome.ok)
    return { kind: 'later', code: outcome.error.code ?? outcome.error.kind, message: outcome.error.message };
  const { status, stripePaymentMethodId } = outcome.value;
  if (status !== 'complete') return { kind: 'applied', changes: new Changes() };
  const complete: SetupSession = { ...session, status: 'complete', stripeSessionId: objectId, stripePaymentMethodId };
  const changes = applyTicket(new Changes(), ticket).update(setupSessionsTable, complete);
  changes.note({
    environmentId,
    id: context.newId('auditEntry'),
    actor: stripeActor(connection.id),
    action: 'setup_session.completed',
    objectKind: 'setupSession',
    objectId: session.id,
    before: { status: session.status },
    after: { status: complete.status, provider_payment_method_id: stripePaymentMethodId },
  });
  if (stripePaymentMethodId !== null)
    changes.enqueue(setDefaultMethodJob(context, customer, { stripePaymentMethodId, causeId: session.id }));
  return { kind: 'applied', changes };
};

/** By Stripe's id; or by our stamp, where the page was used before we had written down that it exists. */
async function findSession(
  context: Context,
  event: StripeEvent,
  stripeSessionId: string,
): Promise<SetupSession | null> {
  const { environmentId, connection } = event;
  const reference = { environmentId, connectionId: connection.id, stripeSessionId };
  const known = await findSetupSessionByStripeId(context.db, reference);
  if (known !== null) return known;
  const stamps = (event.object.metadata ?? {}) as Readonly<Record<string, string>>;
  const id = stamps[STAMP_SETUP_SESSION];
  if (id === undefined || stamps[STAMP_ENVIRONMENT] !== environmentId) return null;
  const stamped = await findSetupSession(context.db, environmentId, id);
  return stamped?.status === 'creating' && stamped.connectionId === connection.id ? stamped : null;
}
