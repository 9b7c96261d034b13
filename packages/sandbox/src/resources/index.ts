import type { Resource } from '../operation.js';
import { challengePageResource } from '../pages/challenge-page.js';
import { checkoutPageResource } from '../pages/checkout-page.js';
import { invoicePageResource } from '../pages/invoice-page.js';
import { oauthPageResource } from '../pages/oauth-page.js';
import { onboardingPageResource } from '../pages/onboarding-page.js';
import { portalConfigurationsResource } from '../portal/portal-configurations.js';
import { portalSessionsResource } from '../portal/portal-sessions.js';
import { subscriptionItemsResource } from '../subscriptions/subscription-items.js';
import { subscriptionsResource } from '../subscriptions/subscriptions.js';
import { accountResource } from './accounts/account.js';
import { accountLinksResource } from './accounts/account-links.js';
import { coreAccountsResource } from './accounts/core-accounts.js';
import { oauthResource } from './accounts/oauth.js';
import { balanceTransactionsResource } from './balance/balance-transactions.js';
import { cashBalancesResource } from './cash-balance/cash-balances.js';
import { chargesResource } from './charges/charges.js';
import { disputesResource } from './charges/disputes.js';
import { refundsResource } from './charges/refunds.js';
import { checkoutSessionsResource } from './checkout/checkout-sessions.js';
import { paymentPagesResource } from './checkout/payment-pages.js';
import { creditNotesResource } from './credit-notes/credit-notes.js';
import { customerBalanceTransactionsResource } from './customers/customer-balance-transactions.js';
import { customerDiscountsResource } from './customers/customer-discounts.js';
import { customersResource } from './customers/customers.js';
import { taxIdsResource } from './customers/tax-ids.js';
import { couponsResource } from './discounts/coupons.js';
import { promotionCodesResource } from './discounts/promotion-codes.js';
import { eventDestinationsResource } from './events/event-destinations.js';
import { eventsResource } from './events/events.js';
import { stripeCliResource } from './events/stripe-cli.js';
import { thinEventsResource } from './events/thin-events.js';
import { webhookEndpointsResource } from './events/webhook-endpoints.js';
import { invoiceItemsResource } from './invoice-items/invoice-items.js';
import { invoiceLinesResource } from './invoices/invoice-lines.js';
import { invoicePaymentsResource } from './invoices/invoice-payments.js';
import { invoicePreviewResource } from './invoices/invoice-preview.js';
import { invoicesResource } from './invoices/invoices.js';
import { metersResource } from './meters/meters.js';
import { paymentIntentsResource } from './payment-intents/payment-intents.js';
import { paymentMethodsResource } from './payment-methods/payment-methods.js';
import { pricesResource } from './products/prices.js';
import { productsResource } from './products/products.js';
import { taxRatesResource } from './products/tax-rates.js';
import { setupIntentsResource } from './setup-intents/setup-intents.js';
import { sourcesResource } from './sources/sources.js';
import { testClocksResource } from './test-clocks/test-clocks.js';

/** Every noun the sandbox serves. One line here makes a resource part of it. */
export const resources: readonly Resource[] = [
  accountResource,
  accountLinksResource,
  balanceTransactionsResource,
  cashBalancesResource,
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
  sourcesResource,
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
