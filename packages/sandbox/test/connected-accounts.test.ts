import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviours 19, 27 and 28: what holds between a platform and its connected accounts, however they came to be
// connected. https://docs.stripe.com/connect/webhooks

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let platform: Stripe;
let seller: Stripe;
let sellerId: string;
let names = { platform: '', seller: '' };
let count = 0;

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(async () => {
  receiver = await startReceiver();
  count += 1;
  names = { platform: `sk_test_platform${count}`, seller: `sk_test_seller${count}` };
  platform = sandbox.stripe(names.platform);
  seller = sandbox.stripe(names.seller);
  sellerId = (await seller.accounts.retrieveCurrent()).id;
});

afterEach(async () => {
  await receiver.close();
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

const connection = (method: 'DELETE' | 'POST', platformKey = names.platform): Promise<unknown> =>
  sandbox.control(method, 'connections', { platform: platformKey, key: names.seller });

const endpoint = (stripe: Stripe, connect: boolean): Promise<Stripe.WebhookEndpoint> =>
  stripe.webhookEndpoints.create({
    url: `${receiver.url}/${connect ? 'connect' : 'own'}`,
    enabled_events: ['*'],
    connect,
  });

const received = async (total: number): Promise<{ path: string; event: Stripe.Event }[]> =>
  (await receiver.arrived(total)).map(({ body, path }) => ({
    path: path.replace('/webhooks/', ''),
    event: JSON.parse(body) as Stripe.Event,
  }));

describe('behaviour 27: events of connected accounts', () => {
  test('go to endpoints made with connect alone, with the account at the top; own events go to the others alone', async () => {
    await connection('POST');
    const forConnect = await endpoint(platform, true);
    await endpoint(platform, false);
    const own = await platform.customers.create({});
    const theirs = await seller.customers.create({});
    const events = await received(2);
    expect(events.map(({ path, event }) => [path, event.account, (event.data.object as Stripe.Customer).id])).toEqual([
      ['own', undefined, own.id],
      ['connect', sellerId, theirs.id],
    ]);
    const sent = receiver.received.find((one) => one.path.endsWith('connect'));
    const secret = forConnect.secret ?? '';
    expect(platform.webhooks.constructEvent(sent?.body ?? '', sent?.signature ?? '', secret).account).toBe(sellerId);
    expect((await seller.events.list({ type: 'customer.created' })).data[0]).toMatchObject({ id: events[1]?.event.id });
    expect((await platform.events.list({ type: 'customer.created' })).data).toHaveLength(1);
  });

  test('of an account that is not connected reach nobody', async () => {
    await endpoint(platform, true);
    await seller.customers.create({});
    await endpoint(platform, false);
    await platform.customers.create({});
    expect((await received(1)).map(({ path }) => path)).toEqual(['own']);
  });

  test("in test mode reach the platform's live endpoint too, which must look at livemode", async () => {
    const liveKey = names.platform.replace('sk_test_', 'sk_live_sandbox_');
    await connection('POST');
    await endpoint(sandbox.stripe(names.platform.replace('sk_test_', 'sk_test_sandbox_')), true);
    await sandbox.control('POST', 'connections', {
      platform: names.platform.replace('sk_test_', 'sk_test_sandbox_'),
      key: names.seller,
    });
    await receiver.arrived(1);
    await endpoint(sandbox.stripe(liveKey), true);
    await seller.customers.create({});
    const events = await received(3);
    expect(events.slice(1).map(({ event }) => [event.type, event.account, event.livemode])).toEqual([
      ['customer.created', sellerId, false],
      ['customer.created', sellerId, false],
    ]);
  });

  test('thin events name the account as their context, and the SDK fetches in it', async () => {
    await connection('POST');
    const made = await platform.v2.core.eventDestinations.create({
      name: 'Thin',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      events_from: ['@accounts'],
      enabled_events: ['v1.customer.created'],
      webhook_endpoint: { url: receiver.url },
      include: ['webhook_endpoint.signing_secret'],
    });
    await platform.customers.create({});
    const customer = await seller.customers.create({ name: 'Theirs' });
    const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
    const secret = made.webhook_endpoint?.signing_secret ?? '';
    const notification = platform.parseEventNotification(body, signature, secret);
    if (notification.type !== 'v1.customer.created') throw new Error(`It is a ${notification.type}.`);
    expect(String(notification.context)).toBe(sellerId);
    expect((await notification.fetchEvent()).id).toBe(notification.id);
    expect(await notification.fetchRelatedObject()).toMatchObject({ id: customer.id, name: 'Theirs' });
  });
});

describe('behaviour 19: objects of a connected account', () => {
  test('need the account header; without it they are missing, and without a connection nothing is said', async () => {
    const customer = await seller.customers.create({});
    const asSeller = { stripeAccount: sellerId };
    const before = platform.customers.retrieve(customer.id, {}, asSeller);
    await expect(before).rejects.toMatchObject({ statusCode: 403, code: 'account_invalid' });
    await connection('POST');
    expect((await platform.customers.retrieve(customer.id, {}, asSeller)).id).toBe(customer.id);
    await expect(platform.customers.retrieve(customer.id)).rejects.toMatchObject({ code: 'resource_missing' });
    const own = await platform.customers.create({});
    await expect(platform.customers.retrieve(own.id, {}, asSeller)).rejects.toMatchObject({ code: 'resource_missing' });
    const made = await platform.customers.create({ name: 'By platform' }, asSeller);
    expect(await seller.customers.retrieve(made.id)).toMatchObject({ name: 'By platform' });
    expect((await platform.accounts.retrieveCurrent({}, asSeller)).id).toBe(sellerId);
    const other = sandbox.stripe(`sk_test_stranger${count}`);
    await expect(other.customers.list({}, asSeller)).rejects.toMatchObject({ statusCode: 403 });
  });

  test('a right that the platform’s key lacks is lacked there too', async () => {
    await connection('POST');
    const restricted = names.platform.replace('sk_', 'rk_');
    await sandbox.control('POST', 'keys', { key: restricted, permissions: { charges: 'read' } });
    const attempt = sandbox.stripe(restricted).customers.list({}, { stripeAccount: sellerId });
    await expect(attempt).rejects.toMatchObject({
      type: 'StripePermissionError',
      statusCode: 403,
      message: expect.stringContaining('rak_customers_read'),
    });
  });
});

describe('behaviour 28: account.application.deauthorized', () => {
  test('is the last that the platform hears: its object is the application, the account is at the top, then 403', async () => {
    await connection('POST');
    await endpoint(platform, true);
    await platform.customers.list({}, { stripeAccount: sellerId });
    await connection('DELETE');
    await seller.customers.create({});
    await endpoint(platform, false);
    await platform.customers.create({});
    const events = await received(2);
    const last = events.find(({ path }) => path === 'connect')?.event;
    expect(last).toMatchObject({
      type: 'account.application.deauthorized',
      account: sellerId,
      data: { object: { object: 'application', id: expect.stringMatching(/^ca_/) } },
    });
    expect(events.map(({ path }) => path).sort()).toEqual(['connect', 'own']);
    const after = platform.customers.list({}, { stripeAccount: sellerId });
    await expect(after).rejects.toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
      message: expect.stringContaining('Application access may have been revoked'),
    });
    expect(await seller.customers.list()).toMatchObject({ data: [{ object: 'customer' }] });
  });

  test('needs a connection, and an account is no platform of its own', async () => {
    expect(await connection('DELETE')).toMatchObject({ error: { code: 'resource_missing' } });
    expect(await connection('POST', names.seller)).toMatchObject({ error: { param: 'platform' } });
  });
});

