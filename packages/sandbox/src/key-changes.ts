import { type Account, type KeyRecord, keyRecords } from './account.js';
import type { AccountWork } from './account-work.js';
import type { Core } from './core.js';
import { noCause } from './engine.js';
import { invalidRequest, Refusal } from './errors.js';
import { type Key, keyFrom, madeKeyMark } from './keys.js';

type Fields = Readonly<Record<string, unknown>>;

/** One key as an operator sees it. */
export interface ShownKey {
  readonly key: string;
  readonly kind: Key['kind'];
  readonly name: string;
  readonly permissions: KeyRecord['permissions'];
  readonly revoked: boolean;
  /** Seconds of the account's clock; null: never. */
  readonly expires_at: number | null;
}

/** Whether it is refused from now on; `now` is of the account's clock. */
export const isOver = ({ revoked, expiresAt }: KeyRecord, now: number): boolean =>
  revoked || (expiresAt !== undefined && expiresAt <= now);

const kindNames = { publishable: 'Publishable key', restricted: 'Restricted key', secret: 'Secret key' } as const;

/** Those that every account has, and those that something was set for, the newest last; `now` is of its clock. */
export const keysOf = (account: Account, now: number): ShownKey[] => {
  const { keyBody, livemode } = account.record;
  const mode = livemode ? 'live' : 'test';
  const first = [`pk_${mode}_${keyBody}`, `sk_${mode}_${keyBody}`];
  const records = new Map(first.map((text) => [text, newRecord(text)]));
  for (const record of account.store.oldestFirst(keyRecords.type)) records.set(record.id, record as KeyRecord);
  return [...records.values()].map((record) => shownKey(record, now));
};

const newRecord = (id: string): KeyRecord => ({ id, revoked: false, permissions: null });

const shownKey = (record: KeyRecord, now: number): ShownKey => {
  const { kind } = keyFrom({ authorization: `Bearer ${record.id}` });
  return {
    key: record.id,
    kind,
    name: record.name ?? kindNames[kind],
    permissions: record.permissions,
    revoked: isOver(record, now),
    expires_at: record.expiresAt ?? null,
  };
};

/** What was set for a key by the control API: what is left out of `permissions` is none, and null is all of them. */
export const setKey = (core: Core, fields: Fields): object => {
  const key = keyIn(fields);
  let record = newRecord(key.text);
  changeAccountOf(core, key, (work) => {
    const before = knownRecord(work, key);
    record = {
      ...before,
      revoked: fields.revoked === true,
      permissions: fields.permissions === undefined ? before.permissions : permissionsIn(fields.permissions),
    };
    work.put(keyRecords, record);
  });
  return { key: record.id, account: key.accountId, permissions: record.permissions, revoked: record.revoked };
};

const keyIn = ({ key }: Fields): Key => keyFrom({ authorization: `Bearer ${String(key ?? '')}` });

const changeAccountOf = (core: Core, key: Key, change: (work: AccountWork) => void): void =>
  core.transact(core.accountOf(key), noCause, change);

/** The record of a key that exists: the account's first ones exist without. */
const knownRecord = (work: AccountWork, key: Key): KeyRecord => {
  const record = work.get(keyRecords, key.text);
  if (record === undefined && key.needsRecord) {
    throw new Refusal(404, { type: 'invalid_request_error', message: 'The account has no such key.', param: 'key' });
  }
  return record ?? newRecord(key.text);
};

const permissionsIn = (given: unknown): KeyRecord['permissions'] => {
  if (given === null) return null;
  if (typeof given !== 'object') throw invalidRequest('Invalid object', { param: 'permissions' });
  for (const [name, right] of Object.entries(given)) {
    if (right === 'none' || right === 'read' || right === 'write') continue;
    throw invalidRequest(`Invalid permissions[${name}]: must be one of none, read, or write`, {
      param: `permissions[${name}]`,
    });
  }
  return given as KeyRecord['permissions'];
};

const prefixes = { restricted: 'rk', secret: 'sk' } as const;
const tokenLength = 24;
const namesMax = 100;

/** A further key of the account: `kind` is secret or restricted, the latter with `permissions`. */
export const makeKey = (core: Core, account: Account, fields: Fields): ShownKey => {
  const { kind, name = '' } = fields;
  if (kind !== 'restricted' && kind !== 'secret') {
    throw invalidRequest('Invalid kind: must be one of restricted, or secret', { param: 'kind' });
  }
  if (typeof name !== 'string' || name.trim() === '' || name.length > namesMax) {
    throw invalidRequest(`Give the key a name of at most ${namesMax} characters.`, { param: 'name' });
  }
  const permissions = kind === 'secret' ? null : permissionsIn(fields.permissions ?? {});
  return change(core, account, (work) => keepNewKey(work, prefixes[kind], { name: name.trim(), permissions }));
};

const change = (core: Core, account: Account, act: (work: AccountWork) => KeyRecord): ShownKey => {
  let record = newRecord('');
  let now = 0;
  core.transact(account, noCause, (work) => {
    record = act(work);
    now = work.now;
  });
  return shownKey(record, now);
};

const keepNewKey = (work: AccountWork, prefix: string, facts: Pick<KeyRecord, 'name' | 'permissions'>): KeyRecord => {
  const { keyBody, livemode } = work.account;
  const id = `${prefix}_${livemode ? 'live' : 'test'}_${keyBody}${madeKeyMark}${work.newToken(tokenLength)}`;
  return work.put(keyRecords, { id, revoked: false, ...facts });
};

const expirySecondsMax = 7 * 24 * 60 * 60;

/**
 * Another key takes its place, with its name and its rights; the old one is good for a while or ends at once.
 * https://docs.stripe.com/keys#rolling-keys
 */
export const rollKey = (core: Core, fields: Fields): ShownKey => {
  const key = keyIn(fields);
  const seconds = Number(fields.expires_in_seconds ?? 0);
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > expirySecondsMax) {
    throw invalidRequest(`A key lives on for at most ${expirySecondsMax} seconds.`, { param: 'expires_in_seconds' });
  }
  return change(core, core.accountOf(key), (work) => {
    const before = knownRecord(work, key);
    if (isOver(before, work.now)) throw invalidRequest('This key has ended already.', { param: 'key' });
    work.put(keyRecords, { ...before, expiresAt: work.now + seconds });
    const name = before.name ?? kindNames[key.kind];
    return keepNewKey(work, key.text.slice(0, 2), { name, permissions: before.permissions });
  });
};
