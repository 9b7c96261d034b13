import type { ProblemKind } from '../problem.js';

/** Refusals about customers, their twins in Stripe and their payment methods (CUS). */
export const CUSTOMER_PROBLEMS = {
  customer_connection_fixed: {
    status: 409,
    type: 'conflict',
    meaning: 'A customer who is linked moves to another connection only with the id of his twin there.',
  },
  customer_creation_under_way: {
    status: 409,
    type: 'conflict',
    meaning: 'The customer is being made in Stripe at this moment; his link can be changed when that is known.',
  },
  customer_deleted: {
    status: 409,
    type: 'conflict',
    meaning: 'The customer was deleted and can no longer be changed.',
  },
  customer_has_open_invoices: {
    status: 409,
    type: 'conflict',
    meaning: 'Invoices of the customer are still open; say that they may stay, or close them first.',
  },
  customer_not_linked: {
    status: 409,
    type: 'conflict',
    meaning: 'The customer has no twin in Stripe, so nothing can be done there for him.',
  },
  payment_method_detached: {
    status: 409,
    type: 'conflict',
    meaning: 'The payment method was removed; Stripe never attaches one again.',
  },
  payment_provider_not_connected: {
    status: 409,
    type: 'conflict',
    meaning: 'Stripe is asked for, and the environment has no such connection to Stripe.',
  },
  provider_customer_deleted: {
    status: 409,
    type: 'conflict',
    meaning: 'The customer named in Stripe was deleted there.',
  },
  provider_customer_linked_already: {
    status: 409,
    type: 'conflict',
    meaning: 'Another customer is linked to this customer of Stripe; two cannot share one.',
  },
  provider_customer_missing: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The account in Stripe has no customer with this id, or only in its other mode.',
  },
  provider_customer_wrong_mode: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The customer in Stripe belongs to the other mode, test or live, than this environment.',
  },
} as const satisfies Record<string, ProblemKind>;
