import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashboardPages } from '../src/dashboard/pages.js';
import { type DashboardVisit, visitDashboard } from '../src/testing/dashboard-visit.js';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

test('the first page leads to the dashboard of each account', async () => {
  const { accountId } = await visitDashboard(sandbox, 'sk_test_inspectindex');
  const index = await (await fetch(`${sandbox.server.url}/`)).text();
  expect(index).toContain(`href="/dashboard/${accountId}"`);
});

test('an object is found by its type and by its id, as the API shows it', async () => {
  const visit = await visitDashboard(sandbox, 'sk_test_inspectobjects');
  const { id } = await sandbox.stripe('sk_test_inspectobjects').customers.create({ name: 'Jo' });
  expect(await visit.look('/objects')).toContain('/objects/customer"');
  expect(await visit.look('/objects/customer')).toContain(`/objects/customer/${id}"`);
  const page = await visit.look(`/objects/customer/${id}`);
  expect(page).toContain('&quot;name&quot;: &quot;Jo&quot;');
  expect(page).not.toContain('&quot;_');
  expect(await visit.look(`/objects?id=${id}`)).toContain(`customer ${id}</a>`);
});

test('the log shows requests without the numbers of cards, and what was answered', async () => {
  const key = 'sk_test_inspectrequests';
  const visit = await visitDashboard(sandbox, key);
  const body = 'type=card&card[number]=4242424242424242&card[cvc]=987&card[exp_month]=12&card[exp_year]=2034';
  await sandbox.call('POST', '/v1/payment_methods', { key, body });
  const place = /\/requests\/req_\w+/.exec(await visit.look('/requests'))?.[0] ?? '';
  const page = await visit.look(place);
  expect(page).toContain('<dt>card[number]</dt><dd>****4242</dd>');
  expect(page).not.toMatch(/4242424242424242|987/);
  expect(page).toContain('&quot;object&quot;: &quot;payment_method&quot;');
});

test('the log holds no secret that an answer gave', async () => {
  const key = 'sk_test_inspectsecrets';
  const stripe = sandbox.stripe(key);
  const { secret = '' } = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/hook',
    enabled_events: ['*'],
  });
  const { client_secret: clientSecret } = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
  expect(secret).toMatch(/^whsec_/);
  const log = JSON.stringify(await sandbox.control('GET', `requests?key=${key}`));
  expect(log).toContain('"POST","url":"/v1/payment_intents"');
  expect(log).not.toContain(secret);
  expect(log).not.toContain(String(clientSecret));
});

test('the clock is moved forward, and set to stand still', async () => {
  const visit = await visitDashboard(sandbox, 'sk_test_inspectclock');
  await visit.send('/clock', { action: 'mode', mode: 'manual' });
  const at = async (): Promise<string> => /<time[^>]*>[^<]+/.exec(await visit.look('/clock'))?.[0] ?? '';
  const before = await at();
  expect(await at()).toBe(before);
  await visit.send('/clock', { action: 'advance', amount: '2', unit: '86400' });
  expect(await at()).not.toBe(before);
  expect((await visit.try('/clock', { action: 'advance', amount: '-1', unit: '60' })).status).toBe(400);
});

test('a fault strikes the API and not the dashboard, until it is removed', async () => {
  const key = 'sk_test_inspectfaults';
  const visit = await visitDashboard(sandbox, key);
  const stripe = sandbox.stripe(key);
  await visit.send('/faults', {
    action: 'add',
    kind: 'status',
    request: 'POST /v1/customers',
    status: '503',
    code: 'approval_required',
  });
  await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 503, code: 'approval_required' });
  await sandbox.stripe('sk_test_inspectothers').customers.create({});
  await visit.send('/customers', { action: 'add', name: 'Beside it' });
  const fault = /name="fault" value="(fault_\d+)"/.exec(await visit.look('/faults'))?.[1] ?? '';
  await visit.send('/faults', { action: 'remove', fault });
  await stripe.customers.create({});
});

