import { type KeyRecord, keyRecords } from '../account.js';
import { defineCollection, type StoredObject } from '../collection.js';
import { connections } from '../connection.js';
import { accessTokenMark } from '../keys.js';
import type { Work } from '../work.js';

export type Scope = 'read_only' | 'read_write';

interface Grant extends StoredObject {
  /** The account that was granted. */
  readonly account: string;
  readonly scope: Scope;
}

/** What consent leads back with; kept with the platform. */
export interface OauthCode extends Grant {
  /** Seconds of the platform's clock. */
  readonly expiresAt: number;
  readonly isUsed: boolean;
}

export const oauthCodes = defineCollection<OauthCode>({ type: '_oauth_code', prefix: 'ac' });
export const refreshTokens = defineCollection<Grant>({ type: '_refresh_token', prefix: 'rt' });

/** https://docs.stripe.com/connect/oauth-reference: good for five minutes and one use. */
const codeSeconds = 300;
/** Long after it is worth nothing it is still known, so that a second use is noticed. */
const codeMemorySeconds = 86_400;
export const codeForgotten = 'oauth.code_forgotten';

/** Of the platform of this work. */
export const putCode = (work: Work, account: string, scope: Scope): OauthCode => {
  const code = work.put(oauthCodes, {
    id: work.newId('ac'),
    account,
    scope,
    expiresAt: work.now + codeSeconds,
    isUsed: false,
  });
  work.schedule(codeForgotten, code.id, work.now + codeMemorySeconds);
  return code;
};

export const forgetCode = (work: Work, id: string): void => {
  if (work.get(oauthCodes, id) !== undefined) work.remove(oauthCodes, id);
};

/** Of the platform of this work; good for as long as the connection it came with. */
export const putRefreshToken = (work: Work, account: Work, scope: Scope): string => {
  const { id } = work.put(refreshTokens, { id: work.newId('rt'), account: account.account.id, scope });
  const connection = account.require(connections, work.account.id);
  account.update(connections, connection, { refreshTokens: [...connection.refreshTokens, id] });
  return id;
};

export const isGood = (account: Work, platformId: string, refreshToken: string): boolean =>
  account.get(connections, platformId)?.refreshTokens.includes(refreshToken) === true;

/** A key of the account for the platform, which is worth as much as the connection. */
export const putAccessToken = (account: Work, platformId: string): string => {
  const { keyBody, livemode } = account.account;
  const token = `sk_${livemode ? 'live' : 'test'}_${keyBody}${accessTokenMark}${account.newToken(24)}`;
  const record: KeyRecord = { id: token, revoked: false, permissions: null };
  account.put(keyRecords, record);
  const connection = account.require(connections, platformId);
  account.update(connections, connection, { tokens: [...connection.tokens, token] });
  return token;
};
