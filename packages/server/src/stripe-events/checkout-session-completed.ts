import type { StripeEventHandler } from '../stripe-event-handlers.js';
import { paymentSessionChanged } from './payment-session-changed.js';
import { setupSessionCompleted } from './setup-session-completed.js';

/** What a completed page was for decides who looks at it. */
const HANDLER_BY_MODE: Readonly<Record<string, StripeEventHandler>> = {
  payment: paymentSessionChanged,
  setup: setupSessionCompleted,
};

/** A payer came to the end of one of Stripe's pages. */
export const checkoutSessionCompleted: StripeEventHandler = async (context, event) => {
  const handler = HANDLER_BY_MODE[String(event.object.mode)];
  return handler === undefined ? { kind: 'foreign' } : handler(context, event);
};