// https://docs.stripe.com/billing/revenue-recovery/smart-retries ("Stripe doesn't retry payments if …").
describe('behaviour 53: what a platform made is not retried once it is disconnected', () => {
  const day = 24 * 3600;
  const later = (seconds: number) =>
    sandbox.control('POST', 'clock', { key: names.seller, mode: 'manual', advance_seconds: seconds });
  const failing = { payment_method: 'pm_card_chargeCustomerFail' };
  const charged = { ...failing, invoice_settings: { default_payment_method: failing.payment_method } };
  /** An invoice that failed once, made by whom this client and these options speak for. */
  const failed = async (stripe: Stripe, options: Stripe.RequestOptions = {}): Promise<Stripe.Invoice> => {
    const customer = await stripe.customers.create(charged, options);
    const item = { customer: customer.id, amount: 1500, currency: 'usd' };
    await stripe.invoiceItems.create(item, options);
    const draft = { customer: customer.id, auto_advance: true, pending_invoice_items_behavior: 'include' as const };
    const { id } = await stripe.invoices.create(draft, options);
    await later(3700);
    const tried = await stripe.invoices.retrieve(id, {}, options);
    expect(tried).toMatchObject({ attempt_count: 1, next_payment_attempt: expect.any(Number) });
    return tried;
  };

  test('and what the account made itself goes on being retried', async () => {
    await connection('POST');
    const theirs = await failed(platform, { stripeAccount: sellerId });
    const own = await failed(seller);
    expect(theirs.application).toMatch(/^ca_/);
    expect(own.application).toBeNull();
    await connection('DELETE');
    await later(1);
    expect(await seller.invoices.retrieve(theirs.id)).toMatchObject({ status: 'open', next_payment_attempt: null });
    await later(40 * day);
    expect(await seller.invoices.retrieve(theirs.id)).toMatchObject({ status: 'open', attempt_count: 1 });
    expect((await seller.invoices.retrieve(own.id)).attempt_count).toBeGreaterThan(1);
  });

  test('nor is what renews by itself: its invoices are the platform’s, asked for once, and the money can still come', async () => {
    await connection('POST');
    const asSeller = { stripeAccount: sellerId };
    const paying = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
    const customer = await platform.customers.create(paying, asSeller);
    const price = await platform.prices.create(
      { currency: 'usd', unit_amount: 900, recurring: { interval: 'month' }, product_data: { name: 'Plan' } },
      asSeller,
    );
    const items = [{ price: price.id }];
    const begun = await platform.subscriptions.create({ customer: customer.id, items }, asSeller);
    expect(begun.application).toMatch(/^ca_/);
    const { id: bad } = await platform.paymentMethods.attach(
      failing.payment_method,
      { customer: customer.id },
      asSeller,
    );
    await platform.customers.update(customer.id, { invoice_settings: { default_payment_method: bad } }, asSeller);
    await connection('DELETE');
    await later(33 * day);
    const renewed = await seller.subscriptions.retrieve(begun.id, { expand: ['latest_invoice.payments'] });
    expect(renewed).toMatchObject({
      status: 'past_due',
      latest_invoice: { application: begun.application, attempt_count: 1, next_payment_attempt: null, status: 'open' },
    });
    const { id } = renewed.latest_invoice as Stripe.Invoice;
    const paid = await seller.invoices.pay(id, { payment_method: 'pm_card_visa' });
    expect(paid.status).toBe('paid');
    expect(await seller.subscriptions.retrieve(begun.id)).toMatchObject({ status: 'active' });
  });

  test('nor what it made with a token of OAuth', async () => {
    const made = await sandbox.control('POST', 'applications', {
      key: names.platform,
      redirect_uris: ['https://p.example/back'],
    });
    const { client_id } = made as { client_id: string };
    const query = `client_id=${client_id}&response_type=code&scope=read_write&state=x`;
    const consent = await fetch(`${sandbox.server.url}/oauth/authorize?${query}`, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'allow', account: sellerId }),
      redirect: 'manual',
    });
    const code = new URL(String(consent.headers.get('location'))).searchParams.get('code') ?? '';
    const token = await platform.oauth.token({ grant_type: 'authorization_code', code });
    const theirs = await failed(sandbox.stripe(String(token.access_token)));
    expect(theirs.application).toBe(client_id);
    await platform.oauth.deauthorize({ client_id, stripe_user_id: sellerId });
    await later(40 * day);
    expect(await seller.invoices.retrieve(theirs.id)).toMatchObject({ status: 'open', attempt_count: 1 });
  });
});

