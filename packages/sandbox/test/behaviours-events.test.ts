import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox, WebhookPost } from '../src/index.js';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import {
  type RunningSandbox,
  runSandbox,
  seeded,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviours 20-30: events and webhooks. https://docs.stripe.com/webhooks and https://docs.stripe.com/api/events

const latest = '2026-10-28.endive';

describe('over HTTP, with the official SDK', () => {
  let sandbox: RunningSandbox;
  let receiver: WebhookReceiver;
  let stripe: Stripe;
  let endpoint: Stripe.WebhookEndpoint;
  let keys = 0;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  beforeEach(async () => {
    receiver = await startReceiver();
    keys += 1;
    stripe = sandbox.stripe(`sk_test_events${keys}`);
    endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'], api_version: latest });
  });

  afterEach(async () => {
    await receiver.close();
    sandbox.server.sandbox.faults.clear();
    expect(sandbox.contractMisfits()).toEqual([]);
  });

  afterAll(() => sandbox.close());

  const eventsReceived = async (count: number): Promise<Stripe.Event[]> =>
    (await receiver.arrived(count)).map(({ body, signature }) =>
      stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? ''),
    );

  test('behaviour 20: what arrives is signed so that the SDK accepts it, and only it', async () => {
    const customer = await stripe.customers.create({ name: 'Zoë' });
    const [event] = await eventsReceived(1);
    expect(event).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id } } });
    const [{ body = '', signature = '' } = {}] = receiver.received;
    expect(() => stripe.webhooks.constructEvent(`${body} `, signature, endpoint.secret ?? '')).toThrow();
    expect(() =>
      stripe.webhooks.constructEvent(JSON.stringify(JSON.parse(body)), signature, endpoint.secret ?? ''),
    ).toThrow();
  });

  // Checked, 20: documented: https://docs.stripe.com/webhooks#roll-endpoint-secrets (up to 24 hours).
  test('behaviour 20: while a secret is rolled both secrets verify', async () => {
    const account = (await stripe.accounts.retrieveCurrent()).id;
    const rolled = (await sandbox.control('POST', 'webhook_secrets', { account, endpoint: endpoint.id })) as {
      secret: string;
    };
    await stripe.customers.create({});
    const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
    expect(signature.match(/v1=/g)).toHaveLength(2);
    // The scheme that Stripe adds in test mode, which receivers must pass over.
    expect(signature).toMatch(/,v0=[0-9a-f]{64}$/);
    for (const secret of [endpoint.secret ?? '', rolled.secret]) {
      expect(stripe.webhooks.constructEvent(body, signature, secret).type).toBe('customer.created');
    }
  });

  test('the secret is shown when an endpoint is made and never again', async () => {
    expect(endpoint.secret).toMatch(/^whsec_[A-Za-z0-9]{32}$/);
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
    expect((await stripe.webhookEndpoints.list()).data[0]?.secret).toBeUndefined();
    expect((await stripe.webhookEndpoints.update(endpoint.id, { description: 'x' })).secret).toBeUndefined();
  });

  test('an account takes 16 endpoints and refuses the next, and any of them can be deleted', async () => {
    for (let count = 1; count < 16; count += 1)
      await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['charge.failed'] });
    await expect(stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ id: endpoint.id, deleted: true });
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
  });

  // Checked, 21: documented: https://docs.stripe.com/webhooks#handle-duplicate-events, both that an event comes twice
  // and that a change has two.
  test('behaviour 21: one event may arrive twice with the same id', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'event_duplicate', event: 'customer.created', times: 1 });
    await stripe.customers.create({});
    const [first, second] = await eventsReceived(2);
    expect(second?.id).toBe(first?.id);
  });

  test('behaviour 21: two events with ids of their own may tell of one change, by push and in the list', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'event_twin', event: 'customer.created', times: 1 });
    const customer = await stripe.customers.create({});
    const [first, second] = await eventsReceived(2);
    expect(second?.id).not.toBe(first?.id);
    for (const event of [first, second, ...(await stripe.events.list()).data]) {
      expect(event).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id } } });
    }
    expect((await stripe.events.list()).data).toHaveLength(2);
  });

  test('an event that is dropped never arrives and can still be listed', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'event_drop', event: 'customer.created', times: 1 });
    const customer = await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'x' });
    expect((await eventsReceived(1)).map((event) => event.type)).toEqual(['customer.updated']);
    expect((await stripe.events.list()).data.map((event) => event.type)).toEqual([
      'customer.updated',
      'customer.created',
    ]);
  });

  test('behaviour 23: only a 2xx is success: a redirect is not followed', async () => {
    receiver.answerWith(302);
    await stripe.customers.create({});
    await receiver.arrived(1);
    const [event] = (await stripe.events.list()).data;
    expect(event?.pending_webhooks).toBe(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    expect(receiver.received.map((one) => one.path)).toEqual(['/webhooks']);
  });

  test('an endpoint that never answers keeps no event from another', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await stripe.webhookEndpoints.create({ url: `http://127.0.0.1:${port}/`, enabled_events: ['*'] });
    for (let count = 0; count < 60; count += 1) await stripe.customers.create({});
    expect(await eventsReceived(60)).toHaveLength(60);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('behaviour 24: each endpoint gets the version it was made with, and what the object was then', async () => {
    const older = await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['*'],
      api_version: '2025-09-30.clover',
    });
    const plain = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
    expect([older.api_version, plain.api_version]).toEqual(['2025-09-30.clover', null]);
    const customer = await stripe.customers.create({ name: 'Then' });
    await receiver.arrived(3);
    await stripe.customers.update(customer.id, { name: 'Now' });
    const created = receiver.received.slice(0, 3).map((one) => JSON.parse(one.body) as Stripe.Event);
    expect(created.map((event) => event.api_version).sort()).toEqual([
      '2025-09-30.clover',
      '2026-08-26.dahlia',
      latest,
    ]);
    const listed = (await stripe.events.list({ type: 'customer.created' })).data[0];
    for (const event of [...created, listed]) expect(event).toMatchObject({ data: { object: { name: 'Then' } } });
  });

  test('behaviour 25: an event says which request and key caused it', async () => {
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: 'b25' });
    const [event] = await eventsReceived(1);
    expect(event?.request).toEqual({ id: lastResponse.requestId, idempotency_key: 'b25' });
  });

  test('behaviour 25: what Stripe does by itself was caused by no request', async () => {
    const pay = { amount: 900, currency: 'usd', confirm: true, off_session: true };
    const intent = await stripe.paymentIntents.create({ ...pay, payment_method: 'pm_card_pendingRefund' });
    await stripe.refunds.create({ payment_intent: intent.id });
    await sandbox.control('POST', 'clock', { key: `sk_test_events${keys}`, advance_seconds: 61 });
    const [updated] = (await stripe.events.list({ type: 'refund.updated' })).data;
    expect(updated?.request).toEqual({ id: null, idempotency_key: null });
  });

  test('behaviour 26: previous_attributes only on updates, only the changed fields; no change makes no event', async () => {
    const customer = await stripe.customers.create({ name: 'Old', metadata: { kept: '1', changed: '1' } });
    await stripe.customers.update(customer.id, { name: 'New', metadata: { changed: '2', added: '3' } });
    await stripe.customers.update(customer.id, { name: 'New' });
    const [created, updated] = await eventsReceived(2);
    expect(created?.data.previous_attributes).toBeUndefined();
    expect(updated?.data.previous_attributes).toEqual({ name: 'Old', metadata: { changed: '1', added: null } });
    expect((await stripe.events.list()).data).toHaveLength(2);
  });

  test('behaviour 30: livemode tells live from test', async () => {
    await sandbox.stripe(`sk_live_sandbox_events${keys}`).customers.create({});
    await stripe.customers.create({});
    const live = (await sandbox.stripe(`sk_live_sandbox_events${keys}`).events.list()).data;
    expect([live.length, live[0]?.livemode, (await stripe.events.list()).data[0]?.livemode]).toEqual([1, true, false]);
  });

  test('behaviour 30: pending_webhooks says how many have yet to take the event: some, fewer, none', async () => {
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.created'] });
    receiver.answerWith(500);
    await stripe.customers.create({});
    const [first] = await receiver.arrived(2);
    expect((JSON.parse(first?.body ?? '') as Stripe.Event).pending_webhooks).toBe(2);
    const pending = async () => (await stripe.events.list({ type: 'customer.created' })).data[0]?.pending_webhooks;
    while ((await pending()) === 2);
    expect(await pending()).toBe(1);
  });

  // Checked, 30: documented: https://docs.stripe.com/webhooks,
  // https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible (new types may come
  // at any time).
  test('behaviour 30: a type that nobody knows is sent like any other', async () => {
    const { id: account } = await stripe.accounts.retrieveCurrent();
    const made = { account, type: 'orbit.reached', object: { id: 'orb_1', object: 'orbit' } };
    await sandbox.control('POST', 'events', made);
    const [event] = await eventsReceived(1);
    expect(event).toMatchObject({ type: 'orbit.reached', data: { object: { id: 'orb_1' } }, request: { id: null } });
    expect(await sandbox.control('POST', 'events', { ...made, object: {} })).toMatchObject({
      error: { param: 'object' },
    });
  });

  test('events are listed newest first, by kind, by type and by time', async () => {
    const customer = await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'x' });
    await stripe.customers.del(customer.id);
    const types = async (params: Stripe.EventListParams) =>
      (await stripe.events.list(params)).data.map((event) => event.type);
    expect(await types({})).toEqual(['customer.deleted', 'customer.updated', 'customer.created']);
    expect(await types({ type: 'customer.updated' })).toEqual(['customer.updated']);
    expect(await types({ types: ['customer.created', 'customer.deleted'] })).toEqual([
      'customer.deleted',
      'customer.created',
    ]);
    expect(await types({ created: { gt: customer.created + 3600 } })).toEqual([]);
    const oldest = (await stripe.events.list({ type: 'customer.created' })).data[0]?.id ?? '';
    expect(await types({ ending_before: oldest, limit: 1 })).toEqual(['customer.updated']);
  });
});

