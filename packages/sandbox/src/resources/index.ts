import type { Resource } from '../operation.js';
import { challengePageResource } from '../pages/challenge-page.js';
import { checkoutPageResource } from '../pages/checkout-page.js';
import { invoicePageResource } from '../pages/invoice-page.js';
import { oauthPageResource } from '../pages/oauth-page.js';
import { onboardingPageResource } from '../pages/onboarding-page.js';
import { portalSessionsResource } from '../portal/portal-sessions.js';
import { subscriptionItemsResource } from '../subscriptions/subscription-items.js';
import { subscriptionsResource } from '../subscriptions/subscriptions.js';
import { accountResource } from './account.js';
import { accountLinksResource } from './account-links.js';
import { balanceTransactionsResource } from './balance-transactions.js';
import { chargesResource } from './charges.js';
import { checkoutSessionsResource } from './checkout-sessions.js';
import { coreAccountsResource } from './core-accounts.js';
import { couponsResource } from './coupons.js';
import { creditNotesResource } from './credit-notes.js';
import { customerBalanceTransactionsResource } from './customer-balance-transactions.js';
import { customerDiscountsResource } from './customer-discounts.js';
import { customersResource } from './customers.js';
import { disputesResource } from './disputes.js';
import { eventDestinationsResource } from './event-destinations.js';
import { eventsResource } from './events.js';
import { invoiceItemsResource } from './invoice-items.js';
import { invoiceLinesResource } from './invoice-lines.js';
import { invoicePaymentsResource } from './invoice-payments.js';
import { invoicePreviewResource } from './invoice-preview.js';
import { invoicesResource } from './invoices.js';
import { metersResource } from './meters.js';
import { oauthResource } from './oauth.js';
import { paymentIntentsResource } from './payment-intents.js';
import { paymentMethodsResource } from './payment-methods.js';
import { paymentPagesResource } from './payment-pages.js';
import { portalConfigurationsResource } from './portal-configurations.js';
import { pricesResource } from './prices.js';
import { productsResource } from './products.js';
import { promotionCodesResource } from './promotion-codes.js';
import { refundsResource } from './refunds.js';
import { setupIntentsResource } from './setup-intents.js';
import { stripeCliResource } from './stripe-cli.js';
import { taxIdsResource } from './tax-ids.js';
import { taxRatesResource } from './tax-rates.js';
import { testClocksResource } from './test-clocks.js';
import { thinEventsResource } from './thin-events.js';
import { webhookEndpointsResource } from './webhook-endpoints.js';

/** Every noun the sandbox serves. One line here makes a resource part of it. */
export const resources: readonly Resource[] = [
  accountResource,
  accountLinksResource,
  balanceTransactionsResource,
  chargesResource,
  oauthResource,
  paymentIntentsResource,
  checkoutSessionsResource,
  coreAccountsResource,
  couponsResource,
  creditNotesResource,
  customerBalanceTransactionsResource,
  customerDiscountsResource,
  customersResource,
  disputesResource,
  eventDestinationsResource,
  eventsResource,
  thinEventsResource,
  invoiceItemsResource,
  invoiceLinesResource,
  invoicePaymentsResource,
  invoicePreviewResource,
  invoicesResource,
  metersResource,
  paymentMethodsResource,
  paymentPagesResource,
  portalConfigurationsResource,
  portalSessionsResource,
  pricesResource,
  productsResource,
  promotionCodesResource,
  refundsResource,
  setupIntentsResource,
  taxIdsResource,
  taxRatesResource,
  testClocksResource,
  subscriptionItemsResource,
  subscriptionsResource,
  stripeCliResource,
  webhookEndpointsResource,
  challengePageResource,
  checkoutPageResource,
  onboardingPageResource,
  oauthPageResource,
  invoicePageResource,
];
