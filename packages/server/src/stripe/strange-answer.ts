import type { StripeFailure } from './gateway.js';

/**
 * An answer that is none of Stripe's, for example a proxy's page: the SDK takes any JSON without an error for success.
 * Nothing is known then, as with no answer at all.
 */
export const strangeAnswer = (expected: string): StripeFailure => ({
  kind: 'unreachable',
  status: null,
  code: null,
  declineCode: null,
  adviceCode: null,
  message: `The answer was not ${expected} of Stripe's.`,
  param: null,
  requestId: null,
  replayed: false,
  paymentIntent: null,
  setupIntent: null,
});
