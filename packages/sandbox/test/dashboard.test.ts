import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { visitDashboard } from '../src/testing/dashboard-visit.js';
import { merchant } from '../src/testing/merchant-account.js';
import { type RunningSandbox, runSandbox, startReceiver } from '../src/testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const copied = (page: string, start: string): string =>
  new RegExp(`<code class="copied">(${start}\\w+)`).exec(page)?.[1] ?? '';

describe('API keys', () => {
  test('a restricted key that was made on the page has the rights that were ticked, and no others', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_keysmade');
    const fields = {
      action: 'create',
      name: 'Reports',
      'permissions[customers]': 'read',
      'permissions[prices]': 'none',
    };
    expect(await visit.send('/keys', fields)).toBe('/keys');
    const key = copied(await visit.look('/keys'), 'rk_test_keysmade_dashboard_');
    const stripe = sandbox.stripe(key);
    expect((await stripe.customers.list()).data).toEqual([]);
    await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 403 });
    await expect(stripe.prices.list()).rejects.toMatchObject({ statusCode: 403 });
    await visit.send(`/keys/${key}`, { action: 'restrict', 'permissions[customers]': 'write' });
    await stripe.customers.create({});
  });

  test('a rolled key has the rights of the old one, which ends when it was said to', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_keysrolled');
    const to = await visit.send('/keys/sk_test_keysrolled', { action: 'roll', expires_in_seconds: '3600' });
    const made = sandbox.stripe(to.replace('/keys/', ''));
    const customer = await made.customers.create({});
    await sandbox.stripe('sk_test_keysrolled').customers.retrieve(customer.id);
    await visit.send('/clock', { action: 'advance', amount: '1', unit: '3600' });
    await expect(sandbox.stripe('sk_test_keysrolled').balance.retrieve()).rejects.toMatchObject({ statusCode: 401 });
    await made.customers.retrieve(customer.id);
    expect((await visit.try('/keys/sk_test_keysrolled', { action: 'roll', expires_in_seconds: '0' })).status).toBe(400);
  });

  test('a revoked key is refused, and what an operator does in the dashboard needs no key', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_keysrevoked');
    await visit.send('/keys/sk_test_keysrevoked', { action: 'revoke' });
    const refused = sandbox.stripe('sk_test_keysrevoked').balance.retrieve();
    await expect(refused).rejects.toMatchObject({ statusCode: 401, code: 'api_key_expired' });
    expect(await visit.send('/customers', { action: 'add', name: 'Jo' })).toMatch(/^\/customers\/cus_/);
  });

  test('keys of other accounts are neither shown nor changed', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_keysmine');
    await visitDashboard(sandbox, 'sk_test_keystheirs');
    const { status } = await visit.try('/keys/sk_test_keystheirs', { action: 'revoke' });
    expect(status).toBe(404);
    await sandbox.stripe('sk_test_keystheirs').balance.retrieve();
    expect((await visit.try('/keys/sk_test_keysmine_dashboard_none', { action: 'revoke' })).status).toBe(404);
    const unknown = sandbox.stripe('sk_test_keysmine_dashboard_none').balance.retrieve();
    await expect(unknown).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe('webhooks', () => {
  test('an added endpoint gets the events that were ticked, signed by the secret that is revealed', async () => {
    const receiver = await startReceiver();
    try {
      const key = 'sk_test_hooks';
      const visit = await visitDashboard(sandbox, key);
      const stripe = sandbox.stripe(key);
      const fields = { action: 'add', url: receiver.url, enabled_events: ['customer.created', 'customer.deleted'] };
      const place = await visit.send('/webhooks/new', fields);
      const secret = copied(await visit.look(place), 'whsec_');
      await stripe.products.create({ name: 'Unasked' });
      const customer = await stripe.customers.create({});
      const [sent = { body: '', signature: '' }] = await receiver.arrived(1);
      const event = stripe.webhooks.constructEvent(sent.body, sent.signature, secret);
      expect((event.data.object as Stripe.Customer).id).toBe(customer.id);

      await visit.send(`/events/${event.id}`, { action: 'resend', webhook_endpoint: place.replace('/webhooks/', '') });
      expect(JSON.parse((await receiver.arrived(2))[1]?.body ?? '{}')).toMatchObject({ id: event.id });
      await visit.send(place, { action: 'roll', expires_in_seconds: '0' });
      expect(copied(await visit.look(place), 'whsec_')).not.toBe(secret);
      await visit.send(place, { action: 'disable' });
      await visit.send(place, { action: 'events', enabled_events: '*' });
      const [endpoint] = (await stripe.webhookEndpoints.list()).data;
      expect(endpoint).toMatchObject({ status: 'disabled', enabled_events: ['*'] });
      expect(await visit.send(place, { action: 'remove' })).toBe('/webhooks');
      expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
    } finally {
      await receiver.close();
    }
  });

  test('what is wrong is said at its field, and what was typed stays', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_hookswrong');
    const typed = { action: 'add', url: 'ftp://nowhere', description: 'Mine', enabled_events: 'invoice.paid' };
    const { status, text } = await visit.try('/webhooks/new', typed);
    expect(status).toBe(400);
    expect(text).toMatch(
      /value="ftp:\/\/nowhere"[^>]* aria-describedby="add-url-hint add-url-error" aria-invalid="true"/,
    );
    expect(text).toContain('value="Mine"');
    expect(text).toMatch(/value="invoice.paid" checked/);
    expect(text).toContain('role="alert"');
  });
});

