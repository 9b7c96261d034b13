import type Stripe from 'stripe';
import { applicationCollections, applicationOf } from '../../application.js';
import {
  codeForgotten,
  forgetCode,
  isGood,
  oauthCodes,
  putAccessToken,
  putRefreshToken,
  refreshTokens,
  type Scope,
} from '../../connect/oauth-grant.js';
import { connect, connectedAccounts, disconnect } from '../../connection.js';
import { oauthRefusal } from '../../oauth-refusals.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext, Work } from '../../work.js';

type TokenContext = RequestContext<Stripe.OAuthTokenParams>;

/** https://docs.stripe.com/connect/oauth-reference#post-token */
const giveToken = operation<Stripe.OAuthTokenParams>((context) =>
  context.params.grant_type === 'refresh_token' ? refreshed(context) : exchanged(context),
);

const exchanged = (context: TokenContext) => {
  const { code: id } = context.params;
  if (id === undefined) throw oauthRefusal('invalid_request', 'Missing required param: code.');
  const code = context.get(oauthCodes, id);
  const account = code === undefined ? undefined : context.inAccount(code.account);
  if (code === undefined || account === undefined) {
    throw oauthRefusal('invalid_grant', `Authorization code does not exist: ${id}`);
  }
  if (code.isUsed) throw reused(context, code.account);
  if (context.now >= code.expiresAt) throw oauthRefusal('invalid_grant', `Authorization code expired: ${id}`);
  context.update(oauthCodes, code, { isUsed: true });
  connect(account, context.account);
  const refreshToken = putRefreshToken(context, account, code.scope);
  return tokenAnswer(context, account, { scope: code.scope, refreshToken });
};

/** Somebody else may have it: what the first use gave is taken back, and stays so although this request fails. */
const reused = (context: TokenContext, account: string) => {
  endConnection(context, account);
  return oauthRefusal(
    'invalid_grant',
    'This authorization code has already been used. All tokens issued with this code have been revoked.',
    { commits: true },
  );
};

const refreshed = (context: TokenContext) => {
  const { refresh_token: id, scope } = context.params;
  if (id === undefined) throw oauthRefusal('invalid_request', 'Missing required param: refresh_token.');
  const grant = context.get(refreshTokens, id);
  const account = grant === undefined ? undefined : context.inAccount(grant.account);
  if (grant === undefined || account === undefined || !isGood(account, context.account.id, id)) {
    throw oauthRefusal('invalid_grant', `Refresh token does not exist: ${id}`);
  }
  if (scope !== undefined && scope !== 'read_only' && scope !== grant.scope) {
    throw oauthRefusal('invalid_scope', `Invalid scope: ${scope} is more than the refresh token has.`);
  }
  return tokenAnswer(context, account, { scope: scope === 'read_only' ? scope : grant.scope, refreshToken: id });
};

const tokenAnswer = (context: TokenContext, account: Work, given: { scope: Scope; refreshToken: string }) => {
  const { keyBody, livemode } = account.account;
  return {
    access_token: putAccessToken(account, context.account.id),
    livemode,
    refresh_token: given.refreshToken,
    token_type: 'bearer',
    stripe_publishable_key: `pk_${livemode ? 'live' : 'test'}_${keyBody}`,
    stripe_user_id: account.account.id,
    scope: given.scope,
  };
};

/** https://docs.stripe.com/connect/oauth-reference#post-deauthorize */
const deauthorize = operation<Stripe.OAuthDeauthorizeParams>((context) => {
  const { client_id: clientId, stripe_user_id: id } = context.params;
  if (clientId === undefined) throw oauthRefusal('invalid_request', 'Missing required param: client_id.');
  if (id === undefined) throw oauthRefusal('invalid_request', 'Missing required param: stripe_user_id.');
  if (clientId !== applicationOf(context.account)) {
    throw oauthRefusal('invalid_client', `No application matches the supplied client identifier: ${clientId}`);
  }
  if (!endConnection(context, id)) {
    throw oauthRefusal(
      'invalid_client',
      `This application is not connected to stripe account ${id}, or that account does not exist.`,
    );
  }
  return { stripe_user_id: id };
});

/** False when there is none. */
const endConnection = (context: Work, accountId: string): boolean => {
  const account = context.get(connectedAccounts, accountId) && context.inAccount(accountId);
  if (account === undefined) return false;
  disconnect(account, context.account.id);
  return true;
};

export const oauthResource: Resource = {
  collections: [...applicationCollections, oauthCodes, refreshTokens],
  operations: { 'POST /oauth/token': giveToken, 'POST /oauth/deauthorize': deauthorize },
  scheduled: { [codeForgotten]: forgetCode },
};
