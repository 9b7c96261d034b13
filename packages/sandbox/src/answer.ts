import type { Refusal } from './errors.js';

export interface SandboxRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SandboxAnswer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly delayMs: number;
    }
  /** The connection is dropped without an answer; whether the work was done depends on the fault. */
  | { readonly kind: 'cut'; readonly delayMs: number };

export const jsonAnswer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SandboxAnswer => ({
  kind: 'response',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  delayMs: 0,
});

/**
 * Forms of pages say where they come from, though the addresses of pages are told to nobody else: under `no-referrer` the
 * origin of a form is "null" (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
 */
export const htmlAnswer = (status: number, html: string): SandboxAnswer => ({
  kind: 'response',
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'same-origin',
  },
  body: html,
  delayMs: 0,
});

/**
 * The body of every refusal: Stripe's SDK takes a non-2xx body without `error` for a success. Who is nobody's caller has no
 * log to be led to.
 */
export const refusalContent = (refusal: Refusal, logUrl: string | null): object => {
  const { code } = refusal.body;
  return {
    error: {
      ...refusal.body,
      ...(code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      ...(logUrl === null ? {} : { request_log_url: logUrl }),
    },
  };
};
