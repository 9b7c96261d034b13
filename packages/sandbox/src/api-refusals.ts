import { contract } from './contract/contract.js';
import { Refusal } from './errors.js';
import type { FaultRule } from './faults.js';
import { type Key, masked } from './keys.js';
import type { RateLimitReason } from './rate-limits.js';
import { Router } from './router.js';

/** A mistake of the sandbox's own is said as such: it must not look like a rule of Stripe's. */
export const failureOf = (error: unknown): Refusal =>
  new Refusal(500, {
    type: 'api_error',
    message: `The sandbox itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  });

/** A platform without a connection to an account learns nothing of it, not even whether it exists. */
export const noAccess = (key: Key, named: string): Refusal =>
  new Refusal(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key '${masked(key.text)}' does not have access to account '${named}' (or that account does not exist). Application access may have been revoked.`,
  });

export const rateLimited = (reason: RateLimitReason): Refusal =>
  new Refusal(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Learn more about rate limits here: https://stripe.com/docs/rate-limits.',
    },
    { headers: { 'stripe-rate-limited-reason': reason, 'stripe-should-retry': 'false' } },
  );

export const lockTimeout = (): Refusal =>
  new Refusal(
    429,
    {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.',
    },
    { headers: { 'stripe-should-retry': 'true' } },
  );

export const faultRefusal = (fault: FaultRule): Refusal => {
  const status = fault.status ?? 500;
  const type = status === 402 ? 'card_error' : status >= 500 ? 'api_error' : 'invalid_request_error';
  return new Refusal(status, {
    type,
    message: 'This failure was asked for by a fault rule of the sandbox.',
    ...fault.error,
  });
};

export const secretKeyRequired = (): Refusal =>
  new Refusal(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message:
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
  });

const outOfScope = new Router<true>();
for (const entry of contract.outOfScope) outOfScope.add(entry.replaceAll('*', ':any'), true);
const inScope = new Router<true>();
for (const entry of Object.keys(contract.operations)) inScope.add(entry.replaceAll('*', ':any'), true);

export const unknownUrl = (method: string, path: string): Refusal => {
  const served = inScope.find(method, path) !== undefined || outOfScope.find(method, path) !== undefined;
  return served
    ? new Refusal(404, {
        type: 'invalid_request_error',
        message: `Stripe has this operation (${method} ${path}); this sandbox does not serve it. Its README lists what it serves.`,
      })
    : unrecognizedUrl(method, path);
};

/** Of what nobody ever had, and of what a version does not have yet. */
export const unrecognizedUrl = (method: string, path: string): Refusal =>
  new Refusal(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
