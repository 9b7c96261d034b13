/**
 * The files of contract tests that run against Stripe: they speak the API alone, or say where they steer. Most others are about
 * webhooks to this machine, pages of the sandbox, its clock or its faults. Not made ready yet, though they speak the API
 * alone, are the billing cases and the files about pauses, previews, pending updates, credit notes, balances and tax ids:
 * they ask for a test clock again and again without a pause, which Stripe's limits would refuse.
 */
export const filesForStripe: readonly string[] = [
  'src/resources/balance/balance-transactions.test.ts',
  'src/resources/invoices/invoice-amounts.test.ts',
  'src/resources/invoice-items/invoice-items.test.ts',
  'src/resources/invoices/invoices.test.ts',
  'src/resources/payment-intents/method-types-by-version.test.ts',
  'src/resources/payment-intents/payment-amounts.test.ts',
  'src/resources/payment-intents/payment-intents.test.ts',
  'src/resources/payment-methods/payment-methods.test.ts',
  'src/resources/products/prices.test.ts',
  'src/resources/charges/refunds.test.ts',
  'src/subscriptions/create-subscription.test.ts',
  'src/subscriptions/subscription-cycle.test.ts',
  'src/subscriptions/trial-end.test.ts',
  'src/subscriptions/update-subscription.test.ts',
  'test/behaviours-idempotency.test.ts',
  'test/behaviours-requests.test.ts',
  'test/expand.test.ts',
];
