import { SCHEDULES } from '@tollbridge/server/schedules/index';
import { runDueSchedules } from '@tollbridge/server/schedules/schedule';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deadKinds, dies, WAYS_TO_DIE } from '../buried-job.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const DAY = 24 * 3_600_000;

/** Work whose burial writes nothing but the dead letter: what comes next goes on with it. */
describe.each(testDatabases())('after a job was buried, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let card: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    card = await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  const silence = (request: string) => {
    const fault = world.sandbox.faults.add({ kind: 'cut_before_commit', request });
    return () => world.sandbox.faults.remove(fault);
  };
  const stripe = () => world.stripe(STRIPE_KEY);
  const endpointsAtStripe = async () => (await stripe().webhookEndpoints.list()).data;
  const connection = () => story.get(`/v1/connections/${String(card.id)}`);
  const onConnection = (what: string, body?: object) =>
    world.request('POST', `/v1/connections/${String(card.id)}/${what}`, body);

  describe.each(WAYS_TO_DIE)('%s', (way) => {
    test('that removes a method, removing it again does it', async () => {
      const customer = await story.customerWithCard('pm_card_visa');
      const methods = async (): Promise<Body[]> =>
        (await story.get(`/v1/customers/${customer.id}/payment_methods`)).data;
      const [method] = await methods();
      const end = silence('POST /v1/payment_methods/*/detach');
      const remove = () => world.request('POST', `/v1/payment_methods/${method.id}/detach`);
      expect((await remove()).status).toBe(202);
      await dies(world, 'detach_payment_method', way);
      expect(await methods()).toMatchObject([{ id: method.id }]);
      end();
      expect((await remove()).status).toBe(200);
      expect(await methods()).toEqual([]);
    });

    test('that chooses the default, choosing it again does it', async () => {
      const customer = await story.customerWithCard('pm_card_visa');
      await stripe().paymentMethods.attach('pm_card_mastercard', { customer: String(customer.provider_customer_id) });
      await world.quiet();
      const methods: Body[] = (await story.get(`/v1/customers/${customer.id}/payment_methods`)).data;
      const other = methods.find(({ brand }) => brand === 'mastercard');
      const choose = () =>
        world.request('POST', `/v1/customers/${customer.id}/default_payment_method`, { payment_method_id: other.id });
      const end = silence('POST /v1/customers/*');
      expect((await choose()).status).toBe(202);
      await dies(world, 'set_default_payment_method', way);
      end();
      expect(await choose()).toMatchObject({ status: 200, body: { default_payment_method_id: other.id } });
    });

    test('that replaces our endpoint, the old one stays in use, and rotating again replaces it by one', async () => {
      const before = (await connection()).webhook.stripe_endpoint_id;
      const end = silence('POST /v1/webhook_endpoints');
      await onConnection('rotate_webhook_secret', { overlap_hours: 1 });
      await world.quiet();
      await dies(world, 'replace_webhook_endpoint', way);
      expect((await connection()).webhook).toMatchObject({ mode: 'managed', stripe_endpoint_id: before });
      end();
      await onConnection('rotate_webhook_secret', { overlap_hours: 1 });
      await world.quiet();
      const after = (await connection()).webhook.stripe_endpoint_id;
      expect(after).not.toBe(before);
      expect((await endpointsAtStripe()).map(({ id }) => id)).toEqual([after]);
    });

    test('that deletes the replaced endpoint, the next replacement clears it away', async () => {
      const end = silence('DELETE /v1/webhook_endpoints/*');
      await onConnection('rotate_webhook_secret', { overlap_hours: 1 });
      await world.quiet();
      await dies(world, 'delete_webhook_endpoint', way);
      expect(await endpointsAtStripe()).toHaveLength(2);
      end();
      await onConnection('rotate_webhook_secret', { overlap_hours: 1 });
      await world.quiet();
      expect(await endpointsAtStripe()).toHaveLength(1);
    });

    test('that subscribes our endpoint, the next daily check has it done', async () => {
      const id = (await connection()).webhook.stripe_endpoint_id;
      await stripe().webhookEndpoints.update(id, { disabled: true });
      await onConnection('check');
      const end = silence('POST /v1/webhook_endpoints/*');
      await world.quiet();
      await dies(world, 'update_webhook_endpoint', way);
      expect(await endpointsAtStripe()).toMatchObject([{ status: 'disabled' }]);
      end();
      await world.advance(2 * DAY, DAY);
      expect(await endpointsAtStripe()).toMatchObject([{ status: 'enabled' }]);
    });

    test('that checks a connection, the next daily check notices that it is lost', async () => {
      const end = silence('GET /v1/account');
      expect((await onConnection('check')).status).toBe(202);
      await dies(world, 'check_connection', way);
      expect(await connection()).toMatchObject({ status: expect.not.stringMatching('disconnected') });
      end();
      world.sandbox.faults.add({ kind: 'key_revoked' });
      await world.advance(2 * DAY, DAY);
      expect(await connection()).toMatchObject({ status: 'disconnected' });
    });

    test('that looks at a customer, the next event about him looks again', async () => {
      const customer = await story.linkedCustomer();
      world.pushReaches = false;
      const endOfEvents = silence('GET /v1/events');
      await stripe().customers.del(String(customer.provider_customer_id));
      const end = silence('GET /v1/customers/*');
      const page = { return_url: 'https://host.example/billing' };
      const refused = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, page);
      expect(refused.status).toBe(400);
      await dies(world, 'sync_customer_from_stripe', way);
      expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ provider_status: 'linked' });
      end();
      endOfEvents();
      await world.advance(60_000, 10_000);
      expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ provider_customer_id: null });
    });

    test('that collects from a customer who can pay now, the net takes up what is pending', async () => {
      const { id } = (await world.request('POST', '/v1/customers', { external_id: 'u_1' })).body;
      const invoice = await story.invoice({ id }, 1500);
      expect(invoice).toMatchObject({ payment_status: 'pending', payment_status_reason: 'customer_not_linked' });
      await world.request('PATCH', `/v1/customers/${id}`, { sync_with_provider: true, sync: true });
      await dies(world, 'collect_customer', way);
      await world.advance(2 * 60_000, 60_000);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({
        payment_status: 'failed',
        last_payment_error: { code: 'customer_must_have_payment_method' },
      });
    });

    test.each([
      ['poll_stripe_events', 'stripe_events'],
      ['post_balance_transactions', 'balance_transactions'],
    ] as const)('%s, the next tick reads what it would have read', async (kind, table) => {
      const countOf = async () => (await world.context.db.query({ text: `select 1 from ${table}` })).length;
      world.pushReaches = false;
      const intent = { amount: 700, currency: 'eur', confirm: true, payment_method: 'pm_card_visa' };
      await stripe().paymentIntents.create({ ...intent, return_url: 'https://host.example/billing' });
      const before = await countOf();
      world.clock.advance(15_000);
      await runDueSchedules(world.context, SCHEDULES);
      await dies(world, kind, way);
      await world.advance(30_000, 5_000);
      expect(await countOf()).toBeGreaterThan(before);
    });
  });

  test('no dead letter is hidden: each stands in the list until it is put back to work', async () => {
    const { id } = await story.linkedCustomer();
    const end = silence('POST /v1/customers/*');
    await world.request('PATCH', `/v1/customers/${String(id)}`, { name: 'Ada', sync: true });
    await dies(world, 'update_stripe_customer', 'none of whose attempts came to an end');
    end();
    expect(await deadKinds(world)).toEqual(['update_stripe_customer']);
    await world.request('POST', '/v1/dead_letters/revive', {});
    await world.quiet();
    expect(await deadKinds(world)).toEqual([]);
    expect((await stripe().customers.list()).data).toMatchObject([{ name: 'Ada' }]);
  });
});
