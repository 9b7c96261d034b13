import type { JobBurials, JobHandlers } from '../jobs/handlers.js';
import { applyStripeEvent, buryStripeEvent } from './apply-stripe-event.js';
import { carryOutPaymentEffect } from './carry-out-payment.js';
import { checkConnection } from './check-connection.js';
import { collectCustomer } from './collect-customer.js';
import { collectInvoice } from './collect-invoice.js';
import { createStripeCustomerEffect } from './create-stripe-customer.js';
import { createStripeRefundEffect } from './create-stripe-refund.js';
import { deleteStripeCustomerEffect } from './delete-stripe-customer.js';
import { deleteStripeEndpoint } from './delete-stripe-endpoint.js';
import { deliverWebhook } from './deliver-webhook.js';
import { detachPaymentMethodEffect } from './detach-payment-method.js';
import { ensureWebhookEndpoint } from './ensure-webhook-endpoint.js';
import { eraseCustomerTraces } from './erase-customer-traces.js';
import { openSetupSession } from './open-setup-session.js';
import { pollStripeEventsEffect } from './poll-stripe-events.js';
import { postBalanceTransactions } from './post-balance-transactions.js';
import { refundPayment } from './refund-payment.js';
import { releaseStripeCustomer } from './release-stripe-customer.js';
import { replaceWebhookEndpoint } from './replace-webhook-endpoint.js';
import { setDefaultPaymentMethod } from './set-default-payment-method.js';
import { syncCustomerFromStripe } from './sync-customer-from-stripe.js';
import { updateStripeCustomerEffect } from './update-stripe-customer.js';
import { updateStripeEndpoint } from './update-stripe-endpoint.js';
import { withdrawPayment } from './withdraw-payment.js';

/** Who does which kind of work: job kind → handler. */
export const JOB_HANDLERS: JobHandlers = new Map([
  ['apply_stripe_event', applyStripeEvent],
  ['check_connection', checkConnection],
  ['carry_out_payment', carryOutPaymentEffect],
  ['collect_customer', collectCustomer],
  ['collect_invoice', collectInvoice],
  ['create_stripe_customer', createStripeCustomerEffect],
  ['create_stripe_refund', createStripeRefundEffect],
  ['delete_stripe_customer', deleteStripeCustomerEffect],
  ['detach_payment_method', detachPaymentMethodEffect],
  ['delete_webhook_endpoint', deleteStripeEndpoint],
  ['replace_webhook_endpoint', replaceWebhookEndpoint],
  ['ensure_webhook_endpoint', ensureWebhookEndpoint],
  ['erase_customer_traces', eraseCustomerTraces],
  ['open_setup_session', openSetupSession],
  ['poll_stripe_events', pollStripeEventsEffect],
  ['post_balance_transactions', postBalanceTransactions],
  ['refund_payment', refundPayment],
  ['release_stripe_customer', releaseStripeCustomer],
  ['set_default_payment_method', setDefaultPaymentMethod],
  ['sync_customer_from_stripe', syncCustomerFromStripe],
  ['update_webhook_endpoint', updateStripeEndpoint],
  ['update_stripe_customer', updateStripeCustomerEffect],
  ['withdraw_payment', withdrawPayment],
  ['deliver_webhook', deliverWebhook],
]);

/** Whose end is more than a dead letter when no attempt ever came to one: job kind → what is written then. */
export const JOB_BURIALS: JobBurials = new Map([['apply_stripe_event', buryStripeEvent]]);
