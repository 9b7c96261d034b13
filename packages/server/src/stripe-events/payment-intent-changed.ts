import { changesOfIntent } from '../collection/attempt-outcome.js';
import { type LoadedPayment, withInvoice } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { findPayment, findPaymentByStripeIntent } from '../store/payments.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { intentFromStripe, retrievePaymentIntent } from '../stripe/payment-intents.js';
import type { StripeEvent, StripeEventHandler } from '../stripe-event-handlers.js';

/** Something happened to an intent: it is fetched as it stands now, and its attempt follows. */
export const paymentIntentChanged: StripeEventHandler = async (context, event) => {
  const { environmentId, connection, access, objectId } = event;
  if (objectId === null) return { kind: 'foreign' };
  // Read before the fetch: whatever is written about it meanwhile makes this commit fail, and it is looked at anew.
  const loaded = await ourPayment(context, event);
  if (loaded === null) return { kind: 'foreign' };
  if (access === null) return { kind: 'later', code: 'connection_disconnected', message: 'the connection has no keys' };
  const ticket = await takeTicket(context.db, environmentId, connection.id, objectId);
  const fetched = await retrievePaymentIntent(context.stripe, access, objectId);
  if (!fetched.ok)
    return { kind: 'later', code: fetched.error.code ?? fetched.error.kind, message: fetched.error.message };
  const seen = intentFromStripe(fetched.value);
  if (seen === null) return { kind: 'foreign' };
  const changes = await changesOfIntent(context, loaded, { seen, seenBy: 'look' });
  return { kind: 'applied', changes: applyTicket(changes, ticket) };
};

/** The attempt by Stripe's id of it, or by the stamp on it, which also names the environment: others share the account. */
async function ourPayment(context: Context, event: StripeEvent): Promise<LoadedPayment | null> {
  const { environmentId, connection, objectId } = event;
  if (objectId === null) return null;
  const known = await findPaymentByStripeIntent(context.db, environmentId, {
    connectionId: connection.id,
    stripeId: objectId,
  });
  if (known !== null) return withInvoice(context, known);
  const stamp = (event.object.metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (stamp.tollbridge_environment !== environmentId || typeof stamp.tollbridge_payment !== 'string') return null;
  const stamped = await findPayment(context.db, environmentId, stamp.tollbridge_payment);
  const isOurs = stamped?.connectionId === connection.id && isFree(stamped.stripePaymentIntentId, objectId);
  return stamped !== null && isOurs ? withInvoice(context, stamped) : null;
}

/** A stamp that somebody copied onto another intent does not make it ours. */
const isFree = (known: string | null, seen: string): boolean => known === null || known === seen;
