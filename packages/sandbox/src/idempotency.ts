import { hash } from 'node:crypto';
import type { Account } from './account.js';
import { type Collection, defineCollection, type StoredObject } from './collection.js';
import { Refusal } from './errors.js';

/** The first answer to a key, kept to be given again. https://docs.stripe.com/api/idempotent_requests */
export interface SavedAnswer extends StoredObject {
  /** Of method, path and parameters. */
  readonly fingerprint: string;
  readonly status: number;
  /** What the body said: objects never change, so that it is the same text each time. */
  readonly content: object;
  readonly requestId: string;
  readonly savedAtMs: number;
}

const keyLengthMax = 255;
const dayMs = 24 * 60 * 60 * 1000;

/** Where answers are kept and for how long. Each version of the API has keys of its own. */
export interface Keeping {
  readonly collection: Collection<SavedAnswer>;
  readonly retentionMs: number;
}

/** "Keys are eligible to be removed after they're at least 24 hours old". */
export const version1Keeping: Keeping = {
  collection: defineCollection<SavedAnswer>({ type: '_idempotency', prefix: 'idempotency' }),
  retentionMs: dayMs,
};

/** https://docs.stripe.com/api-v2-overview keeps them for 30 days. */
export const version2Keeping: Keeping = {
  collection: defineCollection<SavedAnswer>({ type: '_idempotency_v2', prefix: 'idempotency_v2' }),
  retentionMs: 30 * dayMs,
};

/** Old keys looked at on each request, so that pruning costs every request the same little. */
const prunedPerRequest = 2;

export const fingerprintOf = (method: string, path: string, body: string): string =>
  hash('sha256', `${method} ${path} ${body.split('&').sort().join('&')}`, 'base64');

/**
 * The saved answer to this key, undefined for a new one; a key used for another request is refused. An answer whose time
 * is over is removed, to be committed before the next is saved: that one then stands last, where pruning expects it.
 */
export const savedAnswer = (
  account: Account,
  { collection, retentionMs }: Keeping,
  { key, fingerprint, nowMs }: { readonly key: string; readonly fingerprint: string; readonly nowMs: number },
): SavedAnswer | undefined => {
  if (key.length > keyLengthMax) {
    throw new Refusal(400, {
      type: 'idempotency_error',
      message: `Idempotency keys can have up to ${keyLengthMax} characters; this one has ${key.length}.`,
    });
  }
  const saved = account.store.get(collection.type, key) as SavedAnswer | undefined;
  if (saved === undefined) return undefined;
  if (saved.savedAtMs + retentionMs <= nowMs) {
    account.store.remove(collection, key);
    return undefined;
  }
  if (saved.fingerprint !== fingerprint) {
    throw new Refusal(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }
  return saved;
};

/** Its type is not `idempotency_error`, which is for a key that was used for something else. */
export const keyInUse = (key: string): Refusal =>
  new Refusal(
    409,
    {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    },
    { headers: { 'stripe-should-retry': 'true' } },
  );

/**
 * Whether the first answer is kept. A request that never began to execute is not: 401, 429, conflicts, and the 400s that
 * name a parameter. A decline (402) and a failure of the server (5xx) are. https://docs.stripe.com/error-low-level
 */
export const isSaved = (status: number, isBeforeExecution: boolean): boolean => {
  if (status < 300 || status === 402 || status >= 500) return true;
  return status === 400 && !isBeforeExecution;
};

export const saveAnswer = (account: Account, { collection }: Keeping, answer: SavedAnswer): void => {
  account.store.put(collection, answer);
};

/** Forgets the oldest keys whose time is over. */
export const pruneAnswers = (account: Account, nowMs: number): void => {
  for (const { collection, retentionMs } of [version1Keeping, version2Keeping]) {
    for (let count = 0; count < prunedPerRequest; count += 1) {
      const oldest = account.store.oldest(collection.type) as SavedAnswer | undefined;
      if (oldest === undefined || oldest.savedAtMs + retentionMs > nowMs) break;
      account.store.remove(collection, oldest.id);
    }
  }
};
