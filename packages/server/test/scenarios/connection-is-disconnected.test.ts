import { findConnectionWithAccess } from '@tollbridge/server/store/connections';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const DAY = 86_400_000;

describe.each(testDatabases())('an operator disconnects Stripe, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let id = '';
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    id = String((await world.connect(STRIPE_KEY)).id);
  });
  afterEach(() => world.close());

  const act = (path: string, body: unknown) => world.request('POST', `/v1/connections/${id}${path}`, body);
  const card = async () => (await world.request('GET', `/v1/connections/${id}`)).body;
  const preview = () => world.request('GET', `/v1/connections/${id}/disconnect`);
  const disconnect = () => act('/disconnect', { confirm: 'stripe' });
  const asked = () => (control(world, 'requests', { key: STRIPE_KEY }, 'GET') as { data: Body[] }).data.length;
  const sealed = async () =>
    (await world.context.db.query({ text: `select * from connection_credentials where connection_id = '${id}'` }))[0];

  test('CON-7: given open invoices, when the window is opened, then it lists what will stop, and changes nothing', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    await story.invoice(customer, 2000);
    await story.invoice(customer, 500, { collection_method: 'send_invoice', days_until_due: 14 });
    const shown = await preview();
    expect(shown).toMatchObject({
      status: 200,
      body: {
        confirm: 'stripe',
        is_reversible: true,
        customers: 1,
        open_invoices: [{ currency: 'eur', invoices: 2, collected_automatically: 1, amount_due: '2500' }],
      },
    });
    expect(shown.body.consequences.join(' ')).toContain('2 open invoices are not collected');
    expect((await card()).status).toBe('connected');
  });

  test('CON-7: when its code was typed, then our endpoint is gone, the keys are erased, and Stripe is never asked again', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const endpoints = () => world.stripe(STRIPE_KEY).webhookEndpoints.list();
    expect((await endpoints()).data).toHaveLength(1);
    const ended = await disconnect();
    expect(ended).toMatchObject({
      status: 200,
      body: {
        status: 'disconnected',
        reason: 'disconnected_by_operator',
        message: null,
        secret_key_hint: null,
        webhook: { mode: 'none', stripe_endpoint_id: null },
        may_collect: { allowed: false, reason: 'connection_disconnected' },
      },
    });
    expect((await endpoints()).data).toEqual([]);
    expect(await sealed()).toMatchObject({
      secret_key_sealed: null,
      webhook_secret_sealed: null,
      second_webhook_secret_sealed: null,
    });
    const before = asked();
    await story.makeInvoice(customer, 700);
    await world.advance(3 * DAY, DAY / 4);
    expect(asked()).toBe(before);
    const [entry] = (await world.request('GET', `/v1/audit_entries?object_id=${id}`)).body.data;
    expect(entry).toMatchObject({ action: 'connection.disconnected', after: { reason: 'disconnected_by_operator' } });
    expect(await story.events('connection.disconnected', 'connection.lost')).toMatchObject([
      { type: 'connection.disconnected' },
    ]);
  });

  test('CON-7: what is under way through it comes to its end first, by the key that is then erased', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.makeInvoice(customer, 900);
    await world.context.db.query({
      text: `update jobs set lease_token = 'somebody', lease_until = '2027-03-01T09:00:30Z'
        where key = 'invoice ${String(invoice.id)}'`,
    });
    const waiting = await disconnect();
    expect(waiting).toMatchObject({
      status: 202,
      body: { status: 'disconnected', secret_key_hint: expect.any(String) },
    });
    expect((await sealed())?.secret_key_sealed).not.toBeNull();
    // Not even whoever forgets to look at the status is given the key, though it is still there.
    const row = await sealed();
    expect(await findConnectionWithAccess(world.context, String(row?.environment_id), id)).toBeNull();
    const before = asked();
    await story.makeInvoice(customer, 700);
    await world.advance(20_000, 5_000);
    expect(asked()).toBe(before);
    await world.advance(70_000, 5_000);
    // Our endpoint is removed by the last call there is.
    expect(asked()).toBe(before + 1);
    expect((await card()).secret_key_hint).toBeNull();
    expect((await sealed())?.secret_key_sealed).toBeNull();
    expect(await story.intents()).toEqual([]);
  });

  test('CON-7: given the key is refused by now, then it is parted with all the same, and the card names the endpoint that stays', async () => {
    const endpoint = String((await card()).webhook.stripe_endpoint_id);
    control(world, 'keys', { key: STRIPE_KEY, revoked: true });
    await world.advance(15_000, 5_000);
    expect((await card()).reason).toBe('key_refused');
    const ended = await disconnect();
    expect(ended).toMatchObject({ status: 200, body: { reason: 'disconnected_by_operator', secret_key_hint: null } });
    expect(ended.body.message).toContain(endpoint);
  });

  test('given Stripe cannot be reached for hours, then the keys are erased all the same', async () => {
    control(world, 'faults', { kind: 'status', status: 500, request: 'DELETE /v1/webhook_endpoints/*', times: 1000 });
    expect((await disconnect()).status).toBe(202);
    await world.advance(DAY, DAY / 24);
    expect(await card()).toMatchObject({ secret_key_hint: null, message: expect.stringContaining('stays at Stripe') });
    expect((await world.request('GET', '/v1/dead_letters')).body.data).toEqual([]);
  });

  test('CON-9, CON-10: when a key of the same account comes, then it is connected again, what waited goes on, and what Stripe said is applied once', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    await disconnect();
    const invoice = await story.makeInvoice(customer, 800);
    await world.advance(DAY, DAY / 4);
    expect((await story.get(`/v1/invoices/${String(invoice.id)}`)).status).toBe('finalized');
    const key = restrictedKey(world, 'sandbox_world');
    await world.stripe(key).customers.update(String(customer.provider_customer_id), { name: 'Ada Lovelace' });
    expect((await act('/rotate_key', { secret_key: 'sk_test_sandbox_other' })).body.error.code).toBe(
      'connection_account_differs',
    );
    expect(await act('/rotate_key', { secret_key: key })).toMatchObject({
      status: 200,
      body: { status: 'connected', webhook: { mode: 'managed' } },
    });
    await world.advance(120_000, 5_000);
    expect((await story.get(`/v1/invoices/${String(invoice.id)}`)).status).toBe('paid');
    expect((await world.request('GET', '/v1/stripe_events?type=customer.updated')).body.data).toMatchObject([
      { object_id: customer.provider_customer_id, received_via: 'poll' },
      {},
    ]);
    expect(await story.intents()).toHaveLength(1);
  });

  test('given it is brought back before its end was done, then its endpoint and its new key stay', async () => {
    const job = `update jobs set lease_token = 'somebody', lease_until = '2027-03-01T09:00:30Z' where kind = 'deliver_webhook'`;
    await world.context.db.query({ text: job });
    control(world, 'faults', { kind: 'status', status: 500, request: 'DELETE /v1/webhook_endpoints/*', times: 3 });
    expect((await disconnect()).status).toBe(202);
    expect((await act('/rotate_key', { secret_key: restrictedKey(world, 'sandbox_world') })).body.status).toBe(
      'connected',
    );
    await world.advance(DAY, DAY / 24);
    expect(await card()).toMatchObject({ status: 'connected', webhook: { mode: 'managed' } });
    expect((await sealed())?.secret_key_sealed).not.toBeNull();
  });

  test('given it is brought back after its endpoint was removed and before its keys were erased, then another endpoint is made', async () => {
    control(world, 'faults', { kind: 'cut_after_commit', request: 'DELETE /v1/webhook_endpoints/*', times: 1 });
    expect((await disconnect()).status).toBe(202);
    const endpoints = async () => (await world.stripe(STRIPE_KEY).webhookEndpoints.list()).data;
    expect(await endpoints()).toEqual([]);
    await act('/rotate_key', { secret_key: STRIPE_KEY });
    await world.advance(60_000, 5_000);
    expect(await endpoints()).toMatchObject([{ id: (await card()).webhook.stripe_endpoint_id, status: 'enabled' }]);
    expect(await card()).toMatchObject({ status: 'connected', webhook: { mode: 'managed' } });
  });

  test('another connection of the same account is refused in words that say how this one comes back', async () => {
    await disconnect();
    const again = await world.request('POST', '/v1/connections', {
      secret_key: STRIPE_KEY,
      host: 'sandbox',
      code: 'again',
    });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'connection_account_taken' } } });
    expect(again.body.error.message).toContain('put the key in place there');
  });
});
