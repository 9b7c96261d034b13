import type { ProblemKind } from '../problem.js';

export const PAYMENT_PROBLEMS = {
  payment_not_cancelable: {
    status: 409,
    type: 'conflict',
    meaning: 'The attempt has ended, or is at the bank, where it cannot be withdrawn.',
  },
  payment_not_releasable: {
    status: 409,
    type: 'conflict',
    meaning:
      'Only an attempt that holds an invoice while its connection to Stripe is lost is released; else it is cancelled.',
  },
  payment_not_waiting_for_payer: {
    status: 409,
    type: 'conflict',
    meaning: 'Only an attempt that requires an action can be confirmed by the payer.',
  },
  payment_session_refused: {
    status: 402,
    type: 'stripe',
    meaning: 'Stripe did not open a page for the payment; its reason is in the message.',
  },
  payment_under_way: {
    status: 409,
    type: 'conflict',
    meaning: 'An attempt at this invoice is under way; there is never a second one beside it.',
  },
  payment_not_possible: {
    status: 409,
    type: 'conflict',
    meaning: 'Nothing can be paid at Stripe now; details.reason says why, such as a customer without a twin there.',
  },
} as const satisfies Record<string, ProblemKind>;
