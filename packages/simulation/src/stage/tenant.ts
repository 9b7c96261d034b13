import type { StripeAccount } from './stripe-account.js';

/** One environment that lives in the world, with what its people hold. */
export interface Tenant {
  readonly name: string;
  readonly environmentId: string;
  readonly secretKey: string;
  /** Where its host application listens. */
  readonly hostUrl: string;
  /** The accounts at Stripe that its operator may connect: the first one is, from the beginning. */
  readonly accounts: readonly StripeAccount[];
}
