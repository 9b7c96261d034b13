import type { ProblemKind } from '../problem.js';
import { API_KEY_PROBLEMS } from './api-keys.js';
import { CONNECTION_PROBLEMS } from './connections.js';
import { CUSTOMER_PROBLEMS } from './customers.js';
import { ENVIRONMENT_PROBLEMS } from './environments.js';
import { GENERAL_PROBLEMS } from './general.js';
import { INVOICE_PROBLEMS } from './invoices.js';
import { LEGAL_ENTITY_PROBLEMS } from './legal-entities.js';
import { PAYMENT_PROBLEMS } from './payments.js';
import { REFUND_PROBLEMS } from './refunds.js';
import { STRIPE_EVENT_PROBLEMS } from './stripe-events.js';
import { WEBHOOK_PROBLEMS } from './webhooks.js';

/** All refusals there are, by code. */
export const PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  ...GENERAL_PROBLEMS,
  ...API_KEY_PROBLEMS,
  ...CONNECTION_PROBLEMS,
  ...STRIPE_EVENT_PROBLEMS,
  ...CUSTOMER_PROBLEMS,
  ...ENVIRONMENT_PROBLEMS,
  ...REFUND_PROBLEMS,
  ...INVOICE_PROBLEMS,
  ...LEGAL_ENTITY_PROBLEMS,
  ...PAYMENT_PROBLEMS,
  ...WEBHOOK_PROBLEMS,
};
