import { instantOf, MILLISECONDS_PER_SECOND, openSession, type Payment } from '@tollbridge/core';
import { searchFloorSeconds } from '../connections/search-floor.js';
import { findPaymentSessionOf, type StripeSession } from '../stripe/payment-sessions.js';
import type { LoadedPayment } from './load-collection.js';
import { type CarriedOut, type Step, unanswered } from './payment-step.js';

export interface MadePage {
  readonly kind: 'made';
  readonly session: StripeSession;
  /** The attempt, which knows its page by now. */
  readonly adopted: LoadedPayment;
}

/** Looks for the page of an attempt whose making was never answered. `none`: Stripe never heard of it. */
export async function findMadePage(step: Step): Promise<MadePage | { readonly kind: 'none' } | CarriedOut> {
  const { context, loaded, found } = step;
  const { payment } = loaded;
  // Without a customer nothing was sent.
  if (payment.stripeCustomerId === null) return { kind: 'none' };
  const notBeforeSeconds = searchFloorSeconds(payment.searchFromAt);
  const search = await findPaymentSessionOf(context.stripe, found.access, { payment, notBeforeSeconds });
  if (!search.ok) return unanswered(step, search.error);
  if (search.value === null) return { kind: 'none' };
  return { kind: 'made', session: search.value, adopted: { ...loaded, payment: opened(payment, search.value) } };
}

/** A page that is over has no address any more. */
export const opened = (payment: Payment, session: StripeSession): Payment =>
  openSession(payment, {
    stripeId: session.id,
    url: session.url ?? null,
    expiresAt: instantOf(session.expires_at * MILLISECONDS_PER_SECOND),
  });
