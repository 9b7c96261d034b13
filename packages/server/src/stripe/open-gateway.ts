import { createHmac } from 'node:crypto';
import { err, ok } from '@tollbridge/core';
import Stripe from 'stripe';
import { withoutSecrets } from '../log.js';
import {
  type GatewayOptions,
  STRIPE_API_VERSION,
  type StripeAccess,
  type StripeFailure,
  type StripeGateway,
} from './gateway.js';
import { registerAtSandbox } from './sandbox-application.js';

/** A call that takes longer has an unknown outcome, and is resolved by asking. */
const CALL_TIMEOUT_MILLISECONDS = 30_000;
const CLIENTS_MAX = 500;

export function openStripeGateway(options: GatewayOptions): StripeGateway {
  const clients = new Map<string, Stripe>();
  const verifier = new Stripe('sk_test_verifier', { telemetry: false });

  const clientFor = (access: StripeAccess): Stripe => {
    const cacheKey = `${access.host} ${access.accountId ?? ''} ${access.secretKey}`;
    const cached = clients.get(cacheKey);
    if (cached !== undefined) return cached;
    const client = new Stripe(access.secretKey, clientConfig(options, access));
    if (clients.size >= CLIENTS_MAX) clients.clear();
    clients.set(cacheKey, client);
    return client;
  };

  return {
    async call(access, use) {
      try {
        return ok(await use(clientFor(access)));
      } catch (error) {
        if (error instanceof Stripe.errors.StripeError) return err(failureFromStripe(error));
        throw error;
      }
    },
    async clientIdOf(platform, { clientId, redirectUri }) {
      if (platform.host === 'stripe') return ok(clientId);
      const url = new URL(options.sandboxUrl);
      return registerAtSandbox(options.httpClient ?? Stripe.createNodeHttpClient(), { url, platform, redirectUri });
    },
    async consentUrl(host, { clientId, redirectUri, state }) {
      const asked = { response_type: 'code', scope: 'read_write', stripe_landing: 'login' } as const;
      const url = new URL(
        verifier.oauth.authorizeUrl({ ...asked, client_id: clientId, redirect_uri: redirectUri, state }),
      );
      return host === 'stripe' ? url.href : new URL(url.pathname + url.search, options.sandboxUrl).href;
    },
    async verify({ rawBody, signature, secrets, now }) {
      const content = Buffer.from(rawBody).toString('latin1');
      return secrets.some((secret) => {
        try {
          const checker = verifier.webhooks.signature;
          return (
            checker?.verifyHeader(content, signature, secret, SIGNATURE_TOLERANCE_SECONDS, byteSigner, now) === true
          );
        } catch {
          // Another of the secrets may fit: two are valid during a rotation.
          return false;
        }
      });
    },
  };
}

/**
 * Stripe signs bytes. The SDK reads them as UTF-8 first, and then takes bytes that are none for what they are read as; in
 * Latin-1 each character is one byte, and none is lost.
 */
class ByteSigner extends Stripe.CryptoProvider {
  override computeHMACSignature(content: string, secret: string): string {
    return createHmac('sha256', secret).update(content, 'latin1').digest('hex');
  }
}

const byteSigner = new ByteSigner();

/** EVT-1; also the SDK's own default. */
const SIGNATURE_TOLERANCE_SECONDS = 300;

function clientConfig(options: GatewayOptions, access: StripeAccess): Stripe.StripeConfig {
  const sandbox = access.host === 'sandbox' ? new URL(options.sandboxUrl) : null;
  return {
    apiVersion: STRIPE_API_VERSION,
    // Retries belong to the work table: it knows the clock, the budget and what is already known about the outcome.
    maxNetworkRetries: 0,
    timeout: CALL_TIMEOUT_MILLISECONDS,
    telemetry: false,
    appInfo: { name: 'Tollbridge', version: '0.1.0' },
    ...(access.accountId === null ? {} : { stripeAccount: access.accountId }),
    ...(sandbox === null
      ? {}
      : {
          protocol: sandbox.protocol === 'https:' ? ('https' as const) : ('http' as const),
          host: sandbox.hostname,
          port: Number(sandbox.port || (sandbox.protocol === 'https:' ? 443 : 80)),
        }),
    httpClient: objectsOnly(options.httpClient ?? Stripe.createNodeHttpClient()),
  };
}

/**
 * What comes between us and Stripe may answer `"OK"` or `null`, which is JSON. The SDK takes any for an object: of some
 * it makes a failure that nobody catches, which ends the process, and a call that never returns. Here they are no answer.
 */
const objectsOnly = (client: Stripe.HttpClient): Stripe.HttpClient => ({
  getClientName: () => client.getClientName(),
  async makeRequest(...request) {
    const response = await client.makeRequest(...request);
    const read = response.toJSON.bind(response);
    response.toJSON = async () => {
      const answer: unknown = await read();
      if (!isStripeLike(answer)) throw new Error('it is no object');
      return answer;
    };
    return response;
  },
});

/** An object, and its error, if it has one, an object or what OAuth makes of it. */
function isStripeLike(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const { error } = answer as { readonly error?: unknown };
  return !error || typeof error === 'object' || typeof error === 'string';
}

const KIND_BY_STATUS: Readonly<Record<number, StripeFailure['kind']>> = {
  400: 'invalid',
  401: 'unauthorized',
  402: 'declined',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  429: 'rate_limited',
};

function kindOf(error: Stripe.errors.StripeError): StripeFailure['kind'] {
  const status = error.statusCode;
  if (status === undefined) return 'unreachable';
  if (error.type === 'StripeIdempotencyError' && status === 400) return 'idempotency_mismatch';
  if (status >= 500) return 'server_error';
  if (status === 400 && error.code === 'resource_missing') return 'missing';
  // What is not listed may come from anything on the way, such as a proxy's 408: nothing is known then.
  return KIND_BY_STATUS[status] ?? 'server_error';
}

function failureFromStripe(error: Stripe.errors.StripeError): StripeFailure {
  if (error instanceof Stripe.errors.StripeOAuthError) return { ...failureOf(error), ...oauthFacts(error) };
  return failureOf(error);
}

/** OAuth has its own names of errors, and answers 401 for what is wrong with the account and not with the key. */
const oauthFacts = (error: Stripe.errors.StripeError): Pick<StripeFailure, 'kind' | 'code'> => {
  const { type } = (error.raw ?? {}) as { readonly type?: unknown };
  return {
    kind: kindOf(error) === 'unauthorized' ? 'invalid' : kindOf(error),
    code: typeof type === 'string' ? type : null,
  };
};

function failureOf(error: Stripe.errors.StripeError): StripeFailure {
  const raw = error.raw as { advice_code?: string; headers?: Record<string, string> } | undefined;
  const headers: Record<string, string> = error.headers ?? raw?.headers ?? {};
  return {
    kind: kindOf(error),
    status: error.statusCode ?? null,
    code: error.code ?? null,
    declineCode: error.decline_code ?? null,
    adviceCode: raw?.advice_code ?? null,
    message: withoutSecrets(error.message),
    param: error.param ?? null,
    requestId: error.requestId ?? headers['request-id'] ?? null,
    replayed: headers['idempotent-replayed'] === 'true',
    paymentIntent: error.payment_intent ?? null,
    setupIntent: error.setup_intent ?? null,
  };
}
