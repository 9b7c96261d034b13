import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, keyOfEnvironment } from '../connection-story.js';
import { ManagedStory, ONBOARDING_PAGES, PLATFORM_KEY } from '../managed-story.js';

describe.each(testDatabases())('our platform makes the Stripe account, on %s', (database) => {
  let world: World;
  let story: ManagedStory;
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new ManagedStory(world);
  });
  afterEach(() => world.close());

  const platform = () => world.stripe(PLATFORM_KEY).v2.core;
  const accounts = async () => (await platform().accounts.list({ limit: 20 })).data.map(({ id }) => id);

  test('CON-1, KINDE-6: the account is there at once, its owner’s own, and the card names what is missing in words', async () => {
    const made = await story.connect({ display_name: 'Shop', country: 'US' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        mode: 'managed',
        status: 'in_progress',
        status_word: 'In progress',
        reason: 'requirements_due',
        message: "business details, a bank account for payouts, agreement to Stripe's terms",
        livemode: false,
        host: 'sandbox',
        is_default: true,
        secret_key_hint: null,
        may_publish: { allowed: false, reason: 'connection_not_connected' },
        may_collect: { allowed: false, reason: 'card_payments_not_active' },
      },
    });
    const account = await platform().accounts.retrieve(String(made.body.stripe_account_id), {
      include: ['configuration.merchant', 'defaults', 'identity'],
    });
    expect(account).toMatchObject({
      contact_email: 'owner@shop.example',
      dashboard: 'full',
      display_name: 'Shop',
      identity: { country: 'us' },
      defaults: { responsibilities: { fees_collector: 'stripe', losses_collector: 'stripe' } },
      metadata: { tollbridge_connection: made.body.id },
    });
    const { history } = await story.card();
    expect(history.map(({ to }: { to: string }) => to)).toEqual(['in_progress', 'connecting']);
  });

  test('KINDE-8, KINDE-14: left at any page, what was entered is kept, the card says what is missing, and the same act goes on', async () => {
    await story.connect();
    const missing: number[] = [];
    for (const [page] of ONBOARDING_PAGES) {
      const back = await story.onboard(page);
      expect(back).toBe(`http://127.0.0.1:4400/connect/${story.id}/returned`);
      const returned = await world.request('GET', new URL(String(back)).pathname, undefined, { key: null });
      expect([returned.status, returned.body.text]).toEqual([200, expect.stringContaining('Back from Stripe')]);
      const card = await story.card();
      expect(card.status).toBe('in_progress');
      missing.push(card.requirements.length);
    }
    expect(missing).toEqual([...missing].sort((left, right) => right - left));
    await story.onboard();
    expect(await story.card()).toMatchObject({ status: 'in_progress', reason: 'verification_pending' });
    await world.advance(11_000);
    expect(await story.card()).toMatchObject({
      status: 'connected',
      reason: 'account_active',
      card_payments: 'active',
      requirements: [],
      may_collect: { allowed: true },
      may_publish: { allowed: true },
    });
  });

  test('CON-1, KINDE-7: each press makes a fresh link; a used and an expired one lead to a page that says so, and nothing is lost', async () => {
    await story.connect();
    const [one, two] = [await story.link(), await story.link()];
    expect(one.status).toBe(201);
    expect(one.body.url).not.toBe(two.body.url);
    world.visit('GET', one.body.url);
    const used = world.visit('GET', one.body.url).location;
    expect(used).toBe(`http://127.0.0.1:4400/connect/${story.id}/expired`);
    const page = await world.request('GET', new URL(String(used)).pathname, undefined, { key: null });
    expect([page.status, page.body.text]).toEqual([200, expect.stringContaining('makes a fresh link')]);
    await world.advance(6 * 60_000);
    expect(world.visit('GET', two.body.url).location).toBe(used);
    expect(world.visit('GET', (await story.link()).body.url).location).toMatch(/email$/);
  });

  test('CON-1: a link is in its answer alone: asked for again under one key it is another, and no table holds it', async () => {
    await story.connect();
    const ask = () =>
      world.request('POST', `/v1/connections/${story.id}/account_link`, {}, { idempotencyKey: 'press-1' });
    const [one, two] = [await ask(), await ask()];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.url).not.toBe(two.body.url);
    for (const { url } of [one.body, two.body])
      expect(await tablesHolding(String(url).split('/').at(-1) ?? '')).toEqual([]);
  });

  async function tablesHolding(text: string): Promise<string[]> {
    const { db } = world.context;
    const tables = await db.query({
      text: `select table_name::text from information_schema.tables where table_schema = current_schema()`,
    });
    const found: string[] = [];
    for (const { table_name: name } of tables) {
      const rows = await db.query({
        text: `select 1 from ${String(name)} t where t::text like $1 limit 1`,
        values: [`%${text}%`],
      });
      if (rows.length > 0) found.push(String(name));
    }
    return found;
  }

  test('whoever names pages of his own is led back to them', async () => {
    await story.connect();
    const urls = { return_url: 'https://host.example/billing', refresh_url: 'https://host.example/billing?again=1' };
    const { body } = await story.link(urls);
    const first = world.visit('GET', body.url).location ?? '';
    expect(world.visit('POST', first, { email: 'a@shop.example', action: 'leave' }).location).toBe(urls.return_url);
    expect(world.visit('GET', body.url).location).toBe(urls.refresh_url);
    expect((await story.link({ return_url: 'javascript:alert(1)' })).status).toBe(400);
  });

  test.each([
    ['is lost on its way back', { kind: 'cut_after_commit', request: 'POST /v2/core/accounts', times: 1 }],
    ['is an error of Stripe’s, twice', { kind: 'status', status: 500, request: 'POST /v2/core/accounts', times: 2 }],
    ['comes too often', { kind: 'rate_limit', request: 'POST /v2/core/accounts', times: 1 }],
  ])('the answer to making it %s: the card is there as Connecting, and one account is made', async (_what, fault) => {
    control(world, 'faults', fault);
    const made = await story.connect();
    expect(made).toMatchObject({ status: 202, body: { status: 'connecting', status_word: 'Connecting' } });
    await world.advance(10_000, 1_000);
    expect(await story.card()).toMatchObject({ status: 'in_progress' });
    expect(await accounts()).toHaveLength(1);
  });

  test('what Stripe refuses to make is said in its words; the same act tries again, and makes it', async () => {
    const error = { code: 'invalid', message: 'Sign up for Connect first.' };
    control(world, 'faults', { kind: 'status', status: 400, error, request: 'POST /v2/core/accounts', times: 2 });
    const made = await story.connect();
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'error', reason: 'account_not_made', message: 'Sign up for Connect first.' },
    });
    expect(await story.link()).toMatchObject({
      status: 409,
      body: { error: { code: 'account_not_made', message: expect.stringContaining('Sign up for Connect first.') } },
    });
    expect((await story.link()).status).toBe(201);
    expect(await story.card()).toMatchObject({ status: 'in_progress' });
    expect(await accounts()).toHaveLength(1);
  });

  test('KINDE-4: production gets a live account by itself, a test environment a test one', async () => {
    const key = await keyOfEnvironment(world, 'production');
    const live = await world.request(
      'POST',
      '/v1/connections',
      { mode: 'managed', contact_email: 'owner@shop.example', host: 'sandbox' },
      { key },
    );
    expect(live).toMatchObject({ status: 201, body: { livemode: true, host: 'sandbox', status: 'in_progress' } });
    const found = await world.stripe('sk_live_sandbox_platform').v2.core.accounts.list();
    expect(found.data).toMatchObject([{ id: live.body.stripe_account_id, livemode: true }]);
    expect(await accounts()).toEqual([]);
  });

  test('ENV-2: production never takes the sandbox by itself: whoever means it names it', async () => {
    const key = await keyOfEnvironment(world, 'production');
    const body = { mode: 'managed', contact_email: 'owner@shop.example' };
    expect(await world.request('POST', '/v1/connections', body, { key })).toMatchObject({
      status: 409,
      body: { error: { code: 'platform_key_missing' } },
    });
  });

  test('KINDE-8: while making it backs off, the same act tries at once, and goes on as soon as Stripe does', async () => {
    control(world, 'faults', { kind: 'status', status: 500, request: 'POST /v2/core/accounts' });
    await story.connect();
    await world.advance(60_000, 5_000);
    expect(await story.card()).toMatchObject({ status: 'connecting' });
    control(world, 'faults', {}, 'DELETE');
    expect((await story.link()).status).toBe(201);
    await world.advance(3_600_000, 600_000);
    expect(await accounts()).toHaveLength(1);
    expect(await story.card()).toMatchObject({ status: 'in_progress' });
  });

  test('CON-7: parted with while Stripe makes the account: the account is known, and closed', async () => {
    control(world, 'faults', { kind: 'cut_after_commit', request: 'POST /v2/core/accounts', times: 1 });
    const made = await story.connect();
    expect(made.status).toBe(202);
    await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    await world.advance(60_000, 1_000);
    expect(await story.card()).toMatchObject({ status: 'disconnected', stripe_account_id: expect.any(String) });
    expect(await accounts()).toEqual([]);
    expect((await platform().accounts.list({ closed: true })).data).toHaveLength(1);
  });

  test('CON-7: parted with a month after Stripe was asked and nobody heard: no second account is made, and the card says where to look', async () => {
    control(world, 'faults', { kind: 'cut_after_commit', request: 'POST /v2/core/accounts' });
    await story.connect();
    await world.advance(30 * 86_400_000, 86_400_000);
    control(world, 'faults', {}, 'DELETE');
    await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    await world.advance(60_000, 1_000);
    expect(await story.card()).toMatchObject({
      status: 'disconnected',
      message: expect.stringContaining('look for it there'),
    });
    expect(await accounts()).toHaveLength(1);
    expect((await platform().accounts.list({ closed: true })).data).toEqual([]);
  });

  test('CON-7: parted with before Stripe was asked: nothing is made', async () => {
    control(world, 'faults', { kind: 'cut_before_commit', request: 'POST /v2/core/accounts' });
    await story.connect();
    await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    control(world, 'faults', {}, 'DELETE');
    await world.advance(60_000, 1_000);
    expect(await accounts()).toEqual([]);
    expect((await story.card()).status).toBe('disconnected');
  });

  test('at Stripe itself nothing is made without a platform key, and the refusal says who sets it', async () => {
    expect(await story.connect({ host: 'stripe' })).toMatchObject({
      status: 409,
      body: {
        error: { code: 'platform_key_missing', param: 'host', message: expect.stringContaining('STRIPE_PLATFORM_KEY') },
      },
    });
  });

  test.each([
    [{ mode: 'managed' }, 'parameter_missing', 'contact_email'],
    [
      { mode: 'managed', contact_email: 'x@y.example', secret_key: 'sk_test_sandbox_x' },
      'parameter_unknown',
      'secret_key',
    ],
    [{ mode: 'key', secret_key: 'sk_test_sandbox_x', country: 'DE' }, 'parameter_unknown', 'country'],
    [{}, 'parameter_missing', 'secret_key'],
    [{ mode: 'managed', contact_email: 'nobody' }, 'parameter_invalid', 'contact_email'],
  ])('what belongs to another mode, or is missing, is refused by name: %j', async (body, code, param) => {
    expect(await world.request('POST', '/v1/connections', body)).toMatchObject({
      status: 400,
      body: { error: { code, param } },
    });
  });

  test('a key, a signing secret and a link have each their own mode', async () => {
    await story.connect();
    const act = (path: string, body: object) => world.request('POST', `/v1/connections/${story.id}${path}`, body);
    const differs = { status: 409, body: { error: { code: 'connection_mode_differs' } } };
    expect(await act('/rotate_key', { secret_key: 'sk_test_sandbox_world' })).toMatchObject(differs);
    expect(await act('/rotate_webhook_secret', {})).toMatchObject(differs);
    const secret = { webhook_secret: 'whsec_0123456789' };
    expect(await world.request('PATCH', `/v1/connections/${story.id}`, secret)).toMatchObject(differs);
    const byKey = await world.connect('sk_test_sandbox_world', { code: 'own' });
    expect(await world.request('POST', `/v1/connections/${byKey.id}/account_link`, {})).toMatchObject(differs);
  });
});
