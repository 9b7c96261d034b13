import type { Invoice } from '../invoice/invoice.js';
import type { Instant } from '../time/instant.js';
import { withdrawalEvents, withdrawnFrom } from './apply-payment-intent.js';
import type { AttemptDecision } from './attempt.js';
import { type Payment, paymentEvent } from './payment.js';

/** The page stands, and the payer can go there. */
export function openSession(
  payment: Payment,
  session: { readonly stripeId: string; readonly url: string; readonly expiresAt: Instant },
): Payment {
  return {
    ...payment,
    status: 'awaiting_payer',
    stripeSessionId: session.stripeId,
    sessionUrl: session.url,
    sessionExpiresAt: session.expiresAt,
  };
}

/** The page is closed and can bring no money: the invoice stands as it did before. Said twice, it changes nothing. */
export function closeSession(invoice: Invoice, payment: Payment, now: Instant): AttemptDecision {
  if (payment.status === 'succeeded' || payment.status === 'canceled') return { invoice, payment, events: [] };
  const canceled: Payment = { ...payment, status: 'canceled', nextAction: null, canceledAt: now };
  const events = [paymentEvent(canceled, 'payment.canceled')];
  if (invoice.openPaymentId !== payment.id) return { invoice, payment: canceled, events };
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  const freed = isOpen ? withdrawnFrom(invoice) : { ...invoice, openPaymentId: null };
  return { invoice: freed, payment: canceled, events: [...events, ...withdrawalEvents(invoice, freed)] };
}
