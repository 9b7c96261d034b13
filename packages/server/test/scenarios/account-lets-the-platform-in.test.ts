import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, keyOfEnvironment } from '../connection-story.js';
import { ConsentStory } from '../consent-story.js';
import { InvoiceStory } from '../invoice-story.js';
import { PLATFORM_KEY } from '../managed-story.js';

const SELLER_KEY = 'sk_test_sandbox_seller';
const OTHER_KEY = 'sk_test_sandbox_other';
const DAY = 86_400_000;

describe.each(testDatabases())('the owner of a Stripe account lets our platform in, on %s', (database) => {
  let world: World;
  let story: ConsentStory;
  let invoices: InvoiceStory;
  let seller = '';
  let other = '';
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new ConsentStory(world);
    invoices = new InvoiceStory(world);
    seller = (await world.stripe(SELLER_KEY).accounts.retrieveCurrent()).id;
    other = (await world.stripe(OTHER_KEY).accounts.retrieveCurrent()).id;
  });
  afterEach(() => world.close());

  const row = async () =>
    (await world.context.db.query({ text: `select * from connections where id = '${story.id}'` }))[0];
  const letIn = async (account: string) => {
    const listed = await world
      .stripe(PLATFORM_KEY)
      .customers.list({}, { stripeAccount: account })
      .then(
        () => true,
        () => false,
      );
    return listed;
  };
  const uninstall = () => control(world, 'connections', { platform: PLATFORM_KEY, account: seller }, 'DELETE');

  /** A customer with a card, in the account that let us in. */
  async function payer(externalId = 'u_1'): Promise<Body> {
    const customer = await invoices.linkedCustomer(externalId);
    const stripe = world.stripe(SELLER_KEY);
    const twin = String(customer.provider_customer_id);
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: twin });
    await stripe.customers.update(twin, { invoice_settings: { default_payment_method: method.id } });
    await world.quiet();
    return customer;
  }

  test('CON-3: the card is there first, then the page of Stripe, then the account, with everything that is his', async () => {
    expect(await story.begin()).toMatchObject({
      status: 201,
      body: {
        mode: 'oauth',
        status: 'connecting',
        reason: 'consent_awaited',
        stripe_account_id: null,
        connected_by: null,
        may_collect: { allowed: false },
      },
    });
    const shown = await story.consent({ account: seller });
    expect([shown.status, shown.body.text]).toEqual([200, expect.stringContaining('Stripe is connected')]);
    expect(await story.card()).toMatchObject({
      status: 'connected',
      reason: 'account_active',
      stripe_account_id: seller,
      livemode: false,
      publishable_key: 'pk_test_sandbox_seller',
      connected_by: { kind: 'api_key', id: expect.stringMatching(/^key_/) },
      webhook: { mode: 'platform' },
      may_collect: { allowed: true },
    });
    const customer = await payer();
    expect(await invoices.invoice(customer, 1_200)).toMatchObject({ payment_status: 'succeeded' });
    expect((await world.stripe(SELLER_KEY).paymentIntents.list()).data).toMatchObject([{ amount: 1_200 }]);
    expect((await world.stripe(PLATFORM_KEY).customers.list()).data).toEqual([]);
  });

  test('CON-3: nothing is kept that Stripe gave for the account but its public parts', async () => {
    await story.connected(seller);
    const credentials = await world.context.db.query({ text: 'select * from connection_credentials' });
    expect(credentials).toEqual([]);
    const consents = JSON.stringify(await world.context.db.query({ text: 'select * from consents' }));
    expect(consents).not.toMatch(/sk_test|ac_|rt_/);
  });

  test('CON-3: refused by the person there, or by Stripe because he is no administrator: the card says so, nothing is connected', async () => {
    await story.begin();
    const denied = await story.consent({ decision: 'deny', account: seller });
    expect([denied.status, denied.body.text]).toEqual([409, expect.stringContaining('The user denied your request')]);
    expect(await story.card()).toMatchObject({
      status: 'connecting',
      reason: 'consent_refused',
      message: 'The user denied your request',
      next_action: expect.stringContaining('administrator'),
    });
    const analyst = await story.consent({ account: seller, role: 'analyst' });
    expect([analyst.status, analyst.body.text]).toEqual([403, expect.stringContaining('Only an administrator')]);
    expect(await letIn(seller)).toBe(false);
    await story.consent({ account: seller });
    expect(await story.card()).toMatchObject({ status: 'connected' });
  });

  describe('CON-3: what comes back counts', () => {
    test('in the browser that was sent alone', async () => {
      await story.begin();
      const { page, cookie } = await story.opened();
      const back = world.visit('POST', page, { decision: 'allow', account: seller }).location ?? '';
      const strangers: Readonly<Record<string, string>>[] = [
        {},
        { cookie: `${cookie.slice(0, -4)}AAAA` },
        { cookie: 'tollbridge_consent=x' },
      ];
      for (const headers of strangers) expect((await story.get(back, headers)).status).toBe(403);
      expect(await story.card()).toMatchObject({ status: 'connecting', stripe_account_id: null });
      expect((await story.get(back, { cookie })).status).toBe(200);
      expect(await story.card()).toMatchObject({ status: 'connected' });
    });

    test('also when somebody else only looked at the link, or it was opened twice', async () => {
      await story.begin();
      const { body } = await story.link();
      const first = await story.get(String(body.url), {});
      const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
      await story.get(String(body.url), {});
      await world.request('HEAD', new URL(String(body.url)).pathname, undefined, { key: null });
      const back =
        world.visit('POST', String(first.headers.location), { decision: 'allow', account: seller }).location ?? '';
      expect((await story.get(back, { cookie })).status).toBe(200);
      expect(await story.card()).toMatchObject({ status: 'connected' });
    });

    test('under a public address with a path of its own', async () => {
      Object.assign(world.context.settings, { publicUrl: 'https://x.example/billing' });
      await story.begin();
      const { body } = await story.link();
      expect(body.url).toMatch(/^https:\/\/x\.example\/billing\/connect\/oauth\//);
      const begun = await story.get(String(body.url).replace('/billing', ''), {});
      expect(String(begun.headers['set-cookie'])).toMatch(
        /; Path=\/billing\/connect\/oauth;.*HttpOnly; SameSite=Lax; Secure$/,
      );
    });

    test('not when the connection was parted with since he was sent', async () => {
      await story.connected(seller);
      uninstall();
      await story.card();
      const { page, cookie } = await story.opened();
      await world.advance(1_000);
      await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
      const back = world.visit('POST', page, { decision: 'allow', account: seller }).location ?? '';
      const late = await story.get(back, { cookie });
      expect([late.status, late.body.text]).toEqual([409, expect.stringContaining('disconnected since')]);
      expect(await story.card()).toMatchObject({ status: 'disconnected', reason: 'disconnected_by_operator' });
    });

    test('once, and a repetition takes nothing back', async () => {
      await story.begin();
      const { page, cookie } = await story.opened();
      const back = world.visit('POST', page, { decision: 'allow', account: seller }).location ?? '';
      expect((await story.get(back, { cookie })).status).toBe(200);
      expect((await story.get(back, { cookie })).status).toBe(409);
      expect(await story.card()).toMatchObject({ status: 'connected' });
      expect(await letIn(seller)).toBe(true);
    });

    test('within an hour, and with a state of ours', async () => {
      await story.begin();
      const { page, cookie } = await story.opened();
      const back = world.visit('POST', page, { decision: 'allow', account: seller }).location ?? '';
      const forged = back.replace(/state=[^&]+/, `state=${'A'.repeat(43)}`);
      expect((await story.get(forged, { cookie })).status).toBe(404);
      await world.advance(61 * 60_000);
      expect((await story.get(back, { cookie })).status).toBe(410);
      expect(await story.card()).toMatchObject({ status: 'connecting' });
      await world.advance(2 * DAY, DAY);
      expect(await world.context.db.query({ text: 'select 1 from consents' })).toEqual([]);
    });

    test('whatever it holds: no code, a made-up one, one of another platform', async () => {
      await story.begin();
      for (const facts of ['', '&code=ac_made_up', '&error=server_error&error_description=Later']) {
        const { page, cookie } = await story.opened();
        const state = new URL(page).searchParams.get('state');
        const { status } = await story.get(`http://x/connect/oauth/callback?state=${state}${facts}`, { cookie });
        expect([409, 502]).toContain(status);
      }
      expect(await story.card()).toMatchObject({ status: 'connecting', stripe_account_id: null });
    });
  });

  test('whoever named a page of his own is led back to it, with what came of it', async () => {
    await story.begin();
    const more = { return_url: 'https://host.example/settings?tab=billing' };
    const denied = await story.consent({ decision: 'deny' }, more);
    const led = new URL(String(denied.headers.location));
    expect([denied.status, led.origin, led.searchParams.get('tab')]).toEqual([303, 'https://host.example', 'billing']);
    expect(led.searchParams.get('outcome')).toBe('consent_refused');
    const allowed = await story.consent({ account: seller }, more);
    const query = new URL(String(allowed.headers.location)).searchParams;
    expect([query.get('outcome'), query.get('connection')]).toEqual(['connected', story.id]);
  });

  test('when the answer to the code is lost, nothing is connected, and letting us in once more is enough', async () => {
    await story.begin();
    control(world, 'faults', { kind: 'cut_after_commit', request: 'POST /oauth/token', times: 1 });
    expect((await story.consent({ account: seller })).status).toBe(502);
    expect(await story.card()).toMatchObject({ status: 'connecting', stripe_account_id: null });
    await story.consent({ account: seller });
    expect(await story.card()).toMatchObject({ status: 'connected', stripe_account_id: seller });
  });

  describe('CON-9: lost and connected again', () => {
    beforeEach(async () => {
      await story.connected(seller);
    });

    test('onto the same account: what waited goes on, and what was missed is applied once', async () => {
      const customer = await payer();
      uninstall();
      expect(await story.card()).toMatchObject({ status: 'disconnected', reason: 'deauthorized_in_stripe' });
      const waiting = await invoices.invoice(customer, 900);
      const missed = await world.stripe(SELLER_KEY).customers.create({ name: 'Made while nobody listened' });
      await world.advance(2 * DAY, DAY);
      expect(await invoices.payments(waiting)).toEqual([]);
      await story.consent({ account: seller });
      expect(await story.card()).toMatchObject({ status: 'connected', reason: 'account_active' });
      await world.advance(DAY, DAY / 4);
      expect(await invoices.get(`/v1/invoices/${waiting.id}`)).toMatchObject({ payment_status: 'succeeded' });
      const charged = (await world.stripe(SELLER_KEY).paymentIntents.list()).data;
      expect(charged.filter(({ amount }) => amount === 900)).toHaveLength(1);
      const seen = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
      expect(seen.filter(({ object_id: id }: Body) => id === missed.id)).toHaveLength(1);
      expect(await invoices.events('connection.lost', 'connection.connected')).toMatchObject([
        { type: 'connection.connected' },
        { type: 'connection.lost' },
        { type: 'connection.connected' },
      ]);
    });

    test('another account is refused, overwrites nothing, and the refusal says how the app is removed there', async () => {
      uninstall();
      await story.card();
      const before = await row();
      const refused = await story.consent({ account: other });
      expect([refused.status, refused.body.text]).toEqual([409, expect.stringContaining(`belongs to ${seller}`)]);
      await world.quiet();
      expect(await row()).toEqual(before);
      expect(refused.body.text).toContain('remove it there under Settings, Team and security, Installed apps');
    });

    test('another account that we act for elsewhere is refused, and stays what it is there', async () => {
      const elsewhere = new ConsentStory(world);
      await elsewhere.connected(other, { code: 'other' });
      uninstall();
      await story.card();
      expect((await story.consent({ account: other })).status).toBe(409);
      expect(await letIn(other)).toBe(true);
      expect(await elsewhere.card()).toMatchObject({ status: 'connected' });
    });

    test('what is not lost is not connected again', async () => {
      expect(await story.link()).toMatchObject({ status: 409, body: { error: { code: 'connection_not_lost' } } });
    });

    test('an account is connected once in an environment', async () => {
      const second = new ConsentStory(world);
      await second.begin({ code: 'second' });
      const taken = await second.consent({ account: seller });
      expect([taken.status, taken.body.text]).toEqual([
        409,
        expect.stringContaining('is connected as &quot;stripe&quot; already'),
      ]);
      expect(await second.card()).toMatchObject({ status: 'connecting', stripe_account_id: null });
      expect(await letIn(seller)).toBe(true);
      expect(await story.card()).toMatchObject({ status: 'connected' });
    });

    test('ENV-2: one account in two environments: each hears of it, and parting with one leaves the other', async () => {
      const made = await world.request('POST', '/v1/environments', { name: 'Second' });
      const key = String(made.body.secret_key);
      const begun = await world.request('POST', '/v1/connections', { mode: 'oauth' }, { key });
      const link = await world.request('POST', `/v1/connections/${begun.body.id}/consent_link`, {}, { key });
      const opened = await story.get(String(link.body.url), {});
      const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
      const back = world.visit('POST', String(opened.headers.location), {
        decision: 'allow',
        account: seller,
      }).location;
      expect((await story.get(String(back), { cookie })).status).toBe(200);
      await world.stripe(SELLER_KEY).customers.create({});
      await world.advance(11_000);
      for (const options of [{}, { key }]) {
        const { body } = await world.request('GET', '/v1/stripe_events?limit=100', undefined, options);
        expect(body.data.filter(({ type }: Body) => type === 'customer.created')).toHaveLength(1);
      }
      await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
      expect(await letIn(seller)).toBe(true);
      const card = await world.request('GET', `/v1/connections/${begun.body.id}`, undefined, { key });
      expect(card.body.status).toBe('connected');
    });
  });

  describe('CON-7: disconnected', () => {
    const disconnect = () => world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    beforeEach(async () => {
      await story.connected(seller);
    });

    test('our platform leaves the account, Stripe and we keep what is ours, and he can let us in again', async () => {
      const customer = await payer();
      await invoices.invoice(customer, 500);
      expect((await world.request('GET', `/v1/connections/${story.id}/disconnect`)).body).toMatchObject({
        is_reversible: true,
        consequences: expect.arrayContaining([expect.stringContaining('The app leaves the Stripe account')]),
      });
      expect(await disconnect()).toMatchObject({ status: 200, body: { status: 'disconnected', message: null } });
      expect(await letIn(seller)).toBe(false);
      const asked = () => (control(world, 'requests', { account: seller }, 'GET') as { data: Body[] }).data.length;
      const before = asked();
      await invoices.makeInvoice(customer, 700);
      await world.advance(2 * DAY, DAY);
      expect(asked()).toBe(before);
      await story.consent({ account: seller });
      expect(await story.card()).toMatchObject({ status: 'connected' });
      await world.advance(DAY, DAY / 4);
      expect((await world.stripe(SELLER_KEY).paymentIntents.list()).data.map(({ amount }) => amount)).toEqual([
        700, 500,
      ]);
    });

    test('where Stripe does not answer, it is tried again, and then parted with all the same', async () => {
      control(world, 'faults', { kind: 'status', status: 500, request: 'POST /oauth/deauthorize', times: 3 });
      expect((await disconnect()).status).toBe(202);
      await world.advance(60_000, 1_000);
      expect(await letIn(seller)).toBe(false);
      expect(await story.card()).toMatchObject({ status: 'disconnected', webhook: { mode: 'none' } });
    });
  });

  test('KINDE-4: production connects a live account by the live platform', async () => {
    const key = await keyOfEnvironment(world, 'production');
    const begun = await world.request('POST', '/v1/connections', { mode: 'oauth', host: 'sandbox' }, { key });
    expect(begun.body).toMatchObject({ livemode: true, host: 'sandbox' });
  });

  test('at Stripe itself nobody is sent anywhere without a client id', async () => {
    const { settings } = world.context;
    expect((await story.begin({ host: 'stripe' })).body.error.code).toBe('platform_key_missing');
    Object.assign(settings, { stripePlatformKeys: { test: 'sk_test_0123456789', live: null } });
    expect((await story.begin({ host: 'stripe' })).body.error).toMatchObject({
      code: 'oauth_client_missing',
      message: expect.stringContaining('STRIPE_OAUTH_TEST_CLIENT_ID'),
    });
    Object.assign(settings, { stripeOauthClientIds: { test: 'ca_0123', live: null } });
    expect((await story.begin({ host: 'stripe' })).status).toBe(201);
    const { page } = await story.opened();
    const url = new URL(page);
    expect([url.origin, url.pathname]).toEqual(['https://connect.stripe.com', '/oauth/authorize']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'ca_0123',
      response_type: 'code',
      scope: 'read_write',
      redirect_uri: 'http://127.0.0.1:4400/connect/oauth/callback',
    });
  });
});
