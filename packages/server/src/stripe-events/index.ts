import type { StripeEventHandlers } from '../stripe-event-handlers.js';
import { accountApplicationDeauthorized } from './account-application-deauthorized.js';
import { accountUpdated } from './account-updated.js';
import { checkoutSessionCompleted } from './checkout-session-completed.js';
import { customerChanged, paymentMethodChanged } from './customer-changed.js';
import { refundChanged } from './refund-changed.js';

export type { StripeEvent, StripeEventEntry, StripeEventHandler, StripeEventResult } from '../stripe-event-handlers.js';

/** Every event type of Stripe's that we act on. All others are kept and ignored (EVT-2). */
export const STRIPE_EVENT_HANDLERS: StripeEventHandlers = {
  'account.application.deauthorized': {
    handler: accountApplicationDeauthorized,
    why: 'The connection was cut inside Stripe: collection stops at once.',
  },
  'account.updated': { handler: accountUpdated, why: 'What the account may do, or must still tell Stripe, changed.' },
  'checkout.session.completed': {
    handler: checkoutSessionCompleted,
    why: 'A payer left a payment method or paid on a page of Stripe.',
  },
  'customer.deleted': { handler: customerChanged, why: 'The twin is gone: nothing can be collected from it any more.' },
  'customer.updated': { handler: customerChanged, why: 'The default payment method follows Stripe.' },
  'payment_method.attached': { handler: paymentMethodChanged, why: 'A new way to pay may collect what is pending.' },
  'payment_method.automatically_updated': {
    handler: paymentMethodChanged,
    why: 'The card network told Stripe a new number or expiry.',
  },
  'payment_method.detached': { handler: paymentMethodChanged, why: 'A removed card must not be charged.' },
  'payment_method.updated': { handler: paymentMethodChanged, why: 'The expiry of a card may have changed.' },
  'charge.refund.updated': { handler: refundChanged, why: 'The older name under which a refund of a charge changes.' },
  'refund.created': { handler: refundChanged, why: 'Somebody gave money back, here or at Stripe.' },
  'refund.failed': { handler: refundChanged, why: 'Money that was to go back is with us again.' },
  'refund.updated': { handler: refundChanged, why: 'A pending refund went through, or was withdrawn.' },
  'setup_intent.succeeded': { handler: paymentMethodChanged, why: 'A payer saved a payment method.' },
};
