import type { Instant, Result } from '@tollbridge/core';
import type Stripe from 'stripe';

export type { Stripe };

/** The version of Stripe's API that this program speaks; the `stripe` package's types fit this one and no other. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

/** Where a connection's calls go and with which right. The key never leaves this process but to that host. */
export interface StripeAccess {
  readonly host: 'stripe' | 'sandbox';
  readonly secretKey: string;
  /** The connected account to act for; null when the key is the account's own. */
  readonly accountId: string | null;
}

/** What Stripe, or the way to it, made of a call that brought no result. */
export interface StripeFailure {
  readonly kind:
    | 'declined' // 402: the bank or Stripe refused the payment
    | 'invalid' // 400: the request was wrong; nothing was done
    | 'missing' // 404, or an object in the body that does not exist
    | 'unauthorized' // 401: the key is not accepted any more
    | 'forbidden' // 403: the key may not do this
    | 'conflict' // 409: another request with the same idempotency key is under way
    | 'idempotency_mismatch' // the key was used with other parameters
    | 'rate_limited' // 429
    | 'server_error' // 5xx: the outcome of a write is unknown
    | 'unreachable'; // no answer: the outcome of a write is unknown
  readonly status: number | null;
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly adviceCode: string | null;
  readonly message: string;
  readonly param: string | null;
  readonly requestId: string | null;
  /** Stripe gave the answer it had saved for this idempotency key: asking again with it brings the same. */
  readonly replayed: boolean;
  readonly paymentIntent: Stripe.PaymentIntent | null;
  readonly setupIntent: Stripe.SetupIntent | null;
}

export interface StripeGateway {
  /** Makes one call. Never throws for what Stripe or the network did; a bug inside `use` is thrown on. */
  call<T>(access: StripeAccess, use: (stripe: Stripe) => Promise<T>): Promise<Result<T, StripeFailure>>;
  /**
   * The client id by which people let this platform in; null when nobody set one. The sandbox tells its own once it knows where
   * it may lead people back to, as somebody would enter it in Stripe's dashboard.
   */
  clientIdOf(platform: StripeAccess, application: Application): Promise<Result<string | null, StripeFailure>>;
  /** The address of the page on which a person lets the platform into an account. */
  consentUrl(host: StripeAccess['host'], consent: ConsentAsked): Promise<string>;
  /** Whether one of the secrets signed the raw body, byte for byte, and not too long ago. */
  verify(options: VerifyOptions): Promise<boolean>;
}

export interface Application {
  /** What the operator set for this mode; null when nothing. */
  readonly clientId: string | null;
  readonly redirectUri: string;
}

export interface ConsentAsked {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Comes back as it was sent. */
  readonly state: string;
}

export interface VerifyOptions {
  readonly rawBody: Uint8Array;
  readonly signature: string;
  readonly secrets: readonly string[];
  readonly now: Instant;
}

export interface GatewayOptions {
  /** The sandbox's address, such as `http://127.0.0.1:4410`. */
  readonly sandboxUrl: string;
  /** The simulation's way to the sandbox; left out, Node's own. */
  readonly httpClient?: Stripe.HttpClient;
}

/** Whether a write with this failure may have happened all the same. */
export const outcomeUnknown = (failure: StripeFailure): boolean =>
  failure.kind === 'server_error' || failure.kind === 'unreachable' || failure.kind === 'conflict';

/**
 * The key is refused, as such or for this. Stripe looks at the key before it looks at idempotency keys, so a refusal of a
 * repeated call says nothing about what an earlier one has done.
 */
export const isKeyRefused = (failure: StripeFailure): boolean =>
  failure.kind === 'unauthorized' || failure.kind === 'forbidden';

/** Worth trying again later with the same idempotency key. */
export const isPassing = (failure: StripeFailure): boolean =>
  outcomeUnknown(failure) || failure.kind === 'rate_limited';
