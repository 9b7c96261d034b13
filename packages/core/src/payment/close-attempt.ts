import type { Invoice } from '../invoice/invoice.js';
import type { Instant } from '../time/instant.js';
import { type AttemptDecision, withdrawalEvents, withdrawnFrom } from './attempt.js';
import { type Payment, paymentEvent } from './payment.js';

/**
 * Nothing at Stripe can bring money for the attempt any more, and it has failed at nothing: its page is closed, or it was
 * never made there. The invoice stands as it did before. Said twice, it changes nothing.
 *
 * Errors: none.
 */
export function closeAttempt(invoice: Invoice, payment: Payment, now: Instant): AttemptDecision {
  if (payment.status === 'succeeded' || payment.status === 'canceled') return { invoice, payment, events: [] };
  const canceled: Payment = { ...payment, status: 'canceled', nextAction: null, canceledAt: now };
  const events = [paymentEvent(canceled, 'payment.canceled')];
  if (invoice.openPaymentId !== payment.id) return { invoice, payment: canceled, events };
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  const freed = isOpen ? withdrawnFrom(invoice) : { ...invoice, openPaymentId: null };
  return { invoice: freed, payment: canceled, events: [...events, ...withdrawalEvents(invoice, freed)] };
}
