import type { Routes } from '../typed-app.js';
import { apiKeysRoutes } from './api-keys.js';
import { auditEntriesRoutes } from './audit-entries.js';
import { connectionActionsRoutes } from './connection-actions.js';
import { connectionsRoutes } from './connections.js';
import { consentPagesRoutes } from './consent-pages.js';
import { creditNotesRoutes } from './credit-notes.js';
import { customersRoutes } from './customers.js';
import { deadLettersRoutes } from './dead-letters.js';
import { disputesRoutes } from './disputes.js';
import { environmentsRoutes } from './environments.js';
import { errorsPageRoutes } from './errors-page.js';
import { eventsRoutes } from './events.js';
import { healthRoutes } from './health.js';
import { invoiceActsRoutes } from './invoice-acts.js';
import { invoicesRoutes } from './invoices.js';
import { ledgerRoutes } from './ledger.js';
import { legalEntitiesRoutes } from './legal-entities.js';
import { offlinePaymentsRoutes } from './offline-payments.js';
import { payPageRoutes } from './pay-page.js';
import { paymentMethodsRoutes } from './payment-methods.js';
import { paymentsRoutes } from './payments.js';
import { refundsRoutes } from './refunds.js';
import { returnPagesRoutes } from './return-pages.js';
import { strayEndpointsRoutes } from './stray-endpoints.js';
import { stripeEventsRoutes } from './stripe-events.js';
import { stripeWebhooksRoutes } from './stripe-webhooks.js';
import { webhookDeliveriesRoutes } from './webhook-deliveries.js';
import { webhookEndpointsRoutes } from './webhook-endpoints.js';

/** All routes, by noun. */
export const ROUTES: readonly Routes[] = [
  creditNotesRoutes,
  customersRoutes,
  paymentMethodsRoutes,
  healthRoutes,
  apiKeysRoutes,
  auditEntriesRoutes,
  connectionActionsRoutes,
  connectionsRoutes,
  deadLettersRoutes,
  disputesRoutes,
  environmentsRoutes,
  errorsPageRoutes,
  eventsRoutes,
  strayEndpointsRoutes,
  stripeEventsRoutes,
  invoicesRoutes,
  invoiceActsRoutes,
  legalEntitiesRoutes,
  payPageRoutes,
  consentPagesRoutes,
  returnPagesRoutes,
  offlinePaymentsRoutes,
  paymentsRoutes,
  stripeWebhooksRoutes,
  ledgerRoutes,
  refundsRoutes,
  webhookDeliveriesRoutes,
  webhookEndpointsRoutes,
];
