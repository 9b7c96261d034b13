import type { JobKind } from '../changes.js';
import type { JobBurial, JobBurials, JobHandler, JobHandlers } from '../jobs/handlers.js';
import { applyStripeEvent, buryStripeEvent } from './apply-stripe-event.js';
import { carryOutPaymentEffect } from './carry-out-payment.js';
import { checkConnection } from './check-connection.js';
import { collectCustomer } from './collect-customer.js';
import { collectInvoice } from './collect-invoice.js';
import { buryAccountCreation, createStripeAccount } from './create-stripe-account.js';
import { buryCustomerCreation, createStripeCustomerEffect } from './create-stripe-customer.js';
import { createStripeRefundEffect } from './create-stripe-refund.js';
import { buryCustomerDeletion, deleteStripeCustomerEffect } from './delete-stripe-customer.js';
import { deleteStripeEndpoint } from './delete-stripe-endpoint.js';
import { buryDelivery, deliverWebhook } from './deliver-webhook.js';
import { detachPaymentMethodEffect } from './detach-payment-method.js';
import { buryEndOfConnection, endConnection } from './end-connection.js';
import { ensureWebhookEndpoint } from './ensure-webhook-endpoint.js';
import { eraseCustomerTraces } from './erase-customer-traces.js';
import { burySetupSession, openSetupSession } from './open-setup-session.js';
import { pollStripeEventsEffect } from './poll-stripe-events.js';
import { postBalanceTransactions } from './post-balance-transactions.js';
import { refundPayment } from './refund-payment.js';
import { releaseStripeCustomer } from './release-stripe-customer.js';
import { repairStripeCustomer } from './repair-stripe-customer.js';
import { replaceWebhookEndpoint } from './replace-webhook-endpoint.js';
import { rereadObjects } from './reread-objects.js';
import { seeToPlatform } from './see-to-platform.js';
import { setDefaultPaymentMethod } from './set-default-payment-method.js';
import { syncCustomerFromStripe } from './sync-customer-from-stripe.js';
import { buryCustomerUpdate, updateStripeCustomerEffect } from './update-stripe-customer.js';
import { updateStripeEndpoint } from './update-stripe-endpoint.js';
import { withdrawPayment } from './withdraw-payment.js';

interface Work {
  readonly does: JobHandler;
  /** What its burial writes beside the dead letter; null where no object of ours stands in a middle state because of it. */
  readonly bury: JobBurial | null;
  /** What goes on after a burial, besides by whoever puts the dead letter back to work: nothing stays stuck unseen. */
  readonly after: string;
}