describe('in process, with a clock', () => {
  const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
  let sandbox: Sandbox;
  const headers = { authorization: 'Bearer sk_test_clock' };

  const call = (method: string, url: string, body = ''): Record<string, unknown> => {
    const answer = sandbox.handle({ method, url, headers, body });
    if (answer.kind === 'cut') throw new Error('cut');
    return JSON.parse(answer.body);
  };

  const due = (): WebhookPost[] => sandbox.deliveries.due(clock.nowMs);

  const createEndpoint = (): string =>
    String(call('POST', '/v1/webhook_endpoints', 'url=http://127.0.0.1:1/x&enabled_events[]=customer.created').id);

  beforeEach(() => {
    sandbox = createCheckedSandbox({
      now: () => clock.nowMs,
      random: seeded(7),
      settings: { webhookRetryDelaysSeconds: { test: [60, 600] } },
    });
  });

  test('behaviour 20: every try has a new timestamp', () => {
    createEndpoint();
    call('POST', '/v1/customers');
    const [first] = due();
    sandbox.deliveries.report(first?.id ?? '', { status: 500 });
    clock.nowMs += 60_000;
    const [second] = due();
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['stripe-signature']).not.toBe(first?.headers['stripe-signature']);
  });

  test('behaviour 20: the old secret stops signing when its time is over, after a day if nothing else was said', () => {
    const endpoint = createEndpoint();
    const roll = (more: object) => {
      const body = JSON.stringify({ key: 'sk_test_clock', endpoint, ...more });
      sandbox.handle({ method: 'POST', url: '/_sandbox/webhook_secrets', headers: {}, body });
    };
    const signatures = (): number => {
      call('POST', '/v1/customers');
      const [post] = due();
      sandbox.deliveries.report(post?.id ?? '', { status: 200 });
      return post?.headers['stripe-signature']?.match(/v1=/g)?.length ?? 0;
    };
    roll({});
    clock.nowMs += 86_399_000;
    expect(signatures()).toBe(2);
    clock.nowMs += 1_000;
    expect(signatures()).toBe(1);
    roll({ expires_in_seconds: 0 });
    expect(signatures()).toBe(1);
  });

  test.each([
    ['live', 'sk_live_sandbox_clock', 10, 3 * 86_400],
    ['test', 'sk_test_clock', 3, 6 * 3_600],
  ])(
    'behaviour 23: without settings a %s endpoint is tried again for as long as Stripe says',
    (_mode, key, most, within) => {
      sandbox = createCheckedSandbox({ now: () => clock.nowMs, random: seeded(7) });
      const send = (url: string, body: string) =>
        sandbox.handle({ method: 'POST', url, headers: { authorization: `Bearer ${key}` }, body });
      send('/v1/webhook_endpoints', 'url=https://shop.example/x&enabled_events[]=customer.created');
      const start = clock.nowMs;
      send('/v1/customers', '');
      let tries = 0;
      for (let next = sandbox.deliveries.nextAtMs(); next !== undefined; next = sandbox.deliveries.nextAtMs()) {
        clock.nowMs = next;
        for (const post of due()) sandbox.deliveries.report(post.id, { status: 503 });
        tries += 1;
      }
      expect(tries).toBe(1 + most);
      expect((clock.nowMs - start) / 1000).toBeGreaterThan(within / 3);
      expect((clock.nowMs - start) / 1000).toBeLessThanOrEqual(within);
    },
  );

  test('behaviour 22: events can be made to overtake each other, the same way for the same seed', () => {
    const order = (): string[] => {
      sandbox = createCheckedSandbox({ now: () => clock.nowMs, random: seeded(3) });
      createEndpoint();
      sandbox.faults.add({ kind: 'event_reorder', delayMs: 5_000 });
      const made = [1, 2, 3, 4, 5].map(() => String(call('POST', '/v1/customers').id));
      clock.nowMs += 5_000;
      return due().map((post) => String(made.indexOf(JSON.parse(post.body).data.object.id)));
    };
    const first = order();
    expect([...first].sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(first).not.toEqual(['0', '1', '2', '3', '4']);
    expect(order()).toEqual(first);
  });

  test('behaviour 23: as many retries as intervals, each when it is due, and none after success', () => {
    createEndpoint();
    call('POST', '/v1/customers');
    for (const waitSeconds of [0, 60, 600]) {
      clock.nowMs += waitSeconds * 1000 - 1;
      expect(waitSeconds === 0 ? [] : due()).toEqual([]);
      clock.nowMs += 1;
      const posts = due();
      expect(posts).toHaveLength(1);
      expect(due()).toEqual([]);
      sandbox.deliveries.report(posts[0]?.id ?? '', { error: 'connection refused' });
    }
    clock.nowMs += 86_400_000;
    expect([due(), sandbox.deliveries.isQuiet()]).toEqual([[], true]);
  });

  test('behaviour 23: a disabled or deleted endpoint gets no more tries', () => {
    for (const [method, body] of [
      ['POST', 'disabled=true'],
      ['DELETE', ''],
    ] as const) {
      const id = createEndpoint();
      call('POST', '/v1/customers');
      const [post] = due();
      sandbox.deliveries.report(post?.id ?? '', { status: 500 });
      call(method, `/v1/webhook_endpoints/${id}`, body);
      clock.nowMs += 60_000;
      expect(due()).toEqual([]);
      call('POST', '/v1/customers');
      expect(due()).toEqual([]);
    }
  });

  test('behaviour 24: events are listed for 30 days', () => {
    call('POST', '/v1/customers');
    clock.nowMs += 30 * 86_400_000;
    expect(call('GET', '/v1/events').data).toHaveLength(1);
    clock.nowMs += 1_000;
    expect(call('GET', '/v1/events').data).toEqual([]);
    sandbox.tick(clock.nowMs);
    expect(sandbox.core.accounts.values().next().value?.store.count('event')).toBe(0);
  });

  test('a delayed event is late', () => {
    createEndpoint();
    sandbox.faults.add({ kind: 'event_delay', delayMs: 10_000, times: 1 });
    call('POST', '/v1/customers');
    clock.nowMs += 9_999;
    expect(due()).toEqual([]);
    clock.nowMs += 1;
    expect(due()).toHaveLength(1);
  });

  test('the same seed, clock and requests give the same bytes', () => {
    const run = (): string => {
      sandbox = createCheckedSandbox({ now: () => 1_700_000_000_000, random: seeded(11) });
      createEndpoint();
      const customer = call('POST', '/v1/customers', 'name=x');
      return JSON.stringify([customer, call('GET', '/v1/events'), sandbox.deliveries.due(1_700_000_000_000)]);
    };
    expect(run()).toBe(run());
  });
});