test('products and prices are made by the operations of the API, and their ids are there to be copied', async () => {
  const key = 'sk_test_catalog';
  const visit = await visitDashboard(sandbox, key);
  const stripe = sandbox.stripe(key);
  const place = await visit.send('/products', { action: 'add', name: 'Hosting' });
  const price = { action: 'price', unit_amount: '1500', currency: 'usd', 'recurring[interval]': 'month' };
  await visit.send(place, price);
  const page = await visit.look(place);
  expect(page).toContain('15.00 USD every month');
  const id = copied(page, 'price_');
  expect(await stripe.prices.retrieve(id)).toMatchObject({
    unit_amount: 1500,
    product: place.replace('/products/', ''),
  });
  await visit.send(place, { action: 'archive_price', price: id });
  expect((await stripe.prices.retrieve(id)).active).toBe(false);
  const wrong = await visit.try(place, { ...price, currency: 'nowhere' });
  expect([wrong.status, wrong.text.includes('value="nowhere"')]).toEqual([400, true]);
  const { data } = await stripe.events.list();
  expect(data.map((event) => event.type)).toEqual(['price.updated', 'price.created', 'product.created']);
  expect(data[1]?.request?.id).toMatch(/^req_/);
});

test('a customer is given a card, which is the one that pays invoices', async () => {
  const key = 'sk_test_carded';
  const visit = await visitDashboard(sandbox, key);
  const stripe = sandbox.stripe(key);
  const place = await visit.send('/customers', { action: 'add', name: 'Zoë', email: 'zoe@example.com' });
  const id = place.replace('/customers/', '');
  await visit.send(place, { action: 'card', method: 'pm_card_mastercard', default: 'true' });
  const customer = await stripe.customers.retrieve(id, { expand: ['invoice_settings.default_payment_method'] });
  expect(customer).toMatchObject({
    name: 'Zoë',
    invoice_settings: { default_payment_method: { card: { last4: '4444' } } },
  });
  expect((await visit.try(place, { action: 'card', method: 'pm_card_visa_chargeDeclined' })).status).toBe(402);
  const method = copied(await visit.look(place), 'pm_');
  await visit.send(place, { action: 'detach', method });
  expect((await stripe.customers.listPaymentMethods(id)).data).toEqual([]);
  await visit.send(place, { action: 'remove' });
  expect(await stripe.customers.retrieve(id)).toMatchObject({ deleted: true });
});

