import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';

const KEY = 'sk_test_sandbox_world';

describe.each(testDatabases())('what is done with a connection on %s', (database) => {
  let world: World;
  let id = '';
  beforeEach(async () => {
    world = await createWorld({ database });
    id = String((await world.connect(KEY)).id);
  });
  afterEach(() => world.close());

  const act = (path: string, body?: unknown, method = 'POST') =>
    world.request(method, `/v1/connections/${id}${path}`, body);
  const card = async () => (await world.request('GET', `/v1/connections/${id}`)).body;
  const told = async () =>
    (await world.request('GET', '/v1/events?limit=100')).body.data.map((event: Body) => event.type);

  describe('PATCH', () => {
    test('CON-2, ENV-6: 200: switches and name change, are told, and are in the audit log with before and after', async () => {
      const reply = await act('', { name: 'Shop', enabled: false, create_customers: true }, 'PATCH');
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({
        name: 'Shop',
        enabled: false,
        create_customers: true,
        may_collect: { allowed: false, reason: 'connection_not_enabled' },
      });
      expect(reply.body.sentence).toContain('switched off');
      expect(await told()).toEqual(['connection.updated', 'connection.connected']);
      const [entry] = (await world.request('GET', `/v1/audit_entries?object_id=${id}`)).body.data;
      expect(entry).toMatchObject({
        action: 'connection.updated',
        before: { enabled: true },
        after: { enabled: false },
      });
    });

    test('CON-6: 200: a secret brought by hand counts beside the one of our endpoint, and can be taken away', async () => {
      expect((await act('', { webhook_secret: 'whsec_fromtheterminal' }, 'PATCH')).body.webhook.mode).toBe('managed');
      expect(await push('whsec_fromtheterminal')).toBe(200);
      await act('', { webhook_secret: null }, 'PATCH');
      expect(await push('whsec_fromtheterminal')).toBe(400);
    });

    test.each([
      ['parameter_unknown', { secret_key: KEY }],
      ['parameter_invalid', { enabled: 'yes' }],
      ['parameter_invalid', { poll_interval_seconds: 0 }],
      ['parameter_invalid', { name: '' }],
    ])('400: %s changes nothing', async (code, body) => {
      const reply = await act('', body, 'PATCH');
      expect(reply.status).toBe(400);
      expect(reply.body.error.code).toBe(code);
      expect((await card()).name).toBe('Stripe');
    });
  });

  describe('rotate_key', () => {
    test('CON-2: 200: another key of the same account takes its place', async () => {
      const reply = await act('/rotate_key', { secret_key: restrictedKey(world, 'sandbox_world') });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ status: 'connected', secret_key_hint: 'rk_test_sandbox_…orld' });
    });

    test('CON-2: 409: a key of another account overwrites nothing', async () => {
      const reply = await act('/rotate_key', { secret_key: 'sk_test_sandbox_other' });
      expect(reply.status).toBe(409);
      expect(reply.body.error.code).toBe('connection_account_differs');
      expect((await card()).secret_key_hint).toBe('sk_test_sandbox_…orld');
    });

    test.each([
      ['key_live_in_test_environment', 'sk_live_sandbox_world'],
      ['key_is_publishable', 'pk_test_sandbox_world'],
      ['stripe_key_refused', 'sk_test_reserved_1234'],
    ])('400: %s overwrites nothing', async (code, secret) => {
      const reply = await act('/rotate_key', { secret_key: secret });
      expect(reply.status).toBe(400);
      expect(reply.body.error.code).toBe(code);
      expect((await card()).secret_key_hint).toBe('sk_test_sandbox_…orld');
    });
  });

  describe('disconnect', () => {
    test.each([
      ['without the word', {}],
      ['with another word', { confirm: 'Stripe' }],
    ])('CON-7: 409: %s nothing is changed, and the refusal names the word', async (_how, body) => {
      const before = await card();
      const reply = await act('/disconnect', body);
      expect(reply.status).toBe(409);
      expect(reply.body.error).toMatchObject({ code: 'connection_confirmation_needed', param: 'confirm' });
      expect(reply.body.error.message).toContain('"stripe"');
      expect(await card()).toEqual(before);
    });

    test('CON-7: 409: what is disconnected already has neither a window nor an end', async () => {
      expect((await act('/disconnect', { confirm: 'stripe' })).status).toBe(200);
      for (const reply of [
        await act('/disconnect', { confirm: 'stripe' }),
        await act('/disconnect', undefined, 'GET'),
      ]) {
        expect(reply.status).toBe(409);
        expect(reply.body.error.code).toBe('connection_disconnected_already');
      }
    });

    test('404: a connection that is not there', async () => {
      const reply = await world.request('POST', '/v1/connections/con_none/disconnect', { confirm: 'stripe' });
      expect(reply.body.error.code).toBe('not_found');
    });

    test('the same request again is answered with what came of it', async () => {
      const key = { idempotencyKey: 'end-1' };
      const path = `/v1/connections/${id}/disconnect`;
      const first = await world.request('POST', path, { confirm: 'stripe' }, key);
      const second = await world.request('POST', path, { confirm: 'stripe' }, key);
      expect(second.status).toBe(200);
      expect(second.body.status_changed_at).toBe(first.body.status_changed_at);
    });
  });

  describe('check', () => {
    test('200: a right that is gone is an error with the next action, and comes back by adding it', async () => {
      await act('/rotate_key', { secret_key: restrictedKey(world, 'sandbox_world') });
      restrictedKey(world, 'sandbox_world', ['payment_intents_write']);
      expect((await act('/check')).body).toMatchObject({
        status: 'error',
        reason: 'permission_missing',
        message: 'Missing: payment_intents_write.',
        may_publish: { allowed: false },
      });
      restrictedKey(world, 'sandbox_world');
      expect((await act('/check')).body).toMatchObject({ status: 'connected', next_action: null });
      const lines = (await world.request('GET', `/v1/connections/${id}/history`)).body.data;
      expect(lines.map(({ to, reason }: Body) => `${to} ${reason}`)).toEqual([
        'connected key_proven',
        'error permission_missing',
        'connected key_proven',
        'connecting account_status_awaited',
      ]);
    });

    test('CON-6: 200: our endpoint, deleted or changed in Stripe, is put right', async () => {
      const stripe = world.stripe(KEY);
      const before = String((await card()).webhook.stripe_endpoint_id);
      await stripe.webhookEndpoints.update(before, { enabled_events: ['customer.updated'], disabled: true });
      await act('/check');
      await world.quiet();
      const { webhook } = await card();
      const endpoint = await stripe.webhookEndpoints.retrieve(before);
      expect(endpoint).toMatchObject({ status: 'enabled', enabled_events: webhook.events });
      await stripe.webhookEndpoints.del(before);
      await act('/check');
      await world.quiet();
      expect((await card()).webhook.mode).toBe('managed');
      expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
    });

    test('CON-6: 200: of an endpoint made by hand the card names the events that are missing', async () => {
      const hand = await world.connect('sk_test_sandbox_hand', { code: 'hand', webhook_secret: 'whsec_madebyhand1' });
      id = String(hand.id);
      await world.stripe('sk_test_sandbox_hand').webhookEndpoints.create({
        url: String(hand.webhook.url),
        enabled_events: ['customer.updated', 'customer.subscription.created'],
      });
      await act('/check');
      const { webhook } = await card();
      expect(webhook.mode).toBe('manual');
      expect(webhook.missing_events).toEqual(
        webhook.events.filter((type: Body) => String(type) !== 'customer.updated'),
      );
    });

    test('202: while Stripe is in trouble nothing is concluded', async () => {
      control(world, 'faults', { kind: 'status', request: 'GET /v1/account', times: 1 });
      const reply = await act('/check');
      expect(reply.status).toBe(202);
      expect(reply.body.status).toBe('connected');
    });

    test('409: a lost connection is brought back by a key, not by a check', async () => {
      control(world, 'keys', { key: KEY, revoked: true });
      expect((await act('/check')).body).toMatchObject({ status: 'disconnected', reason: 'key_refused' });
      const reply = await act('/check');
      expect(reply.status).toBe(409);
      expect(reply.body.error.code).toBe('connection_lost');
    });
  });

  test('set_default: 200, and exactly one is the default', async () => {
    const second = await world.connect('sk_test_sandbox_second', { code: 'second' });
    const reply = await world.request('POST', `/v1/connections/${String(second.id)}/set_default`);
    expect(reply.status).toBe(200);
    const list = (await world.request('GET', '/v1/connections')).body.data;
    expect(list.map((each: Body) => [each.code, each.is_default])).toEqual([
      ['second', true],
      ['stripe', false],
    ]);
  });

  describe('rotate_webhook_secret', () => {
    test('CON-6, EVT-1: 200: our endpoint gets a new secret; what was signed with the old one counts for the overlap', async () => {
      const stripe = world.stripe(KEY);
      await pendingEvent();
      const [old] = world.sandbox.deliveries.due(world.clock.machineNow());
      const reply = await act('/rotate_webhook_secret', { overlap_hours: 1 });
      expect(reply.status).toBe(200);
      await world.quiet();
      const endpoints = (await stripe.webhookEndpoints.list()).data;
      expect(endpoints.map((endpoint) => endpoint.id)).toEqual([(await card()).webhook.stripe_endpoint_id]);
      const headers = { ...old?.headers };
      const replay = () =>
        world.app.inject({ method: 'POST', url: `/stripe/webhooks/${id}`, headers, payload: old?.body ?? '' });
      expect((await replay()).statusCode).toBe(200);
      await stripe.customers.update((await stripe.customers.list()).data[0]?.id ?? '', { name: 'New' });
      await world.quiet();
      const pushed = (await world.request('GET', '/v1/stripe_events?type=customer.updated')).body.data;
      expect(pushed.map((event: Body) => event.received_via)).toEqual(['push', 'push']);
    });

    test('400: an endpoint made by hand needs its new secret', async () => {
      const manual = await world.connect('sk_test_sandbox_hand', { code: 'hand', webhook_secret: 'whsec_madebyhand1' });
      const path = `/v1/connections/${String(manual.id)}/rotate_webhook_secret`;
      const reply = await world.request('POST', path, {});
      expect(reply.status).toBe(400);
      expect(reply.body.error).toMatchObject({ code: 'parameter_missing', param: 'webhook_secret' });
    });

    test('CON-6, EVT-1: 200: by hand, both are valid for the overlap and then only the new one', async () => {
      const manual = await world.connect('sk_test_sandbox_hand', { code: 'hand', webhook_secret: 'whsec_madebyhand1' });
      id = String(manual.id);
      expect(manual.webhook).toMatchObject({ mode: 'manual', stripe_endpoint_id: null });
      await act('/rotate_webhook_secret', { webhook_secret: 'whsec_madebyhand2', overlap_hours: 1 });
      expect([await push('whsec_madebyhand1'), await push('whsec_madebyhand2')]).toEqual([200, 200]);
      await world.advance(3_600_000);
      expect([await push('whsec_madebyhand1'), await push('whsec_madebyhand2')]).toEqual([400, 200]);
    });
  });

  describe('stray_endpoints', () => {
    const strayOf = () =>
      world.stripe(KEY).webhookEndpoints.create({
        url: 'https://old.example/stripe/webhooks/con_old',
        enabled_events: ['customer.updated'],
        metadata: { tollbridge_connection: 'con_old' },
      });

    test('CON-6: 200: only what carries our mark and is not in use is offered, and only that is deleted', async () => {
      const stripe = world.stripe(KEY);
      const foreign = await stripe.webhookEndpoints.create({ url: 'https://shop.example/hook', enabled_events: ['*'] });
      const stray = await strayOf();
      const list = (await act('/stray_endpoints', undefined, 'GET')).body.data;
      expect(list).toMatchObject([{ stripe_id: stray.id, url: stray.url, connection_id: 'con_old' }]);
      expect((await act(`/stray_endpoints/${foreign.id}`, undefined, 'DELETE')).status).toBe(404);
      const own = (await card()).webhook.stripe_endpoint_id;
      expect((await act(`/stray_endpoints/${String(own)}`, undefined, 'DELETE')).status).toBe(404);
      const deleted = await act(`/stray_endpoints/${stray.id}`, undefined, 'DELETE');
      expect(deleted).toMatchObject({ status: 200, body: { stripe_id: stray.id, deleted: true } });
      expect((await stripe.webhookEndpoints.list()).data.map((endpoint) => endpoint.id).sort()).toEqual(
        [foreign.id, String(own)].sort(),
      );
    });

    test('CON-6: at the limit of Stripe the card says so; clearing a stray makes room for our endpoint', async () => {
      const stripe = world.stripe('sk_test_sandbox_full');
      for (let number = 0; number < 16; number++)
        await stripe.webhookEndpoints.create({
          url: `https://old.example/${number}`,
          enabled_events: ['*'],
          metadata: { tollbridge_connection: `con_old${number}` },
        });
      const full = await world.connect('sk_test_sandbox_full', { code: 'full' });
      expect(full.webhook).toMatchObject({ mode: 'none', problem: 'endpoint_limit_reached' });
      id = String(full.id);
      const [stray] = (await act('/stray_endpoints', undefined, 'GET')).body.data;
      await act(`/stray_endpoints/${String(stray?.stripe_id)}`, undefined, 'DELETE');
      await world.quiet();
      expect((await card()).webhook).toMatchObject({ mode: 'managed', problem: null });
    });
  });

  /** Stripe has something to push, and it is not yet pushed. */
  async function pendingEvent(): Promise<void> {
    const stripe = world.stripe(KEY);
    const customer = await stripe.customers.create({ name: 'Ada' });
    await stripe.customers.update(customer.id, { name: 'Ada Lovelace' });
  }

  /** Pushes an event signed with this secret; gives the status. */
  async function push(secret: string): Promise<number> {
    const payload = JSON.stringify({
      id: `evt_${secret}_${world.random.next()}`,
      object: 'event',
      type: 'customer.updated',
      created: Math.floor(world.clock.machineNow() / 1000),
      livemode: false,
      data: { object: { id: 'cus_foreign' } },
    });
    const timestamp = Math.floor(world.clock.machineNow() / 1000);
    const signature = world.stripe(KEY).webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    const answer = await world.app.inject({ method: 'POST', url: `/stripe/webhooks/${id}`, headers, payload });
    return answer.statusCode;
  }
});
