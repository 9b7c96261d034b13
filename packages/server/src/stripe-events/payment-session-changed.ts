import { closeAttempt } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { changesOfAttempt, changesOfIntent } from '../collection/attempt-outcome.js';
import { completedPage } from '../collection/completed-page.js';
import { type LoadedPayment, timesOf, withInvoice } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { findPayment, findPaymentByStripeSession } from '../store/payments.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { intentOfSession, retrievePaymentSession, type StripeSession } from '../stripe/payment-sessions.js';
import type { StripeEvent, StripeEventHandler } from '../stripe-event-handlers.js';

/** A page on which an invoice is paid was completed or ran out: it is fetched as it stands now, and its attempt follows. */
export const paymentSessionChanged: StripeEventHandler = async (context, event) => {
  const { environmentId, connection, access, objectId } = event;
  if (objectId === null) return { kind: 'foreign' };
  // Read before the fetch: whatever is written about it meanwhile makes this commit fail, and it is looked at anew.
  const loaded = await ourPayment(context, event);
  if (loaded === null) return { kind: 'foreign' };
  if (access === null) return { kind: 'later', code: 'connection_disconnected', message: 'the connection has no keys' };
  const ticket = await takeTicket(context.db, environmentId, connection.id, objectId);
  const fetched = await retrievePaymentSession(context.stripe, access, objectId);
  if (!fetched.ok)
    return { kind: 'later', code: fetched.error.code ?? fetched.error.kind, message: fetched.error.message };
  const changes = await changesOfSession(context, loaded, fetched.value);
  return { kind: 'applied', changes: applyTicket(changes, ticket) };
};

async function changesOfSession(context: Context, loaded: LoadedPayment, session: StripeSession): Promise<Changes> {
  const { invoice } = loaded;
  // Where its making was never answered, the attempt learns of its page from the page's own stamp.
  const payment = { ...loaded.payment, stripeSessionId: session.id };
  if (session.status === 'expired') {
    const { now } = await timesOf(context, invoice.environmentId);
    return changesOfAttempt(context, loaded, closeAttempt(invoice, payment, now));
  }
  const seen = intentOfSession(session);
  if (seen === null || session.status !== 'complete') return new Changes();
  return changesOfIntent(context, completedPage({ invoice, payment }, seen), { seen, seenBy: 'look' });
}

async function ourPayment(context: Context, event: StripeEvent): Promise<LoadedPayment | null> {
  const { environmentId, connection, objectId } = event;
  if (objectId === null || event.object.mode !== 'payment') return null;
  const known = await findPaymentByStripeSession(context.db, environmentId, {
    connectionId: connection.id,
    stripeId: objectId,
  });
  if (known !== null) return withInvoice(context, known);
  const stamp = (event.object.metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (stamp.tollbridge_environment !== environmentId || typeof stamp.tollbridge_payment !== 'string') return null;
  const stamped = await findPayment(context.db, environmentId, stamp.tollbridge_payment);
  const isOurs = stamped?.connectionId === connection.id && stamped.stripeSessionId === null;
  return stamped !== null && isOurs ? withInvoice(context, stamped) : null;
}
