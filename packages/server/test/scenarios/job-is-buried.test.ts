import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deadKinds, dies, WAYS_TO_DIE, WAYS_TO_DIE_OF_SILENCE } from '../buried-job.js';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const HOOK = 'https://host.example.com/hooks';

describe.each(testDatabases())('a job is buried, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    // Nobody tells us of it but Stripe when it is asked.
    world.pushReaches = false;
  });
  afterEach(() => world.close());

  /** Stripe is away for these requests, until the end of the silence is called. */
  const silence = (request: string) => {
    const fault = world.sandbox.faults.add({ kind: 'cut_before_commit', request });
    return () => world.sandbox.faults.remove(fault);
  };
  const customersAtStripe = async () => (await world.stripe(STRIPE_KEY).customers.list()).data;
  const customer = (id: unknown) => story.get(`/v1/customers/${String(id)}`);
  const patch = (id: unknown, body: object) =>
    world.request('PATCH', `/v1/customers/${String(id)}`, { sync: true, ...body });
  const told = (event: string) => story.events(event);

  describe.each(WAYS_TO_DIE_OF_SILENCE)('one %s', (way) => {
    test('makes a customer: he says why he is not at Stripe, the host is told, and his next write makes him once', async () => {
      const end = silence('POST /v1/customers');
      const { id } = await story.linkedCustomer();
      await dies(world, 'create_stripe_customer', way);
      expect(await customer(id)).toMatchObject({
        provider_status: 'creating',
        provider_customer_id: null,
        provider_error: { code: expect.stringMatching(/^(job_never_ended|internal_error|unreachable)$/) },
      });
      expect(await told('customer.payment_provider_error')).toHaveLength(1);
      expect(await deadKinds(world)).toEqual(['create_stripe_customer']);
      end();
      expect((await patch(id, { name: 'Ada' })).body).toMatchObject({
        provider_status: 'linked',
        provider_error: null,
      });
      await world.quiet();
      expect(await customersAtStripe()).toMatchObject([{ name: 'Ada' }]);
    });

    test('makes a customer who is then deleted: what came of it is asked, and his twin deleted too', async () => {
      const fault = world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers' });
      const { id } = await story.linkedCustomer();
      await dies(world, 'create_stripe_customer', way);
      world.sandbox.faults.remove(fault);
      expect(await customersAtStripe()).toHaveLength(1);
      await world.request('DELETE', `/v1/customers/${String(id)}`, { in_stripe: 'delete' });
      await world.advance(4 * 60_000, 4_000);
      expect(await customersAtStripe()).toEqual([]);
    });

    test('changes a customer: the host is told, and his next write sends what is missing', async () => {
      const { id } = await story.linkedCustomer();
      const end = silence('POST /v1/customers/*');
      await patch(id, { name: 'Ada' });
      await dies(world, 'update_stripe_customer', way);
      expect(await customer(id)).toMatchObject({ provider_status: 'linked', provider_error: expect.anything() });
      expect(await told('customer.payment_provider_error')).toHaveLength(1);
      end();
      expect((await patch(id, { phone: '+43 1' })).body).toMatchObject({ provider_error: null });
      expect(await customersAtStripe()).toMatchObject([{ name: 'Ada', phone: '+43 1' }]);
    });

    test('deletes a customer: the host is told, and deleting him again does it', async () => {
      const { id } = await story.linkedCustomer();
      const end = silence('DELETE /v1/customers/*');
      await world.request('DELETE', `/v1/customers/${String(id)}`, { in_stripe: 'delete' });
      await world.quiet();
      await dies(world, 'delete_stripe_customer', way);
      expect(await customer(id)).toMatchObject({ provider_error: expect.anything() });
      end();
      const again = await world.request('DELETE', `/v1/customers/${String(id)}`, { in_stripe: 'delete' });
      expect(again.body).toMatchObject({ in_stripe: 'being_deleted' });
      await world.quiet();
      expect(await customersAtStripe()).toEqual([]);
    });

    test('opens a page for a card: the page has failed and says so, and another one opens', async () => {
      const { id } = await story.linkedCustomer();
      const end = silence('POST /v1/checkout/sessions');
      const ask = () => world.request('POST', `/v1/customers/${String(id)}/setup_sessions`, { return_url: HOST_URL });
      const asked = await ask();
      expect(asked.status).toBe(202);
      await dies(world, 'open_setup_session', way);
      const session = await story.get(`/v1/setup_sessions/${String(asked.body.id)}`);
      expect(session).toMatchObject({ status: 'failed', url: null, error: { code: 'setup_session_not_opened' } });
      end();
      expect(await ask()).toMatchObject({ status: 201, body: { status: 'open' } });
    });

    test('makes our endpoint at Stripe: polling goes on, and the next check makes it', async () => {
      world.pushReaches = true;
      const [card] = (await story.get('/v1/connections')).data;
      const path = `/v1/connections/${String(card.id)}`;
      const check = () => world.request('POST', `${path}/check`);
      for (const { id } of (await world.stripe(STRIPE_KEY).webhookEndpoints.list()).data)
        await world.stripe(STRIPE_KEY).webhookEndpoints.del(id);
      await check();
      const end = silence('POST /v1/webhook_endpoints');
      await world.quiet();
      await dies(world, 'ensure_webhook_endpoint', way);
      expect(await story.get(path)).toMatchObject({ webhook: { mode: 'none', problem: null } });
      end();
      await check();
      await world.quiet();
      expect(await story.get(path)).toMatchObject({ webhook: { mode: 'managed', problem: null } });
    });
  });

  // The silence of a host is judged by the rule of deliveries, and uses up none of the job's own attempts.
  describe.each(WAYS_TO_DIE)('one %s', (way) => {
    test('sends a message: it has failed, as after its last try, and is sent again by hand', async () => {
      world.hosts.answer = () => ({ kind: 'unreachable', message: 'no connection (ECONNREFUSED)' });
      const { id: endpoint } = (await world.request('POST', '/v1/webhook_endpoints', { url: HOOK })).body;
      const { id } = (await world.request('POST', '/v1/customers', { external_id: 'u_1' })).body;
      await patch(id, { name: 'Ada' });
      await world.quiet();
      const deliveries = async (): Promise<Body[]> =>
        (await story.get(`/v1/webhook_deliveries?endpoint_id=${endpoint}`)).data;
      const [second, first] = await deliveries();
      expect([second, first]).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
      await dies(world, 'deliver_webhook', way);
      expect(await deliveries()).toMatchObject([
        { id: second?.id, status: 'pending' },
        { id: first?.id, status: 'failed', next_attempt_at: null, last_error: expect.anything() },
      ]);
      expect(await deadKinds(world)).toEqual([]);
      world.hosts.answer = () => ({ kind: 'answered', status: 204, body: '' });
      const again = await world.request('POST', `/v1/webhook_deliveries/${String(first?.id)}/redeliver`);
      expect(again.body).toMatchObject({ status: 'delivered' });
    });
  });
});
