import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviours 28 and 71. https://docs.stripe.com/connect/oauth-reference

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let platform: Stripe;
let seller: Stripe;
let sellerId = '';
let clientId = '';
let keys = { platform: '', seller: '' };
let count = 0;

const redirectUri = 'https://platform.example/connected?from=stripe';

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(async () => {
  receiver = await startReceiver();
  count += 1;
  keys = { platform: `sk_test_links${count}`, seller: `sk_test_linked${count}` };
  platform = sandbox.stripe(keys.platform);
  seller = sandbox.stripe(keys.seller);
  sellerId = (await seller.accounts.retrieveCurrent()).id;
  const settings = await sandbox.control('POST', 'applications', {
    key: keys.platform,
    name: 'Billing <Co>',
    redirect_uris: [redirectUri, 'http://127.0.0.1:9/other'],
  });
  clientId = (settings as { client_id: string }).client_id;
});

afterEach(async () => {
  await receiver.close();
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

/** The SDK makes it for Stripe's own host. */
const consentUrl = (more: Stripe.OAuthAuthorizeUrlParams = {}): string => {
  const url = platform.oauth.authorizeUrl({
    client_id: clientId,
    response_type: 'code',
    scope: 'read_write',
    redirect_uri: redirectUri,
    state: 'csrf & more',
    ...more,
  });
  return url.replace(/^https:\/\/[^/]+/, sandbox.server.url);
};

const answer = (form: Record<string, string>, url = consentUrl()): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

const wayBack = (response: Response): URLSearchParams => new URL(response.headers.get('location') ?? '').searchParams;

const code = async (account = sellerId): Promise<string> =>
  wayBack(await answer({ decision: 'allow', account })).get('code') ?? '';

const exchange = (given: string, stripe = platform): Promise<Stripe.OAuthToken> =>
  stripe.oauth.token({ grant_type: 'authorization_code', code: given });

describe('behaviour 71: the page of consent', () => {
  test('says who asks for what, works without scripts, and leads back with a code and the state as it came', async () => {
    const html = await (await fetch(consentUrl())).text();
    for (const part of ['Billing &lt;Co&gt;', 'this is not Stripe', 'see and change everything', sellerId])
      expect(html).toContain(part);
    expect(html).not.toContain('<script');
    const response = await answer({ decision: 'allow', account: sellerId });
    expect(response.headers.get('location')).toMatch(/^https:\/\/platform\.example\/connected\?from=stripe&/);
    const query = wayBack(response);
    expect([query.get('state'), query.get('scope')]).toEqual(['csrf & more', 'read_write']);
    expect(query.get('code')).toMatch(/^ac_/);
  });

  test('denied leads back with access_denied and the state', async () => {
    const query = wayBack(await answer({ decision: 'deny' }));
    expect([query.get('error'), query.get('state'), query.get('code')]).toEqual(['access_denied', 'csrf & more', null]);
    expect(query.get('error_description')).toBe('The user denied your request');
  });

  test('refuses an analyst, who stays on the page', async () => {
    const response = await answer({ decision: 'allow', account: sellerId, role: 'analyst' });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Only an administrator')]);
  });

  test('sends nobody to an address that is not registered, and takes the first that is when none is named', async () => {
    for (const redirect_uri of ['https://evil.example/', `${redirectUri}&more=1`]) {
      const response = await answer({ decision: 'allow', account: sellerId }, consentUrl({ redirect_uri }));
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
    const unnamed = new URL(consentUrl());
    unnamed.searchParams.delete('redirect_uri');
    const response = await answer({ decision: 'deny' }, String(unnamed));
    expect(response.headers.get('location')).toContain('platform.example/connected');
  });

  test('tells what it does not support by the way back, and knows no foreign client', async () => {
    const type = await fetch(consentUrl({ response_type: 'token' as 'code' }), { redirect: 'manual' });
    expect(wayBack(type).get('error')).toBe('unsupported_response_type');
    const scope = await fetch(consentUrl({ scope: 'everything' }), { redirect: 'manual' });
    expect(wayBack(scope).get('error')).toBe('invalid_scope');
    expect((await fetch(consentUrl({ client_id: 'ca_unknown' }))).status).toBe(404);
  });

  test('does not give what one platform controls to another one to write', async () => {
    const other = sandbox.stripe(`sk_test_controls${count}`);
    const { id } = await other.v2.core.accounts.create({ contact_email: 'a@example.com' });
    const response = await answer({ decision: 'allow', account: id });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('another platform')]);
    const unknown = await answer({ decision: 'allow', account: 'acct_unknown' });
    expect(unknown.status).toBe(400);
  });

  test('makes a new account when it is asked to, ready to charge', async () => {
    const { stripe_user_id: id = '' } = await exchange(await code('new'));
    expect(await platform.accounts.retrieve(id)).toMatchObject({ id, charges_enabled: true, type: 'standard' });
  });
});

// Checked, 71: documented: https://docs.stripe.com/connect/oauth-reference; five minutes are not found there, and are
// ours; the refusal of a second use was seen in tests of stripe-node.
describe('behaviour 71: a code', () => {
  test('becomes tokens that work as keys of the account, and connects it', async () => {
    await platform.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'], connect: true });
    const token = await exchange(await code());
    expect(token).toMatchObject({
      livemode: false,
      scope: 'read_write',
      stripe_user_id: sellerId,
      token_type: 'bearer',
      access_token: expect.stringMatching(/^sk_test_/),
      refresh_token: expect.stringMatching(/^rt_/),
      stripe_publishable_key: expect.stringMatching(/^pk_test_/),
    });
    const bearer = sandbox.stripe(token.access_token ?? '');
    expect((await bearer.accounts.retrieveCurrent()).id).toBe(sellerId);
    const made = await platform.customers.create({}, { stripeAccount: sellerId });
    expect((await bearer.customers.list()).data.map(({ id }) => id)).toEqual([made.id]);
    const [{ body } = { body: '' }] = await receiver.arrived(1);
    expect(JSON.parse(body)).toMatchObject({
      type: 'account.application.authorized',
      account: sellerId,
      data: { object: { id: clientId, object: 'application', name: 'Billing <Co>' } },
    });
  });

  test('used twice is invalid, and what the first use gave is revoked', async () => {
    const given = await code();
    const token = await exchange(given);
    const again = exchange(given);
    await expect(again).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidGrantError);
    await expect(again).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('already been used'),
    });
    const bearer = sandbox.stripe(token.access_token ?? '');
    await expect(bearer.customers.list()).rejects.toMatchObject({ statusCode: 401 });
    const refreshed = platform.oauth.token({ grant_type: 'refresh_token', refresh_token: token.refresh_token ?? '' });
    await expect(refreshed).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidGrantError);
    await expect(platform.customers.list({}, { stripeAccount: sellerId })).rejects.toMatchObject({ statusCode: 403 });
  });

  test('repeated by its idempotency key is answered once more and revokes nothing', async () => {
    const given = { grant_type: 'authorization_code' as const, code: await code() };
    const options = { idempotencyKey: `exchange-${count}` };
    const first = await platform.oauth.token(given, options);
    expect((await platform.oauth.token(given, options)).access_token).toBe(first.access_token);
    expect((await platform.customers.list({}, { stripeAccount: sellerId })).data).toEqual([]);
  });

  test('is good for five minutes, and for the platform it was given to', async () => {
    const [one, other] = [await code(), await code()];
    await expect(exchange(one, sandbox.stripe(`sk_test_thief${count}`))).rejects.toMatchObject({
      message: `Authorization code does not exist: ${one}`,
    });
    await sandbox.control('POST', 'clock', { key: keys.platform, advance_seconds: 299 });
    expect((await exchange(one)).stripe_user_id).toBe(sellerId);
    await sandbox.control('POST', 'clock', { key: keys.platform, advance_seconds: 1 });
    await expect(exchange(other)).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidGrantError);
  });

  test('a refresh token gives another key of an equal or lesser scope', async () => {
    const { refresh_token, access_token } = await exchange(await code());
    const refresh = (scope?: string): Promise<Stripe.OAuthToken> =>
      platform.oauth.token({
        grant_type: 'refresh_token',
        refresh_token: refresh_token ?? '',
        ...(scope === undefined ? {} : { scope }),
      });
    const second = await refresh();
    expect(second).toMatchObject({ stripe_user_id: sellerId, scope: 'read_write' });
    expect(second.access_token).not.toBe(access_token);
    expect((await refresh('read_only')).scope).toBe('read_only');
    await expect(refresh('everything')).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidScopeError);
  });

  test.each([
    ['without a kind of grant', {}, 'StripeOAuthInvalidRequestError'],
    ['of an unknown kind', { grant_type: 'password' }, 'StripeUnsupportedGrantTypeError'],
    ['without a code', { grant_type: 'authorization_code' }, 'StripeOAuthInvalidRequestError'],
    ['of a code that nobody made', { grant_type: 'authorization_code', code: 'ac_x' }, 'StripeInvalidGrantError'],
    [
      'of a refresh token that nobody made',
      { grant_type: 'refresh_token', refresh_token: 'rt_x' },
      'StripeInvalidGrantError',
    ],
  ] as const)('an exchange %s comes out of the SDK as %s', async (_title, params, name) => {
    const attempt = platform.oauth.token(params as Stripe.OAuthTokenParams);
    await expect(attempt).rejects.toBeInstanceOf(Stripe.errors[name]);
  });

  test('a made-up access token is no key', async () => {
    const attempt = sandbox.stripe(`${keys.seller}_oauth_madeup`).customers.list();
    await expect(attempt).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe('behaviour 28, 71: deauthorising', () => {
  const heard = async (): Promise<unknown> => JSON.parse((await receiver.arrived(1))[0]?.body ?? '');
  const listen = (): Promise<unknown> =>
    platform.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['account.application.deauthorized'],
      connect: true,
    });

  test('by the platform gives the account back, is told with the application as its object, and every key of it ends', async () => {
    const token = await exchange(await code());
    await listen();
    const gone = await platform.oauth.deauthorize({ client_id: clientId, stripe_user_id: sellerId });
    expect(gone).toMatchObject({ stripe_user_id: sellerId });
    expect(await heard()).toMatchObject({
      type: 'account.application.deauthorized',
      account: sellerId,
      data: { object: { id: clientId, object: 'application', name: 'Billing <Co>' } },
    });
    await expect(platform.customers.list({}, { stripeAccount: sellerId })).rejects.toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
    });
    const bearer = sandbox.stripe(token.access_token ?? '');
    await expect(bearer.customers.list()).rejects.toMatchObject({ statusCode: 401 });
    expect((await seller.customers.list()).data).toEqual([]);
  });

  test('by the account holder, who uninstalls it, ends the same way, and the account can be linked again', async () => {
    await exchange(await code());
    await listen();
    await sandbox.control('DELETE', 'connections', { platform: keys.platform, key: keys.seller });
    expect(await heard()).toMatchObject({ account: sellerId });
    await expect(platform.customers.list({}, { stripeAccount: sellerId })).rejects.toMatchObject({ statusCode: 403 });
    expect((await exchange(await code())).stripe_user_id).toBe(sellerId);
    expect((await platform.customers.list({}, { stripeAccount: sellerId })).data).toEqual([]);
  });

  test('what is not connected, or by another client, is an error of the client', async () => {
    const refused = platform.oauth.deauthorize({ client_id: clientId, stripe_user_id: sellerId });
    await expect(refused).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidClientError);
    await expect(refused).rejects.toMatchObject({
      statusCode: 401,
      message: `This application is not connected to stripe account ${sellerId}, or that account does not exist.`,
    });
    await exchange(await code());
    const foreign = platform.oauth.deauthorize({ client_id: 'ca_other', stripe_user_id: sellerId });
    await expect(foreign).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidClientError);
    const nothing = platform.oauth.deauthorize({});
    await expect(nothing).rejects.toBeInstanceOf(Stripe.errors.StripeOAuthInvalidRequestError);
  });

  test('behaviour 10: a wrong key looks as it does everywhere', async () => {
    const attempt = sandbox.stripe('sk_test_revoked_x').oauth.token({ grant_type: 'authorization_code', code: 'ac_x' });
    await expect(attempt).rejects.toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });
});
