import { type Account, type KeyRecord, keyRecords } from './account.js';
import { applicationObject, applicationOf, applicationSettings } from './application.js';
import { defineCollection, type StoredObject } from './collection.js';
import type { Engine, InnerWork } from './engine.js';
import { invalidRequest } from './errors.js';
import { accountIdOf } from './keys.js';
import type { AccountProfile, Work } from './work.js';

/** That a platform may act for this account, kept with the account; the id is the platform's. */
export interface ConnectionRecord extends StoredObject {
  /** The platform's `ca_…`. */
  readonly application: string;
  /** Access tokens the platform was given by OAuth. */
  readonly tokens: readonly string[];
  /** Ids of refresh tokens that are still good. */
  readonly refreshTokens: readonly string[];
}

export const connections = defineCollection<ConnectionRecord>({ type: '_connection', prefix: 'connection' });

/** The same, kept with the platform; the id is the account's. */
export const connectedAccounts = defineCollection<StoredObject>({ type: '_connected_account', prefix: 'connected' });

/** Lets a platform act for the account of this work; told to the platform as its customer's doing. */
export const connect = (work: Work, platform: AccountProfile): void => {
  if (platform.id === work.account.id) {
    throw invalidRequest('An account cannot be connected to itself.', { param: 'platform' });
  }
  if (work.get(connections, platform.id) !== undefined) return;
  const application = applicationOf(platform);
  keepConnection(work, platform.id, application);
  work.emit('account.application.authorized', applicationTold(work, platform.id, application));
};

/** Without a word of it: an account that a platform made was never authorised by anybody. */
export const keepConnection = (work: Work, platformId: string, application: string): void => {
  work.put(connections, { id: platformId, application, tokens: [], refreshTokens: [] });
  work.inAccount(platformId)?.put(connectedAccounts, { id: work.account.id });
};

/**
 * Ends it: from now on the platform and the keys it was given are refused, and the last it hears of the account is this
 * event, whose object is the application. https://docs.stripe.com/connect/webhooks
 */
export const disconnect = (work: Work, platformId: string): void => {
  const connection = work.require(connections, platformId, 'platform');
  work.emit('account.application.deauthorized', applicationTold(work, platformId, connection.application));
  for (const token of connection.tokens) revokeKey(work, token);
  work.remove(connections, platformId);
  work.schedule(applicationGone, connection.application, work.now);
  work.inAccount(platformId)?.remove(connectedAccounts, work.account.id);
};

/** What follows for what an application made here once it is disconnected. */
export const applicationGone = 'application.gone';

/** The application that a request acts for: of the platform itself, or of the one that this token was given to. */
export const applicationActing = (account: Account, owner: Account, token: string): string | undefined => {
  if (account !== owner) return applicationOf(owner.record);
  for (const { application, tokens } of account.store.newestFirst(connections.type) as Iterable<ConnectionRecord>)
    if (tokens.includes(token)) return application;
  return undefined;
};

/** Whether nobody acts any more for the application that made this. */
export const isForsaken = (work: Work, { application }: { readonly application: string | null }): boolean => {
  if (application === null) return false;
  for (const one of work.newestFirst(connections)) if (one.application === application) return false;
  return true;
};

/** As the platform calls itself. */
const applicationTold = (work: Work, platformId: string, id: string) => {
  const platform = work.inAccount(platformId);
  return applicationObject(platform === undefined ? { id, name: id, redirectUris: [] } : applicationSettings(platform));
};

const revokeKey = (work: Work, key: string): void => {
  const record: KeyRecord = { id: key, revoked: true, permissions: null };
  work.put(keyRecords, record);
};

/** Whether this platform may act for the account of the work. */
export const isConnectedTo = (work: Work, platform: AccountProfile): boolean =>
  work.get(connections, platform.id) !== undefined;

/**
 * Ids of the accounts that hear of this one as platforms. A platform's live account hears of its test connections too,
 * and must look at `livemode`.
 */
export const platformsOf = (work: InnerWork): string[] => {
  const ids: string[] = [];
  for (const { id } of work.newestFirst(connections)) {
    ids.push(id);
    const live = liveSibling(work.engine, id);
    if (live !== undefined) ids.push(live);
  }
  return ids;
};

const liveSibling = (engine: Engine, accountId: string): string | undefined => {
  const account = engine.accountById(accountId);
  if (account === undefined || account.record.livemode) return undefined;
  const live = engine.accountById(accountIdOf(account.record.keyBody, true));
  return live?.record.id;
};