test("a subscription's price is changed with its prorations, and it is canceled at the end of its period or now", async () => {
  const key = 'sk_test_subscribed';
  const visit = await visitDashboard(sandbox, key);
  const stripe = sandbox.stripe(key);
  const product = await stripe.products.create({ name: 'Hosting' });
  const price = (amount: number) =>
    stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval: 'month' },
    });
  const [basic, better] = [await price(1000), await price(3000)];
  const card = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
  const customer = await stripe.customers.create({ name: 'Jo', ...card });
  const { id, items } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: basic.id }] });
  expect(await visit.look(`/customers/${customer.id}`)).toContain(`/subscriptions/${id}"`);
  const place = `/subscriptions/${id}`;
  const change = { action: 'price', item: items.data[0]?.id ?? '', price: better.id, quantity: '2' };
  await visit.send(place, { ...change, proration_behavior: 'always_invoice' });
  const changed = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
  expect(changed.items.data[0]).toMatchObject({ price: { id: better.id }, quantity: 2 });
  expect(changed.latest_invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 5000 });
  await visit.send(place, { action: 'cancel_later' });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at_period_end: true });
  await visit.send(place, { action: 'keep' });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at_period_end: false });
  await visit.send(place, { action: 'cancel' });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
  expect(await visit.look(place)).not.toContain('Cancel now');
});

test('behaviour 28: uninstalling an app ends the connection, and the platform is told', async () => {
  const [platformKey, key] = ['sk_test_appsplatform', 'sk_test_appsshop'];
  const visit = await visitDashboard(sandbox, key);
  const platform = sandbox.stripe(platformKey);
  await platform.balance.retrieve();
  await sandbox.control('POST', 'connections', { platform: platformKey, key });
  const connected = { stripeAccount: visit.accountId };
  await platform.customers.list({}, connected);
  const page = await visit.look('/apps');
  await visit.send('/apps', { action: 'uninstall', platform: copied(page, 'acct_') });
  await expect(platform.customers.list({}, connected)).rejects.toMatchObject({ statusCode: 403 });
  const { data } = await sandbox.stripe(key).events.list({ type: 'account.application.deauthorized' });
  expect(data).toHaveLength(1);
});

test('behaviour 69: a requirement is raised and cleared on the page, and the platform sees it', async () => {
  const platform = sandbox.stripe('sk_test_reqplatform');
  const { id } = await platform.v2.core.accounts.create(merchant);
  const asked = async (): Promise<string[]> => {
    const account = await platform.v2.core.accounts.retrieve(id, { include: ['requirements'] });
    return (account.requirements?.entries ?? []).map((entry) => entry.description);
  };
  const { data } = (await sandbox.control('GET', 'accounts')) as { data: { id: string; key: string }[] };
  const visit = await visitDashboard(sandbox, data.find((account) => account.id === id)?.key ?? '');
  await visit.send('/requirements', {
    action: 'raise',
    description: 'identity.individual.email',
    due_in_seconds: '60',
  });
  expect(await asked()).toContain('identity.individual.email');
  await visit.send('/requirements', { action: 'clear', description: 'identity.individual.email' });
  expect(await asked()).not.toContain('identity.individual.email');
});

test('keys that were made and rolled are the same after a restart', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(`${tmpdir()}/dashboard-`);
  try {
    const first = await runSandbox({ dataFolder: folder });
    const visit = await visitDashboard(first, 'sk_test_keyskept');
    const to = await visit.send('/keys/sk_test_keyskept', { action: 'roll', expires_in_seconds: '0' });
    await first.close();
    const second = await runSandbox({ dataFolder: folder });
    await second.stripe(to.replace('/keys/', '')).balance.retrieve();
    await expect(second.stripe('sk_test_keyskept').balance.retrieve()).rejects.toMatchObject({ statusCode: 401 });
    await second.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