describe('who may send a form', () => {
  const hostile = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

  test('a page of another origin changes nothing, neither here nor by the control API', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_foreign');
    const { status } = await visit.try('/customers', { action: 'add', name: 'Eve' }, hostile);
    expect(status).toBe(403);
    const control = { method: 'POST', body: JSON.stringify({ kind: 'status', status: 500 }), headers: hostile };
    expect((await fetch(`${sandbox.server.url}/_sandbox/faults`, control)).status).toBe(403);
    expect((await sandbox.stripe('sk_test_foreign').customers.list()).data).toEqual([]);
  });

  test('a browser on the page, and a program, may', async () => {
    const visit = await visitDashboard(sandbox, 'sk_test_own');
    const own = { 'sec-fetch-site': 'same-origin', origin: sandbox.server.url };
    expect((await visit.try('/customers', { action: 'add', name: 'Jo' }, own)).status).toBe(303);
    expect((await visit.try('/customers', { action: 'add', name: 'Jo' })).status).toBe(303);
  });
});

describe('every page', () => {
  const hostile = `"><script>alert('x')</script>&{{7*7}}`;
  const addresses = Object.keys(dashboardPages);
  let visit: DashboardVisit;
  let ids: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const key = 'sk_test_hostile';
    visit = await visitDashboard(sandbox, key);
    const stripe = sandbox.stripe(key);
    const customer = await stripe.customers.create({ name: hostile, description: hostile, metadata: { a: hostile } });
    const product = await stripe.products.create({ name: hostile, description: hostile });
    const recurring = { interval: 'month' } as const;
    const money = { currency: 'usd', unit_amount: 100 };
    const price = await stripe.prices.create({ ...money, product: product.id, nickname: hostile, recurring });
    const later = { collection_method: 'send_invoice', days_until_due: 30 } as const;
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      ...later,
    });
    const url = `https://shop.example/?a=${encodeURIComponent(hostile)}`;
    const endpoint = await stripe.webhookEndpoints.create({ url, description: hostile, enabled_events: ['*'] });
    await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000, name: hostile });
    await visit.send('/keys', { action: 'create', name: hostile });
    const [event] = (await stripe.events.list({ limit: 1 })).data;
    await sandbox.stripe('sk_test_hostileplatform').balance.retrieve();
    await sandbox.control('POST', 'applications', { key: 'sk_test_hostileplatform', name: hostile });
    await sandbox.control('POST', 'connections', { platform: 'sk_test_hostileplatform', key });
    await visit.send('/faults', { action: 'add', kind: 'event_drop', event: hostile });
    await visit.send('/faults', { action: 'add', kind: 'status', request: 'GET /v1/nothing', code: hostile });
    await sandbox.call('GET', `/v1/customers/${encodeURIComponent(hostile)}?x=<script>`, { key });
    const request = /\/requests\/(req_\w+)/.exec(await visit.look('/requests'))?.[1] ?? '';
    ids = {
      ':key': key,
      ':endpoint': endpoint.id,
      ':product': product.id,
      ':customer': customer.id,
      ':subscription': subscription.id,
      ':type': 'customer',
      ':id': customer.id,
      ':event': event?.id ?? '',
      ':request': request,
    };
  });

  const placeOf = (address: string): string =>
    address.replaceAll(/:[a-z]+/g, (name) => encodeURIComponent(ids[name] ?? ''));

  test.each(addresses)(
    'at %s says what it is, runs no script and shows hostile names as they are typed',
    async (address) => {
      const page = await visit.look(placeOf(address));
      expect(page).toContain('this is not Stripe');
      expect(page).not.toMatch(/<script|javascript:|\son[a-z]+=/i);
      expect(page).not.toContain(hostile);
    },
  );

  test.each(addresses)('at %s has a name for everything that can be filled in, and each id once', async (address) => {
    const page = await visit.look(placeOf(address));
    const found = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(found).size).toBe(found.length);
    const labels = new Set([...page.matchAll(/<label[^>]* for="([^"]+)"/g)].map(([, id]) => id));
    const inputs = [...page.matchAll(/<(?:input|select)(?![^>]*type="hidden")[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    for (const id of inputs) expect(labels).toContain(id);
  });

  test('what was typed and refused comes back as text', async () => {
    const { status, text } = await visit.try('/products', { action: 'add', name: '', description: hostile });
    expect(status).toBe(400);
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;');
    expect(text).not.toContain('<script');
    expect((await visit.try('/products', { action: hostile })).status).toBe(400);
    expect((await visit.try('/products', { action: 'toString' })).status).toBe(400);
  });

  test('of an account that is not there, and an address that is none, is not found', async () => {
    const answer = await fetch(`${sandbox.server.url}/dashboard/acct_none/customers`);
    expect(answer.status).toBe(404);
    expect((await visit.try('/nothing', {})).status).toBe(404);
    expect((await visit.try('/customers/cus_none', { action: 'remove' })).status).toBe(404);
  });
});
