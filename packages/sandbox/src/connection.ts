import { defineCollection, type StoredObject } from './collection.js';
import type { Engine, InnerWork } from './engine.js';
import { invalidRequest } from './errors.js';
import { accountIdOf } from './keys.js';

/** That a platform may act for this account, kept with the account; the id is the platform's. */
export interface ConnectionRecord extends StoredObject {
  /** The platform's `ca_…`. */
  readonly application: string;
}

export const connections = defineCollection<ConnectionRecord>({ type: '_connection', prefix: 'connection' });

/** Lets a platform act for the account of this work; told to the platform as its customer's doing. */
export const connect = (work: InnerWork, platform: { readonly id: string; readonly keyBody: string }): void => {
  if (platform.id === work.account.id) {
    throw invalidRequest('An account cannot be connected to itself.', { param: 'platform' });
  }
  if (work.get(connections, platform.id) !== undefined) return;
  const application = applicationOf(platform.keyBody);
  work.put(connections, { id: platform.id, application });
  work.emit('account.application.authorized', applicationObject(application));
};

/**
 * Ends it: from now on the platform is refused, and the last it hears of the account is this event, whose object is the
 * application. https://docs.stripe.com/connect/webhooks
 */
export const disconnect = (work: InnerWork, platformId: string): void => {
  const connection = work.require(connections, platformId, 'platform');
  work.emit('account.application.deauthorized', applicationObject(connection.application));
  work.state.store.remove(connections, platformId);
};

const applicationObject = (id: string) => ({ id, object: 'application', name: 'Sandbox platform' }) as const;

/** The same for a platform's test and live accounts, as it is one application. */
const applicationOf = (keyBody: string): string => `ca_${accountIdOf(keyBody, true).slice('acct_1'.length)}`;

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
