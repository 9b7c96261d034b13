import type { Instant } from '../time/instant.js';
import type { Payment } from './payment.js';

/** The page stands, and the payer can go there. */
export function openSession(
  payment: Payment,
  session: { readonly stripeId: string; readonly url: string | null; readonly expiresAt: Instant },
): Payment {
  return {
    ...payment,
    status: 'awaiting_payer',
    stripeSessionId: session.stripeId,
    sessionUrl: session.url,
    sessionExpiresAt: session.expiresAt,
  };
}
