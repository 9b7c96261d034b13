import type { Instant } from '../time/instant.js';
import type { ProviderError } from './customer.js';

/** A page of Stripe's on which a customer leaves a payment method for later. */
export interface SetupSession {
  readonly environmentId: string;
  readonly id: string;
  readonly customerId: string;
  readonly connectionId: string;
  readonly status: 'creating' | 'open' | 'complete' | 'failed';
  readonly returnUrl: string;
  readonly cancelUrl: string | null;
  readonly stripeSessionId: string | null;
  readonly url: string | null;
  /** Stripe takes nothing on the page after this. */
  readonly expiresAt: Instant | null;
  /** The method that was left, by Stripe's id. */
  readonly stripePaymentMethodId: string | null;
  readonly error: ProviderError | null;
  /** Counts the idempotency keys under which the page is made. */
  readonly generation: number;
  readonly version: number;
  readonly createdAt: Instant;
}
