import type { StripeEventHandlers } from '../stripe-event-handlers.js';
import { accountApplicationDeauthorized } from './account-application-deauthorized.js';
import { accountUpdated } from './account-updated.js';
import { checkoutSessionCompleted } from './checkout-session-completed.js';
import { customerChanged, paymentMethodChanged } from './customer-changed.js';
import { disputeChanged } from './dispute-changed.js';
import { paymentIntentChanged } from './payment-intent-changed.js';
import { paymentSessionChanged } from './payment-session-changed.js';
import { refundChanged } from './refund-changed.js';

export type {
  StripeEvent,
  StripeEventEntry,
  StripeEventHandler,
  StripeEventResult,
} from '../stripe-event-handlers.js';

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
  'checkout.session.async_payment_failed': {
    handler: paymentSessionChanged,
    why: 'A slow way to pay, chosen on a page of Stripe, brought nothing.',
  },
  'checkout.session.async_payment_succeeded': {
    handler: paymentSessionChanged,
    why: 'A slow way to pay, chosen on a page of Stripe, brought the money.',
  },
  'checkout.session.expired': { handler: paymentSessionChanged, why: 'A page ran out: another attempt may be made.' },
  'customer.deleted': { handler: customerChanged, why: 'The twin is gone: nothing can be collected from it any more.' },
  'customer.updated': { handler: customerChanged, why: 'The default payment method follows Stripe.' },
  'payment_intent.amount_capturable_updated': {
    handler: paymentIntentChanged,
    why: 'Somebody holds the money of an attempt instead of taking it.',
  },
  'payment_intent.canceled': {
    handler: paymentIntentChanged,
    why: 'An attempt was withdrawn and holds its invoice no more.',
  },
  'payment_intent.payment_failed': { handler: paymentIntentChanged, why: 'An attempt failed, perhaps days later.' },
  'payment_intent.processing': { handler: paymentIntentChanged, why: 'The bank takes its time over an attempt.' },
  'payment_intent.requires_action': { handler: paymentIntentChanged, why: 'The payer must prove who he is.' },
  'payment_intent.succeeded': { handler: paymentIntentChanged, why: 'An attempt brought the money.' },
  'payment_method.attached': { handler: paymentMethodChanged, why: 'A new way to pay may collect what is pending.' },
  'payment_method.automatically_updated': {
    handler: paymentMethodChanged,
    why: 'The card network told Stripe a new number or expiry.',
  },
  'payment_method.detached': { handler: paymentMethodChanged, why: 'A removed card must not be charged.' },
  'payment_method.updated': { handler: paymentMethodChanged, why: 'The expiry of a card may have changed.' },
  'charge.dispute.closed': { handler: disputeChanged, why: 'A contest was decided.' },
  'charge.dispute.created': { handler: disputeChanged, why: 'A payer contests a payment; his collection stops.' },
  'charge.dispute.funds_reinstated': { handler: disputeChanged, why: 'Contested money came back.' },
  'charge.dispute.funds_withdrawn': { handler: disputeChanged, why: 'Contested money was taken out.' },
  'charge.dispute.updated': { handler: disputeChanged, why: 'A contest went a step on.' },
  'charge.refund.updated': { handler: refundChanged, why: 'The older name under which a refund of a charge changes.' },
  'refund.created': { handler: refundChanged, why: 'Somebody gave money back, here or at Stripe.' },
  'refund.failed': { handler: refundChanged, why: 'Money that was to go back is with us again.' },
  'refund.updated': { handler: refundChanged, why: 'A pending refund went through, or was withdrawn.' },
  'v2.core.account.closed': { handler: accountUpdated, why: 'An account that our platform made was closed.' },
  'v2.core.account[configuration.merchant].capability_status_updated': {
    handler: accountUpdated,
    why: 'An account that our platform made may take card payments, or may not any more.',
  },
  'v2.core.account[requirements].updated': {
    handler: accountUpdated,
    why: 'Stripe wants details about an account that our platform made, or has got them.',
  },
  'setup_intent.succeeded': { handler: paymentMethodChanged, why: 'A payer saved a payment method.' },
};
