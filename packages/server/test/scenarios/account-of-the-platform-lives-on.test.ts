import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, keyOfEnvironment } from '../connection-story.js';
import { InvoiceStory } from '../invoice-story.js';
import { ManagedStory, PLATFORM_KEY } from '../managed-story.js';

const SECOND = 1_000;
const DAY = 86_400_000;
const DOCUMENT = 'identity.individual.documents.primary_verification';

describe.each(testDatabases())('an account that our platform made, on %s', (database) => {
  let world: World;
  let story: ManagedStory;
  let invoices: InvoiceStory;
  let accountId = '';
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new ManagedStory(world);
    invoices = new InvoiceStory(world);
    accountId = String((await story.ready()).stripe_account_id);
  });
  afterEach(() => world.close());

  const stripe = () => world.stripe(PLATFORM_KEY);
  const onAccount = () => ({ stripeAccount: accountId });
  const require = (fields: object) => control(world, 'requirements', { account: accountId, ...fields });
  const clear = () => control(world, 'requirements', { account: accountId, description: DOCUMENT }, 'DELETE');

  /** A customer with a card, all of it in the account that the platform made. */
  async function payer(card = 'pm_card_visa', externalId = 'u_1'): Promise<Body> {
    const customer = await invoices.linkedCustomer(externalId);
    const twin = String(customer.provider_customer_id);
    const method = await stripe().paymentMethods.attach(card, { customer: twin }, onAccount());
    const chosen = { invoice_settings: { default_payment_method: method.id } };
    await stripe().customers.update(twin, chosen, onAccount());
    await world.quiet();
    return customer;
  }

  test('CON-1: customers and payments are made in that account and in no other, the platform’s own among them', async () => {
    const customer = await payer();
    expect(await invoices.invoice(customer, 2_000)).toMatchObject({ payment_status: 'succeeded' });
    const charged = await stripe().paymentIntents.list({}, onAccount());
    expect(charged.data).toMatchObject([{ amount: 2_000, status: 'succeeded' }]);
    expect((await stripe().paymentIntents.list()).data).toEqual([]);
    expect((await stripe().customers.list()).data).toEqual([]);
  });

  test('CON-4, CON-5: details wanted a month later are named with their deadline, and money comes in until then', async () => {
    const customer = await payer();
    await world.advance(30 * DAY, DAY);
    require({ description: DOCUMENT, due_in_seconds: 14 * 86_400 });
    const wanted = await story.card();
    expect(wanted).toMatchObject({
      status: 'in_progress',
      reason: 'requirements_due',
      requirements: [
        {
          field: DOCUMENT,
          topic: 'identity_document',
          words: 'an identity document',
          deadline_at: '2027-04-14T09:00:11.000Z',
          stops_payments: true,
        },
      ],
      deadline_at: '2027-04-14T09:00:11.000Z',
      sentence: 'Stripe wants details about the account. Payments still work until 2027-04-14.',
      may_collect: { allowed: true },
      may_publish: { allowed: false },
    });
    const notices = async () => (await world.request('GET', '/v1/environment/notices')).body.data;
    expect(await notices()).toMatchObject([{ code: 'details_wanted', severity: 'warning' }]);
    expect(await invoices.invoice(customer, 700)).toMatchObject({ payment_status: 'succeeded' });
    await world.advance(14 * DAY, DAY);
    expect(await story.card()).toMatchObject({
      status: 'in_progress',
      card_payments: 'inactive',
      may_collect: { allowed: false, reason: 'card_payments_not_active' },
    });
    expect(await notices()).toMatchObject([{ code: 'details_wanted', severity: 'critical' }]);
    const late = await invoices.invoice(customer, 900);
    expect(late.payment_status).not.toBe('succeeded');
    clear();
    expect(await story.card()).toMatchObject({ status: 'connected', requirements: [], deadline_at: null });
    await world.advance(2 * DAY, DAY / 4);
    expect(await invoices.get(`/v1/invoices/${late.id}`)).toMatchObject({ payment_status: 'succeeded' });
    expect((await invoices.payments(late)).filter(({ status }) => status === 'succeeded')).toHaveLength(1);
  });

  test('what Stripe decides for good is an error with its reason, and not a question for details', async () => {
    control(world, 'capabilities', {
      account: accountId,
      capability: 'card_payments',
      status: 'rejected',
      code: 'rejected_fraud',
    });
    expect(await story.card()).toMatchObject({
      status: 'error',
      reason: 'account_restricted',
      message: 'rejected_fraud',
      may_collect: { allowed: false },
    });
    control(world, 'capabilities', { account: accountId, capability: 'card_payments', status: null });
    expect(await story.card()).toMatchObject({ status: 'connected' });
  });

  test('CON-6: one endpoint and one destination of the platform serve all its accounts, and stay what they are', async () => {
    const receivers = async () => [
      (await stripe().webhookEndpoints.list()).data.map(({ id }) => id),
      (await stripe().v2.core.eventDestinations.list()).data.map(({ id }) => id),
    ];
    const before = await receivers();
    expect(before.map((ids) => ids.length)).toEqual([1, 1]);
    const second = new ManagedStory(world);
    await second.connect({ code: 'second' });
    expect((await second.card()).webhook).toMatchObject({ mode: 'platform', url: (await story.card()).webhook.url });
    await world.advance(2 * DAY, DAY);
    expect(await receivers()).toEqual(before);
  });

  test('CON-6: what somebody deleted, switched off or narrowed at Stripe is put right by the daily check', async () => {
    const [endpoint] = (await stripe().webhookEndpoints.list()).data;
    const [destination] = (await stripe().v2.core.eventDestinations.list()).data;
    await stripe().webhookEndpoints.del(endpoint?.id ?? '');
    await stripe().v2.core.eventDestinations.update(destination?.id ?? '', {
      enabled_events: ['v2.core.account.closed'],
    });
    await stripe().v2.core.eventDestinations.disable(destination?.id ?? '');
    await world.advance(DAY + 3_600_000, 3_600_000);
    const [made] = (await stripe().webhookEndpoints.list()).data;
    expect(made).toMatchObject({ status: 'enabled' });
    expect(made?.id).not.toBe(endpoint?.id);
    const [mended] = (await stripe().v2.core.eventDestinations.list()).data;
    expect(mended).toMatchObject({ id: destination?.id, status: 'enabled' });
    expect(mended?.enabled_events).toContain('v2.core.account[requirements].updated');
    require({ description: DOCUMENT, due_in_seconds: 86_400 });
    expect(await story.card()).toMatchObject({ status: 'in_progress' });
  });

  test.each([true, false])(
    'EVT-2: a change at Stripe is on the card once it is %s that events are pushed',
    async (pushed) => {
      const about = async () => {
        const { body } = await world.request('GET', '/v1/stripe_events?limit=100');
        return body.data.filter(({ type }: Body) => /^(v2\.core\.account|account\.updated)/.test(type)) as Body[];
      };
      const known = new Set((await about()).map(({ id }) => id));
      world.pushReaches = pushed;
      require({ description: DOCUMENT, due_in_seconds: 86_400 });
      if (!pushed) await world.advance(11 * SECOND);
      expect((await story.card()).status).toBe('in_progress');
      const news = (await about()).filter(({ id }) => !known.has(id));
      expect(new Set(news.map(({ status }) => status))).toEqual(new Set(['applied']));
      const types = pushed ? ['account.updated', 'v2.core.account[requirements].updated'] : ['account.updated'];
      expect(news.map(({ type }) => String(type)).sort()).toEqual(types);
    },
  );

  test('EVT-1: what is not signed by Stripe, or is about nobody of ours, changes nothing and is told apart', async () => {
    const path = new URL((await story.card()).webhook.url).pathname;
    const body = { id: 'evt_1', type: 'account.updated', created: 1, livemode: false, account: accountId, data: {} };
    expect(await world.request('POST', path, body, { key: null })).toMatchObject({
      status: 400,
      body: { error: { code: 'signature_invalid' } },
    });
    expect(await world.request('POST', '/stripe/platforms/plf_unknown', body, { key: null })).toMatchObject({
      status: 404,
    });
    // Another account of the same platform, which nobody here has connected.
    const stranger = await stripe().v2.core.accounts.create({
      contact_email: 'a@b.example',
      configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
    });
    await stripe().customers.create({}, { stripeAccount: stranger.id });
    await world.quiet();
    const seen = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
    expect(seen.filter(({ account }: Body) => account === stranger.id)).toEqual([]);
  });

  test('ENV-2: an account of one environment is heard of in that one alone', async () => {
    const key = await keyOfEnvironment(world, 'production');
    const live = await world.request(
      'POST',
      '/v1/connections',
      { mode: 'managed', contact_email: 'owner@shop.example', host: 'sandbox' },
      { key },
    );
    await world.quiet();
    control(world, 'requirements', { account: live.body.stripe_account_id, description: DOCUMENT, due_in_seconds: 60 });
    await world.quiet();
    const count = async (options: object) => {
      const { body } = await world.request('GET', '/v1/stripe_events?limit=100', undefined, options);
      return body.data.filter(({ account }: Body) => account === live.body.stripe_account_id).length;
    };
    expect(await count({ key })).toBeGreaterThan(0);
    expect(await count({})).toBe(0);
  });

  test('CON-8: taken away from the platform inside Stripe, it is lost at once, and nothing is asked of it any more', async () => {
    const customer = await payer();
    control(world, 'connections', { platform: PLATFORM_KEY, account: accountId }, 'DELETE');
    const lost = await story.card();
    expect(lost).toMatchObject({
      status: 'disconnected',
      reason: 'deauthorized_in_stripe',
      may_collect: { allowed: false, reason: 'connection_disconnected' },
      next_action: 'It cannot be brought back: connecting again makes a new account.',
    });
    expect(await invoices.events('connection.lost')).toHaveLength(1);
    const asked = () => (control(world, 'requests', { account: accountId }, 'GET') as { data: Body[] }).data.length;
    const before = asked();
    await invoices.makeInvoice(customer, 500);
    await world.advance(3 * DAY, DAY);
    expect(asked()).toBe(before);
    expect((await story.link()).body.error.code).toBe('connection_disconnected_already');
  });

  test('CON-8: a loss that nobody was told of is found by the next call', async () => {
    world.pushReaches = false;
    control(world, 'connections', { platform: PLATFORM_KEY, account: accountId }, 'DELETE');
    await world.advance(11 * SECOND);
    expect(await story.card()).toMatchObject({ status: 'disconnected', reason: 'deauthorized_in_stripe' });
  });

  test('a platform key that Stripe refuses is trouble of the installation, not a loss, and passes when it is good again', async () => {
    control(world, 'keys', { key: PLATFORM_KEY, revoked: true });
    await world.advance(11 * SECOND);
    expect(await story.card()).toMatchObject({
      status: 'error',
      reason: 'platform_key_refused',
      next_action: expect.stringContaining('STRIPE_PLATFORM_KEY'),
    });
    control(world, 'keys', { key: PLATFORM_KEY, revoked: false });
    await world.advance(30 * SECOND, 10 * SECOND);
    expect(await story.card()).toMatchObject({ status: 'connected', reason: 'account_active' });
  });

  test('a key of another platform is a mistake of the installation: nothing is lost by it, and the right key goes on', async () => {
    const { settings } = world.context;
    await world.context.db.query({
      text: "update stripe_platforms set account_id = 'acct_another' where host = 'sandbox' and not livemode",
    });
    control(world, 'connections', { platform: PLATFORM_KEY, account: accountId }, 'DELETE');
    await world.advance(11 * SECOND);
    expect(await story.card()).toMatchObject({
      status: 'error',
      reason: 'platform_key_refused',
      message: expect.stringContaining('connected to the platform acct_another'),
    });
    expect(settings.stripePlatformKeys.test).toBeNull();
    expect(await invoices.events('connection.lost')).toEqual([]);
  });

  test('EVT-3: news of an uninstalling that comes late takes nothing from a connection that Stripe lets in', async () => {
    control(world, 'events', {
      account: accountId,
      type: 'account.application.deauthorized',
      object: { id: 'ca_late', object: 'application', name: 'Tollbridge' },
    });
    await world.advance(11 * SECOND);
    const [event] = (await world.request('GET', '/v1/stripe_events?type=account.application.deauthorized')).body.data;
    expect(event).toMatchObject({ status: 'applied' });
    expect(await story.card()).toMatchObject({ status: 'connected' });
  });

  test('the events of a connection that cannot come back are ignored, and leave no work behind', async () => {
    await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    await world.advance(DAY, DAY / 2);
    const pending = await world.request('GET', '/v1/stripe_events?status=pending');
    expect(pending.body.data).toEqual([]);
    const jobs = await world.context.db.query({ text: `select kind from jobs where connection_id = '${story.id}'` });
    expect(jobs).toEqual([]);
  });

  describe('CON-7: disconnected', () => {
    const preview = () => world.request('GET', `/v1/connections/${story.id}/disconnect`);
    const disconnect = () => world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: 'stripe' });
    const account = () => stripe().v2.core.accounts.retrieve(accountId);

    test('the window says that it is for good, and what stops', async () => {
      const customer = await payer('pm_card_chargeCustomerFail');
      await invoices.invoice(customer, 2_000);
      const { body } = await preview();
      expect(body).toMatchObject({ is_reversible: false, customers: 1, open_invoices: [{ invoices: 1 }] });
      const told = body.consequences.join(' ');
      for (const part of [`account ${accountId} is closed`, '1 open invoices are not collected', 'cannot be undone'])
        expect(told).toContain(part);
      expect(told).not.toContain('key');
    });

    test('the account is closed, our rows stay, and nothing is asked of it any more', async () => {
      const customer = await payer();
      const invoice = await invoices.invoice(customer, 2_000);
      expect(await disconnect()).toMatchObject({
        status: 200,
        body: { status: 'disconnected', reason: 'disconnected_by_operator', webhook: { mode: 'none' } },
      });
      expect(await account()).toMatchObject({ closed: true });
      const asked = () => (control(world, 'requests', { account: accountId }, 'GET') as { data: Body[] }).data.length;
      const before = asked();
      await invoices.makeInvoice(customer, 700);
      await world.advance(3 * DAY, DAY / 2);
      expect(asked()).toBe(before);
      expect(await invoices.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ payment_status: 'succeeded' });
      expect((await stripe().webhookEndpoints.list()).data).toHaveLength(1);
      expect((await disconnect()).body.error).toMatchObject({ code: 'connection_disconnected_already' });
      expect((await story.link()).body.error.code).toBe('connection_disconnected_already');
    });

    test('where Stripe does not close it, it stays its owner’s, and the card says so', async () => {
      const error = { code: 'account_has_balance', message: 'There is money on it.' };
      control(world, 'faults', {
        kind: 'status',
        status: 400,
        error,
        request: 'POST /v2/core/accounts/*/close',
        times: 1,
      });
      const { body } = await disconnect();
      expect(body).toMatchObject({
        status: 'disconnected',
        message: expect.stringMatching(new RegExp(`${accountId} stays open at Stripe.*There is money on it`)),
      });
      expect(await account()).toMatchObject({ closed: false });
    });

    test('while the platform’s key is refused it waits, and the account is closed once the key is good', async () => {
      control(world, 'keys', { key: PLATFORM_KEY, revoked: true });
      expect((await disconnect()).status).toBe(202);
      await world.advance(DAY / 4, 60 * 60 * SECOND);
      control(world, 'keys', { key: PLATFORM_KEY, revoked: false });
      await world.advance(DAY / 4, 60 * 60 * SECOND);
      expect(await account()).toMatchObject({ closed: true });
    });

    test.each(['cut_before_commit', 'cut_after_commit'])('%s: its end is reached all the same', async (kind) => {
      control(world, 'faults', { kind, request: 'POST /v2/core/accounts/*/close', times: 2 });
      expect((await disconnect()).status).toBe(202);
      await world.advance(20 * SECOND, SECOND);
      expect(await story.card()).toMatchObject({ status: 'disconnected', message: null });
      expect(await account()).toMatchObject({ closed: true });
    });

    test('KINDE-33: connected anew is a new account, which new customers go to; the old ones stay where they are', async () => {
      const old = await payer('pm_card_visa', 'u_old');
      await disconnect();
      const again = new ManagedStory(world);
      const anew = await again.ready();
      expect(anew).toMatchObject({ code: 'stripe-2', status: 'connected', is_default: true });
      expect(anew.stripe_account_id).not.toBe(accountId);
      expect(await story.card()).toMatchObject({ code: 'stripe', is_default: false, status: 'disconnected' });
      const fresh = await invoices.linkedCustomer('u_new');
      const twins = await stripe().customers.list({}, { stripeAccount: anew.stripe_account_id });
      expect(twins.data.map(({ id }) => id)).toEqual([fresh.provider_customer_id]);
      expect(await invoices.get(`/v1/customers/${old.id}`)).toMatchObject({
        connection_id: story.id,
        provider_customer_id: old.provider_customer_id,
      });
    });
  });
});