// Checked, 72: the two parameters are documented: https://docs.stripe.com/api/refunds/create; that nothing comes back
// unasked is not found, and neither is served.
describe('behaviour 72: whose money a direct charge is', () => {
  test('it is on the balance of the account that took it, and so is its refund; the platform has none of either', async () => {
    await connection('POST');
    const asSeller = { stripeAccount: sellerId };
    const order = { amount: 2000, currency: 'usd', payment_method: 'pm_card_bypassPending' };
    const absent = { confirm: true, off_session: true } as const;
    const { id } = await platform.paymentIntents.create({ ...order, ...absent }, asSeller);
    await platform.refunds.create({ payment_intent: id }, asSeller);
    // The fee for processing, 0.88, stays with Stripe: https://docs.stripe.com/refunds
    expect((await seller.balance.retrieve()).available[0]?.amount).toBe(-88);
    expect((await platform.balance.retrieve()).available[0]?.amount).toBe(0);
    expect((await platform.refunds.list()).data).toEqual([]);
  });

  test('fees and transfers, which are not served, are refused by name and nothing is charged', async () => {
    await connection('POST');
    const asSeller = { stripeAccount: sellerId };
    const order = { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, off_session: true };
    const withFee = platform.paymentIntents.create({ ...order, application_fee_amount: 100 }, asSeller);
    await expect(withFee).rejects.toMatchObject({ statusCode: 400, param: 'application_fee_amount' });
    const destination = platform.paymentIntents.create({ ...order, transfer_data: { destination: sellerId } });
    await expect(destination).rejects.toMatchObject({ statusCode: 400, param: 'transfer_data' });
    expect((await seller.charges.list()).data).toEqual([]);
    expect((await platform.charges.list()).data).toEqual([]);
  });
});
