import type { Pauses } from './patience.js';

/** Where tests run instead of a sandbox: Stripe, or on this machine something in its place. */
export interface StripeTarget {
  readonly key: string;
  readonly base: { readonly host: string; readonly port: number; readonly protocol: 'http' | 'https' };
  readonly pauses: Pauses;
}

const stripe = { host: 'api.stripe.com', port: 443, protocol: 'https' } as const;

/**
 * A sandbox account of Stripe takes 25 requests a second: https://docs.stripe.com/rate-limits. How long events are under way
 * and usage
 * are under way is not documented.
 */
const pausesAtStripe: Pauses = { betweenRequestsMs: 50, beforeEventsMs: 4000, afterUsageMs: 15_000 };
const noPauses: Pauses = { betweenRequestsMs: 0, beforeEventsMs: 0, afterUsageMs: 0 };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `STRIPE_TEST_KEY` asks for, null when it is not set. A key that is not one of test mode is refused here, before
 * anything is sent anywhere. `STRIPE_TEST_API_BASE` may name an address of this machine, to try the switch itself.
 */
export const stripeTarget = (environment: Environment): StripeTarget | null => {
  const key = environment.STRIPE_TEST_KEY ?? '';
  if (key === '') return null;
  if (!/^(sk|rk)_test_\w+$/.test(key)) {
    throw new Error(
      'STRIPE_TEST_KEY must be a key of test mode (sk_test_… or rk_test_…): tests make and delete things, and never with a live key.',
    );
  }
  const base = environment.STRIPE_TEST_API_BASE ?? '';
  return base === ''
    ? { key, base: stripe, pauses: pausesAtStripe }
    : { key, base: ownMachine(base), pauses: noPauses };
};

const ownMachine = (base: string): StripeTarget['base'] => {
  const { protocol, hostname, port } = new URL(base);
  if (protocol === 'http:' && hostname === '127.0.0.1' && port !== '') {
    return { host: hostname, port: Number(port), protocol: 'http' };
  }
  throw new Error('STRIPE_TEST_API_BASE must be http://127.0.0.1 with a port: a key goes to Stripe and nowhere else.');
};
