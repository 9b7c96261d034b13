import { STRIPE_PERMISSIONS } from '@tollbridge/core';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { control, keyOfEnvironment, restrictedKey } from '../connection-story.js';

const KEY = 'sk_test_sandbox_first';

describe.each(testDatabases())('connections on %s', (database) => {
  let world: World;
  const open = async () => {
    world = await createWorld({ database });
  };
  const close = () => world.close();

  const create = (body: object, key?: string) => world.request('POST', '/v1/connections', body, key ? { key } : {});
  const count = async () => (await world.request('GET', '/v1/connections')).body.data.length;

  describe('201', () => {
    beforeEach(open);
    afterEach(close);

    test('CON-2, LAGO-2: one key is enough: the card shows account, rights, events and history, and no secret', async () => {
      const { status, body } = await create({ secret_key: KEY });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        object: 'connection',
        code: 'stripe',
        host: 'sandbox',
        livemode: false,
        status: 'connected',
        status_word: 'Connected',
        reason: 'key_proven',
        next_action: null,
        enabled: true,
        create_customers: false,
        is_default: true,
        card_payments: 'active',
        may_collect: { allowed: true, reason: null },
        secret_key_hint: 'sk_test_sandbox_…irst',
        webhook: { mode: 'managed', problem: null },
      });
      expect(body.stripe_account_id).toMatch(/^acct_/);
      expect(body.checklist).toHaveLength(STRIPE_PERMISSIONS.length);
      expect(body.checklist.filter((item: Body) => item.granted !== true)).toEqual([]);
      expect(body.history.map(({ from, to, reason }: Body) => [from, to, reason])).toEqual([
        ['connecting', 'connected', 'key_proven'],
        [null, 'connecting', 'account_status_awaited'],
      ]);
      expect(JSON.stringify(body)).not.toContain(KEY);
      expect(JSON.stringify(body)).not.toContain('whsec_');
    });

    test('CON-6: the endpoint is made in Stripe with our version and exactly the events we listen to', async () => {
      const { body } = await create({ secret_key: KEY });
      const [endpoint] = (await world.stripe(KEY).webhookEndpoints.list()).data;
      expect(endpoint).toMatchObject({ id: body.webhook.stripe_endpoint_id, url: body.webhook.url });
      expect(endpoint?.api_version).toBe(body.webhook.api_version);
      expect(endpoint?.enabled_events).toEqual(body.webhook.events);
    });

    test('CON-2: nothing is changed in Stripe by the probe', async () => {
      await create({ secret_key: KEY });
      const stripe = world.stripe(KEY);
      expect((await stripe.customers.list()).data).toEqual([]);
      expect((await stripe.paymentIntents.list()).data).toEqual([]);
      expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
    });

    test('CON-12: the secret key is stored sealed, and in no column in the clear', async () => {
      await create({ secret_key: KEY });
      const rows = await world.context.db.query({
        text: 'select to_jsonb(c)::text as text from connection_credentials c',
      });
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(KEY);
      const audit = await world.context.db.query({ text: 'select to_jsonb(a)::text as text from audit_entries a' });
      expect(JSON.stringify(audit)).not.toContain(KEY);
    });

    test('a second account is a second connection, and not the default', async () => {
      await create({ secret_key: KEY });
      const { status, body } = await create({ secret_key: 'sk_test_sandbox_second', code: 'second' });
      expect(status).toBe(201);
      expect(body.is_default).toBe(false);
    });

    test('the same idempotency key gives the same answer and no second connection', async () => {
      const body = { secret_key: KEY };
      const first = await world.request('POST', '/v1/connections', body, { idempotencyKey: 'once' });
      const again = await world.request('POST', '/v1/connections', body, { idempotencyKey: 'once' });
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(await count()).toBe(1);
    });

    test('CON-2, CON-6: a restricted key that may not read the account is proven by the other rights, and what to do by hand is shown', async () => {
      const key = restrictedKey(world, 'sandbox_narrow', ['account_read', 'webhook_endpoints_write']);
      const { status, body } = await create({ secret_key: key });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        status: 'connected',
        card_payments: 'unknown',
        may_collect: { allowed: true },
        webhook: { mode: 'none', problem: 'permission_missing' },
      });
      expect(body.stripe_account_id).toMatch(/^acct_/);
      expect(body.webhook.events.length).toBeGreaterThan(0);
      expect(body.webhook.url).toContain(`/stripe/webhooks/${body.id}`);
    });

    test.each(STRIPE_PERMISSIONS.filter(({ isRequired }) => !isRequired).map(({ permission }) => permission))(
      'CON-2: a key without %s is stored, and the checklist names exactly that one, and how to add it',
      async (permission) => {
        const { status, body } = await create({ secret_key: restrictedKey(world, 'sandbox_less', [permission]) });
        expect(status).toBe(201);
        const missing = body.checklist.filter((item: Body) => item.granted !== true);
        expect(missing).toMatchObject([{ permission, granted: false, is_required: false }]);
        expect(missing[0]?.how_to_add).toContain('In Stripe open');
      },
    );

    test('CON-2: a publishable key of the same account is kept and shown', async () => {
      const { status, body } = await create({ secret_key: KEY, publishable_key: 'pk_test_sandbox_first' });
      expect(status).toBe(201);
      expect(body.publishable_key).toBe('pk_test_sandbox_first');
    });

    test('ENV-2: production takes a marked live key against the sandbox, keeps which host it belongs to, and shows it in no other environment', async () => {
      const key = await keyOfEnvironment(world, 'production');
      const { status, body } = await create({ secret_key: 'sk_live_sandbox_shop' }, key);
      expect(status).toBe(201);
      expect(body).toMatchObject({ livemode: true, host: 'sandbox', status: 'connected' });
      expect(await count()).toBe(0);
    });
  });

  describe('400', () => {
    beforeAll(open);
    afterAll(close);

    test.each([
      ['key_missing', { secret_key: ' ' }],
      ['key_masked', { secret_key: 'sk_test_abcd…1234' }],
      ['key_is_webhook_secret', { secret_key: 'whsec_12345678' }],
      ['key_is_account_id', { secret_key: 'acct_12345678' }],
      ['key_is_client_id', { secret_key: 'ca_12345678' }],
      ['key_is_publishable', { secret_key: 'pk_test_sandbox_first' }],
      ['key_malformed', { secret_key: 'hello' }],
      ['key_live_in_test_environment', { secret_key: 'sk_live_sandbox_shop' }],
      ['key_live_in_test_environment', { secret_key: 'sk_live_1234567890' }],
      ['key_marked_needs_sandbox', { secret_key: KEY, host: 'stripe' }],
      ['key_is_not_publishable', { secret_key: KEY, publishable_key: KEY }],
      ['publishable_key_other_mode', { secret_key: KEY, publishable_key: 'pk_live_sandbox_first' }],
      ['publishable_key_other_account', { secret_key: KEY, publishable_key: 'pk_test_sandbox_other' }],
      ['parameter_missing', {}],
      ['parameter_unknown', { secret_key: KEY, key: 'x' }],
      ['parameter_invalid', { secret_key: KEY, code: 'Not a code' }],
      ['parameter_invalid', { secret_key: KEY, webhook_secret: 'secret' }],
      ['parameter_invalid', { secret_key: KEY, mode: 'token' }],
      ['parameter_unknown', { secret_key: KEY, mode: 'oauth' }],
    ])('%s, and nothing is stored', async (code, body) => {
      const reply = await create(body);
      expect(reply.status).toBe(400);
      expect(reply.body.error.code).toBe(code);
      expect(await count()).toBe(0);
    });

    test.each([
      ['key_test_in_production', 'sk_test_sandbox_first'],
      ['key_live_needs_stripe', 'sk_live_1234567890'],
    ])('ENV-2: in production a key of the wrong kind is refused by name: %s', async (code, secret) => {
      const key = await keyOfEnvironment(world, 'production');
      const reply = await create({ secret_key: secret, host: 'sandbox' }, key);
      expect(reply.status).toBe(400);
      expect(reply.body.error).toMatchObject({ code, param: 'secret_key' });
    });

    test.each(STRIPE_PERMISSIONS.filter(({ isRequired }) => isRequired).map(({ permission }) => permission))(
      'CON-2: a key without %s is not stored, and the checklist says how to add the right',
      async (permission) => {
        const reply = await create({ secret_key: restrictedKey(world, 'sandbox_less', [permission]) });
        expect(reply.status).toBe(400);
        expect(reply.body.error.code).toBe('connection_probe_failed');
        const missing = reply.body.error.details.checklist.filter((item: Body) => item.granted !== true);
        expect(missing).toMatchObject([{ permission, granted: false }]);
        expect(missing[0]?.how_to_add).toContain('In Stripe open');
        expect(await count()).toBe(0);
      },
    );

    test('CON-2, LAGO-18: a key that Stripe does not know is refused with what Stripe said', async () => {
      const reply = await create({ secret_key: 'sk_test_reserved_1234', host: 'sandbox' });
      expect(reply.status).toBe(400);
      expect(reply.body.error).toMatchObject({ code: 'stripe_key_refused', param: 'secret_key' });
      expect(JSON.stringify(reply.body)).not.toContain('sk_test_reserved_1234');
    });
  });

  describe('404', () => {
    let id = '';
    beforeAll(async () => {
      await open();
      const production = await keyOfEnvironment(world, 'production');
      id = String((await create({ secret_key: 'sk_live_sandbox_shop' }, production)).body.id);
    });
    afterAll(close);

    test.each([
      ['GET', '', undefined],
      ['GET', '/history', undefined],
      ['GET', '/stray_endpoints', undefined],
      ['DELETE', '/stray_endpoints/we_1', undefined],
      ['PATCH', '', { name: 'Other' }],
      ['POST', '/rotate_key', { secret_key: KEY }],
      ['POST', '/rotate_webhook_secret', {}],
      ['POST', '/check', undefined],
      ['POST', '/set_default', undefined],
    ])('%s …%s knows no connection of another environment', async (method, path, body) => {
      const reply = await world.request(method, `/v1/connections/${id}${path}`, body);
      expect(reply.status).toBe(404);
      expect(reply.body.error.code).toBe('not_found');
    });
  });

  describe('409', () => {
    beforeEach(open);
    afterEach(close);

    test('the same account twice in an environment', async () => {
      const first = await create({ secret_key: KEY });
      const reply = await create({ secret_key: 'rk_test_sandbox_first', code: 'again' });
      expect(reply.status).toBe(409);
      expect(reply.body.error).toMatchObject({
        code: 'connection_account_taken',
        details: { connection_id: first.body.id },
      });
      expect(await count()).toBe(1);
    });

    test('the same code twice', async () => {
      await create({ secret_key: KEY });
      const reply = await create({ secret_key: 'sk_test_sandbox_second' });
      expect(reply.status).toBe(409);
      expect(reply.body.error).toMatchObject({ code: 'connection_code_taken', param: 'code' });
    });
  });

  describe('502', () => {
    beforeAll(open);
    afterAll(close);

    test.each(['status', 'cut_before_commit', 'rate_limit'])('Stripe in trouble (%s) proves nothing', async (kind) => {
      control(world, 'faults', { kind, request: 'GET /v1/account', times: 1 });
      const reply = await create({ secret_key: KEY });
      expect(reply.status).toBe(502);
      expect(reply.body.error.code).toBe('stripe_unreachable');
      expect(await count()).toBe(0);
    });
  });
});
