import Stripe from 'stripe';
import type { Sandbox } from '../sandbox.js';

/** The official SDK on a sandbox without a socket: what it asks is answered at once, and nothing happens in between. */
export const directClient = (sandbox: Sandbox, key: string): Stripe =>
  new Stripe(key, {
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(async (input: string | URL | Request, init: RequestInit = {}) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      const headers = Object.fromEntries(new Headers(init.headers).entries());
      const body = typeof init.body === 'string' ? init.body : '';
      const answer = sandbox.handle({ method: init.method ?? 'GET', url: `${pathname}${search}`, headers, body });
      if (answer.kind === 'cut') throw new TypeError('the connection was cut');
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    }),
  });
