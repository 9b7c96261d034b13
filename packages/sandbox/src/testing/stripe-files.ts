/**
 * The files of contract tests that run against Stripe: at least one test of each speaks the API alone, and the others say
 * what they do that Stripe lets nobody do. Every file that asks a sandbox over HTTP is here or in one of the lists below,
 * which test/at-stripe.test.ts holds, by trying all of them.
 */
export const filesForStripe: readonly string[] = [
  'src/api-params.test.ts',
  'src/contract/older-requests.test.ts',
  'src/pages/checkout-page.test.ts',
  'src/pages/checkout-promotion.test.ts',
  'src/portal/portal-configurations.test.ts',
  'src/portal/portal-flow.test.ts',
  'src/portal/portal-page.test.ts',
  'src/resources/charges/refunds.test.ts',
  'src/resources/credit-notes/credit-notes.test.ts',
  'src/resources/customers/customer-balance.test.ts',
  'src/resources/customers/tax-ids.test.ts',
  'src/resources/discounts/coupons.test.ts',
  'src/resources/invoice-items/invoice-items.test.ts',
  'src/resources/invoices/invoice-amounts.test.ts',
  'src/resources/invoices/invoice-collect.test.ts',
  'src/resources/invoices/invoices.test.ts',
  'src/resources/largest-amounts.test.ts',
  'src/resources/payment-intents/amount-details.test.ts',
  'src/resources/payment-intents/method-types-by-version.test.ts',
  'src/resources/payment-intents/payment-amounts.test.ts',
  'src/resources/payment-intents/payment-intents.test.ts',
  'src/resources/payment-methods/card-options.test.ts',
  'src/resources/payment-methods/payment-methods.test.ts',
  'src/resources/products/prices.test.ts',
  'src/resources/test-clocks/test-clocks.test.ts',
  'src/subscriptions/create-subscription.test.ts',
  'src/subscriptions/pause-subscription.test.ts',
  'src/subscriptions/pending-update.test.ts',
  'src/subscriptions/proration-credits.test.ts',
  'src/subscriptions/renewal-amounts.test.ts',
  'src/subscriptions/resume-subscription.test.ts',
  'src/subscriptions/subscription-cycle.test.ts',
  'src/subscriptions/subscription-limits.test.ts',
  'src/subscriptions/subscription-preview.test.ts',
  'src/subscriptions/trial-end.test.ts',
  'src/subscriptions/update-subscription.test.ts',
  'src/subscriptions/usage-billing.test.ts',
  'test/behaviours-idempotency.test.ts',
  'test/behaviours-listed-events.test.ts',
  'test/behaviours-requests.test.ts',
  'test/behaviours-version-2.test.ts',
  'test/billing-cases.test.ts',
  'test/core-accounts-reach.test.ts',
  'test/core-accounts.test.ts',
  'test/expand.test.ts',
  'test/limits.test.ts',
  'test/search.test.ts',
  'test/unserved-parameters.test.ts',
];

const pages = 'opens a hosted page, which at Stripe is for people';
const webhooks = 'has webhooks sent to this machine';

/** Those none of whose tests Stripe lets run, with what all of them do. */
export const leftOffAtStripe: Readonly<Record<string, string>> = {
  'src/pages/invoice-page.test.ts': pages,
  'src/pages/onboarding-page.test.ts': pages,
  'src/portal/portal-login.test.ts': pages,
  'src/resources/balance/balance-transactions.test.ts': 'needs an account in which nothing happened',
  'src/resources/charges/direct-charges.test.ts':
    'needs an account that may still charge card tokens without an intent',
  'src/resources/meters/meters.test.ts': "moves the account's clock",
  'src/subscriptions/checkout-subscription.test.ts': pages,
  'test/behaviours-deliveries.test.ts': webhooks,
  'test/behaviours-events.test.ts': webhooks,
  'test/connected-accounts.test.ts': webhooks,
  'test/keys.test.ts': 'needs keys of other kinds',
  'test/oauth.test.ts': pages,
  'test/thin-events.test.ts': webhooks,
};

/** Those that are about what Stripe has nothing of, with what it is. */
export const aboutTheSandbox: Readonly<Record<string, string>> = {
  'src/contract/response-check.test.ts': 'the check of answers itself',
  'test/at-stripe.test.ts': 'the switch that sends tests to Stripe',
  'test/dashboard.test.ts': "the sandbox's dashboard",
  'test/fault-effects.test.ts': 'faults that are asked for',
  'test/faults-and-restart.test.ts': 'faults that are asked for, and the journal',
  'test/foreign-requests.test.ts': 'pages of other origins',
  'test/garbage/bytes.test.ts': 'what is no request at all',
  'test/inspector.test.ts': "the sandbox's inspector",
  'test/stripe-cli.test.ts': "the CLI, whose webhooks end at a sandbox's door",
};
