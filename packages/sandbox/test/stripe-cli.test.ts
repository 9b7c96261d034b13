import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliListener, openStripeCli, type StripeCli } from '../src/testing/cli/stripe-cli.js';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// The official CLI, unmodified. Besides Stripe's own hosts it takes http://127.0.0.1 alone as --api-base.

const key = 'sk_test_officialcli';

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let cli: StripeCli;
let listener: CliListener;

beforeAll(async () => {
  sandbox = await runSandbox();
  receiver = await startReceiver();
  cli = openStripeCli(sandbox.server.url, key);
  listener = await cli.listen(receiver.url, '--all-snapshot');
});

afterAll(async () => {
  cli?.close();
  await receiver?.close();
  await sandbox?.close();
});

test('stripe listen forwards events so that the SDK verifies them by the secret it printed', async () => {
  const stripe = sandbox.stripe(key);
  const customer = await stripe.customers.create({ name: 'Zoë' });
  const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
  const event = stripe.webhooks.constructEvent(body, signature, listener.secret);
  expect([event.type, (event.data.object as Stripe.Customer).id]).toEqual(['customer.created', customer.id]);
  expect((await cli.run('listen', '--print-secret')).output.trim()).toBe(listener.secret);
});

test('stripe trigger makes its objects and its event arrives', async () => {
  expect((await cli.run('trigger', 'customer.updated')).output).toContain('Trigger succeeded');
  const received = await receiver.arrived(3);
  expect(received.map((one) => JSON.parse(one.body).type)).toContain('customer.updated');
});

test('stripe fixtures makes what a file of them says, one from the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-fixtures-'));
  try {
    const file = join(folder, 'shop.json');
    writeFileSync(file, JSON.stringify(shop));
    expect(await cli.run('fixtures', file)).toMatchObject({ exitCode: 0 });
    const stripe = sandbox.stripe(key);
    const [product] = (await stripe.products.list({ limit: 1 })).data;
    const prices = await stripe.prices.list({ product: product?.id ?? '' });
    expect([product?.name, product?.metadata.plan, prices.data[0]?.unit_amount]).toEqual(['Hosting', 'pro', 1500]);
    expect(prices.data[0]?.recurring?.interval).toBe('month');
    expect(sandbox.contractMisfits()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** In the form of https://docs.stripe.com/cli/fixtures */
const shop = {
  _meta: { template_version: 0 },
  fixtures: [
    {
      name: 'product',
      path: '/v1/products',
      method: 'post',
      params: { name: 'Hosting', metadata: { plan: 'pro' } },
    },
    {
      name: 'price',
      path: '/v1/prices',
      method: 'post',
      params: {
        product: '$'.concat('{product:id}'),
        currency: 'usd',
        unit_amount: 1500,
        recurring: { interval: 'month' },
      },
    },
  ],
};

test('stripe events resend sends the same event again', async () => {
  const before = receiver.received.length;
  const [event] = (await sandbox.stripe(key).events.list()).data;
  await cli.run('events', 'resend', event?.id ?? '');
  const received = await receiver.arrived(before + 1);
  expect(JSON.parse(received.at(-1)?.body ?? '{}').id).toBe(event?.id);
});

test('stripe events resend --account sends an event of a connected account to the platform that listens', async () => {
  const connected = 'sk_test_officialcliconnected';
  const { id } = await sandbox.stripe(connected).customers.create({});
  const { account } = (await sandbox.control('POST', 'connections', { platform: key, key: connected })) as {
    account: string;
  };
  const [event] = (await sandbox.stripe(connected).events.list({ type: 'customer.created' })).data;
  const before = receiver.received.length;
  expect((await cli.run('events', 'resend', event?.id ?? '', '--account', account)).output).not.toContain('error');
  const sent = JSON.parse((await receiver.arrived(before + 1)).at(-1)?.body ?? '{}');
  expect([sent.id, sent.account, sent.data.object.id]).toEqual([event?.id, account, id]);
});

test('stripe logs tail shows each request as it is answered, and of those what its filters ask for', async () => {
  const all = await cli.tail();
  const failures = await cli.tail('--filter-request-status', 'FAILED', '--filter-http-method', 'GET');
  try {
    const stripe = sandbox.stripe(key);
    await stripe.products.list();
    await expect(stripe.customers.retrieve('cus_nobody')).rejects.toMatchObject({ code: 'resource_missing' });
    expect(await all.shows('/v1/customers/cus_nobody')).toMatch(/200.*GET.*\/v1\/products/);
    const shown = await failures.shows('/v1/customers/cus_nobody');
    expect(shown).toMatch(/404.*GET.*\/v1\/customers\/cus_nobody/);
    expect(shown).not.toContain('/v1/products');
  } finally {
    all.end();
    failures.end();
  }
});

test('behaviour 29: stripe listen forwards thin events, and the SDK fetches what they leave out', async () => {
  const thinReceiver = await startReceiver();
  const thinListener = await cli.listen(thinReceiver.url, '--all-thin');
  try {
    const stripe = sandbox.stripe(key);
    const customer = await stripe.customers.create({ name: 'Thin' });
    const [{ body, signature } = { body: '', signature: '' }] = await thinReceiver.arrived(1);
    const notification = stripe.parseEventNotification(body, signature, thinListener.secret);
    if (notification.type !== 'v1.customer.created') throw new Error(`It is a ${notification.type}.`);
    expect(await notification.fetchRelatedObject()).toMatchObject({ id: customer.id, name: 'Thin' });
  } finally {
    thinListener.end();
    await thinReceiver.close();
  }
});
