import { err, ok, type Payment, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { changesOfIntent } from '../collection/attempt-outcome.js';
import { completedPage } from '../collection/completed-page.js';
import { loadPayment } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { applyTicket, type StripeTicket, takeTicket } from '../store/stripe-tickets.js';
import { intentFromStripe, retrievePaymentIntent } from '../stripe/payment-intents.js';
import { intentOfSession, retrievePaymentSession } from '../stripe/payment-sessions.js';

/** Only what the payer may have ended meanwhile is worth a look: everything else is told by Stripe in time. */
const LOOKED_AT: ReadonlySet<Payment['status']> = new Set(['awaiting_payer', 'requires_action']);

/**
 * Looks at Stripe for what became of an attempt whose payer has just come back from there, which can be before the event
 * that tells it. A look that fails changes nothing: the event comes.
 */
export function lookAtPayment(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, { decide: () => decide(context, command, id) });
}

async function decide(context: Context, command: Command, id: string): Promise<Result<Decision, Problem>> {
  const loaded = await loadPayment(context, command.environment.id, id);
  if (loaded === null) return err(problem('not_found', 'There is no such payment.'));
  const looked = LOOKED_AT.has(loaded.payment.status) ? await look(context, loaded.payment) : null;
  const changes =
    looked === null
      ? new Changes()
      : applyTicket(
          await changesOfIntent(context, looked.isPage ? completedPage(loaded, looked.seen) : loaded, {
            seen: looked.seen,
            seenBy: 'look',
          }),
          looked.ticket,
        );
  return ok({ changes, audit: [], outcome: { answer: { status: 200, body: { object: 'payment', id } } } });
}

async function look(context: Context, payment: Payment) {
  const { environmentId, connectionId, stripePaymentIntentId, stripeSessionId } = payment;
  const stripeId = stripePaymentIntentId ?? stripeSessionId;
  if (connectionId === null || stripeId === null) return null;
  const found = await findConnectionWithAccess(context, environmentId, connectionId);
  if (found === null) return null;
  const ticket: StripeTicket = await takeTicket(context.db, environmentId, connectionId, stripeId);
  if (stripePaymentIntentId !== null) {
    const fetched = await retrievePaymentIntent(context.stripe, found.access, stripePaymentIntentId);
    const seen = fetched.ok ? intentFromStripe(fetched.value) : null;
    return seen === null ? null : { seen, ticket, isPage: false };
  }
  const session = await retrievePaymentSession(context.stripe, found.access, stripeId);
  const seen = session.ok && session.value.status === 'complete' ? intentOfSession(session.value) : null;
  return seen === null ? null : { seen, ticket, isPage: true };
}
