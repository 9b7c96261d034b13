import type { onRequestAsyncHookHandler } from 'fastify';
import type { Actor } from '../changes.js';
import type { Context } from '../context.js';
import { problem } from '../problem.js';
import { hashOfToken } from '../secret-box.js';
import { type ApiKeyScope, findKeyHolder, touchApiKey } from '../store/api-keys.js';
import type { IdempotencyRecord } from '../store/idempotency.js';
import type { Environment } from '../store/organizations.js';
import { ProblemAnswer } from './errors.js';

/** Who is asking: the environment follows from the key, so no request can name another (ENV-4). */
export interface Caller {
  readonly environment: Environment;
  readonly actor: Actor;
  readonly scopes: readonly ApiKeyScope[];
  /** What came before under the idempotency key of this request, as it was when the request came. */
  readonly record: IdempotencyRecord | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** What the key must be allowed to do; a route without it takes anybody. */
    scope?: ApiKeyScope;
  }
}

const BEARER = /^Bearer +(tb_(?:test|live)_[A-Za-z0-9_-]{43})$/i;
const TOUCH_INTERVAL_MILLISECONDS = 60_000;

/** Reads the secret key of every route that declares a scope. */
export function authenticate(context: Context): onRequestAsyncHookHandler {
  return async (request) => {
    request.caller = null;
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return;
    const header = request.headers.authorization;
    if (header === undefined)
      throw new ProblemAnswer(problem('api_key_missing', 'Send your secret API key: "Authorization: Bearer tb_…".'));
    const secret = BEARER.exec(header)?.[1];
    const { 'idempotency-key': sent } = request.headers;
    const idempotencyKey = typeof sent === 'string' ? sent : null;
    const holder = secret === undefined ? null : await findKeyHolder(context.db, hashOfToken(secret), idempotencyKey);
    const now = context.clock.machineNow();
    if (holder === null || holder.key.revokedAt !== null || (holder.key.expiresAt ?? Infinity) <= now)
      throw new ProblemAnswer(problem('api_key_invalid', 'This API key is unknown, revoked or expired.'));
    if (!holder.key.scopes.includes(scope))
      throw new ProblemAnswer(problem('scope_missing', `This API key does not have the scope "${scope}".`));
    if ((holder.key.lastUsedAt ?? 0) < now - TOUCH_INTERVAL_MILLISECONDS)
      await touchApiKey(context.db, holder.key, now);
    request.caller = {
      environment: holder.environment,
      scopes: holder.key.scopes,
      record: holder.record,
      actor: { kind: 'api_key', id: holder.key.id, address: request.ip, requestId: request.id },
    };
  };
}