/** Who does each kind of work, and what becomes of it when it gave up. A kind without its row does not compile. */
const WORK: Readonly<Record<JobKind, Work>> = {
  apply_stripe_event: {
    does: applyStripeEvent,
    bury: buryStripeEvent,
    after: 'The event is dead in the inbox, where it is seen and replayed.',
  },
  carry_out_payment: {
    does: carryOutPaymentEffect,
    bury: null,
    after:
      'The attempt stays unanswered, since money may have moved; `collect-due-invoices` takes it up within a minute.',
  },
  check_connection: {
    does: checkConnection,
    bury: null,
    after: '`check_connections` looks again every day, and whoever asks for it at once.',
  },
  collect_customer: {
    does: collectCustomer,
    bury: null,
    after: '`collect-due-invoices` takes up what is pending; what failed was told, and waits for his next way to pay.',
  },
  collect_invoice: {
    does: collectInvoice,
    bury: null,
    after: '`collect-due-invoices` takes up what is pending or unanswered within a minute.',
  },
  create_stripe_account: {
    does: createStripeAccount,
    bury: buryAccountCreation,
    after: 'The card says that the account was not made; whoever opens the account link has it tried again.',
  },
  create_stripe_customer: {
    does: createStripeCustomerEffect,
    bury: buryCustomerCreation,
    after: 'The host is told why; the next write of the customer goes on with it, his deletion asks what came of it.',
  },
  create_stripe_refund: {
    does: createStripeRefundEffect,
    bury: null,
    after:
      'The refund stays pending, since money may have gone; `resume-money-work` puts it back to work after an hour.',
  },
  delete_stripe_customer: {
    does: deleteStripeCustomerEffect,
    bury: buryCustomerDeletion,
    after: 'The host is told that he may still be there; deleting him again goes on with it.',
  },
  delete_webhook_endpoint: {
    does: deleteStripeEndpoint,
    bury: null,
    after: 'It stands at Stripe unused; it is listed as a stray one, and the next try at making one clears it away.',
  },
  deliver_webhook: {
    does: deliverWebhook,
    bury: buryDelivery,
    after: 'The delivery has failed, as after its last try, and is sent again by hand.',
  },
  detach_payment_method: {
    does: detachPaymentMethodEffect,
    bury: null,
    after: 'The method stays as it is at Stripe; removing it again goes on with it.',
  },
  end_connection: {
    does: endConnection,
    bury: buryEndOfConnection,
    after: 'The keys are erased; our endpoint stays at Stripe, which the card says.',
  },
  ensure_webhook_endpoint: {
    does: ensureWebhookEndpoint,
    bury: null,
    after: 'Polling brings the events; the next check of the connection has it made.',
  },
  erase_customer_traces: {
    does: eraseCustomerTraces,
    bury: null,
    after: 'The dead letter alone goes on with it: it names the twin, which an erased customer does not.',
  },
  open_setup_session: {
    does: openSetupSession,
    bury: burySetupSession,
    after: 'The session has failed and says so; another one is asked for.',
  },
  poll_stripe_events: {
    does: pollStripeEventsEffect,
    bury: null,
    after: 'The next interval polls again from the same cursor.',
  },
  post_balance_transactions: {
    does: postBalanceTransactions,
    bury: null,
    after: 'The next tick reads on from the same cursor.',
  },
  refund_payment: {
    does: refundPayment,
    bury: null,
    after: 'What was paid too much is still owed; `resume-money-work` puts it back to work after an hour.',
  },
  release_stripe_customer: {
    does: releaseStripeCustomer,
    bury: null,
    after:
      'Our stamps stay on a customer at Stripe whom nobody here is linked to: the dead letter alone takes them off.',
  },
  repair_stripe_customer: {
    does: repairStripeCustomer,
    bury: null,
    after:
      'Stripe may hold what was sent before; the dead letter alone goes on with it, or his next write of the same.',
  },
  replace_webhook_endpoint: {
    does: replaceWebhookEndpoint,
    bury: null,
    after: 'The endpoint and its secret stay in use; rotating again clears away what was half made.',
  },
  reread_objects: {
    does: rereadObjects,
    bury: null,
    after: 'The gap stays open on the card; the end of the next poll has it gone on with.',
  },
  see_to_platform: {
    does: seeToPlatform,
    bury: null,
    after: 'Events are polled, and `check_connections` has it seen to again every day.',
  },
  set_default_payment_method: {
    does: setDefaultPaymentMethod,
    bury: null,
    after: 'The default stays what it is at Stripe; choosing again goes on with it.',
  },
  sync_customer_from_stripe: {
    does: syncCustomerFromStripe,
    bury: null,
    after: 'The next event about him looks again.',
  },
  update_stripe_customer: {
    does: updateStripeCustomerEffect,
    bury: buryCustomerUpdate,
    after: 'The host is told that Stripe holds older data; his next write sends what is missing.',
  },
  update_webhook_endpoint: {
    does: updateStripeEndpoint,
    bury: null,
    after: 'Polling brings what it does not send; the next check of the connection puts it right.',
  },
  withdraw_payment: {
    does: withdrawPayment,
    bury: null,
    after:
      'The attempt stays as it is, since it may have paid; `resume-money-work` puts it back to work after an hour.',
  },
};

const KINDS = Object.entries(WORK);

/** Job kind → handler. */
export const JOB_HANDLERS: JobHandlers = new Map(KINDS.map(([kind, { does }]) => [kind, does]));

/** Job kind → what is written when it gave up. */
export const JOB_BURIALS: JobBurials = new Map(
  KINDS.flatMap(([kind, { bury }]) => (bury === null ? [] : [[kind, bury]])),
);
