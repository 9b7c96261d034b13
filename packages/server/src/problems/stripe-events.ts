import type { ProblemKind } from '../problem.js';

/** Refusals about what Stripe tells us. */
export const STRIPE_EVENT_PROBLEMS = {
  signature_invalid: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The signature is missing, wrong or too old. Nothing was stored.',
  },
  stripe_event_malformed: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The body is signed but is no event of Stripe. Nothing was stored.',
  },
  stripe_event_pending: { status: 409, type: 'conflict', meaning: 'The event still waits for its turn.' },
} as const satisfies Record<string, ProblemKind>;
