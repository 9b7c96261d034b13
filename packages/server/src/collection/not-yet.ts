import type { StripeFailure } from '../stripe/gateway.js';

/** Nothing failed, and nothing can be done now: in the shape of a failure that passes. */
export const notYet = (code: string, message: string): StripeFailure => ({
  kind: 'conflict',
  status: null,
  code,
  declineCode: null,
  adviceCode: null,
  message,
  param: null,
  requestId: null,
  replayed: false,
  paymentIntent: null,
  setupIntent: null,
});
