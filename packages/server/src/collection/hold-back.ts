import { cancelAttempt, closeAttempt, type Instant, lastLook, type NotAnyMore, type Payment } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { callsEndInMilliseconds } from '../connections/late-calls.js';
import { findCustomer } from '../store/customers.js';
import { paymentsTable } from '../store/payments.js';
import { applyTicket } from '../store/stripe-tickets.js';
import { findMadeIntent, isUntried } from './ask-stripe.js';
import { changesOfAttempt, changesOfIntent } from './attempt-outcome.js';
import { findMadePage } from './find-made-page.js';
import { type LoadedPayment, timesOf } from './load-collection.js';
import { lookAtIntent, NOT_TRIED } from './look-at-intent.js';
import { notYet } from './not-yet.js';
import type { CarriedOut, Step } from './payment-step.js';

/**
 * The last look (INV-7): an attempt that must not be made any more is not sent, not even again. What was sent before is
 * first given time to end; then Stripe is asked what came of it, and what stands there and could bring money is withdrawn.
 * Null when the call may be made.
 */
export async function holdBack(step: Step): Promise<CarriedOut | null> {
  const { context, loaded, found } = step;
  const { payment, invoice } = loaded;
  const customer = await findCustomer(context.db, payment.environmentId, payment.customerId);
  const why = lastLook({ invoice, payment, customer, connection: found.connection });
  if (why === null) return payment.heldBackAt === null ? null : held(payment, null);
  const now = context.clock.machineNow();
  if (payment.heldBackAt === null) return held(payment, now);
  const delayMilliseconds = callsEndInMilliseconds(payment.heldBackAt, now);
  return delayMilliseconds > 0 ? waits(why, delayMilliseconds) : endUnmade(step);
}

const held = (payment: Payment, heldBackAt: Instant | null): CarriedOut => ({
  kind: 'again',
  changes: new Changes().update(paymentsTable, { ...payment, heldBackAt }),
});

const waits = (why: NotAnyMore, delayMilliseconds: number): CarriedOut => ({
  kind: 'later',
  failure: notYet(
    'payment_held_back',
    `The attempt must not be made any more (${why}); an earlier call may still end.`,
  ),
  shown: why,
  delayMilliseconds,
});

async function endUnmade(step: Step): Promise<CarriedOut> {
  const { payment } = step.loaded;
  if (payment.stripePaymentIntentId !== null) return endUnconfirmed(step);
  if (payment.kind === 'hosted') return endUnmadePage(step);
  const search = await findMadeIntent(step);
  if (search.kind === 'none') return closed(step);
  if (search.kind !== 'made') return search;
  const { adopted, seen } = search;
  if (isUntried(seen)) return withdrawn(step, adopted);
  return { kind: 'decided', changes: await changesOfIntent(step.context, adopted, { seen, seenBy: 'answer' }) };
}

async function endUnconfirmed(step: Step): Promise<CarriedOut> {
  const looked = await lookAtIntent(step);
  if (looked.kind !== 'seen') return looked;
  const { seen, ticket } = looked;
  if (NOT_TRIED.has(seen.status)) return withdrawn(step, step.loaded);
  const changes = await changesOfIntent(step.context, step.loaded, { seen, seenBy: 'answer' });
  return { kind: 'decided', changes: applyTicket(changes, ticket) };
}

async function endUnmadePage(step: Step): Promise<CarriedOut> {
  const search = await findMadePage(step);
  if (search.kind === 'none') return closed(step);
  return search.kind === 'made' ? withdrawn(step, search.adopted) : search;
}

/** Stripe never heard of it: the invoice is free for whatever may be done now. */
async function closed({ context, loaded }: Step): Promise<CarriedOut> {
  const { now } = await timesOf(context, loaded.payment.environmentId);
  const decision = closeAttempt(loaded.invoice, loaded.payment, now);
  return { kind: 'again', changes: await changesOfAttempt(context, loaded, decision) };
}

async function withdrawn({ context, loaded }: Step, { invoice, payment }: LoadedPayment): Promise<CarriedOut> {
  const times = await timesOf(context, payment.environmentId);
  return { kind: 'again', changes: await changesOfAttempt(context, loaded, cancelAttempt(invoice, payment, times)) };
}
