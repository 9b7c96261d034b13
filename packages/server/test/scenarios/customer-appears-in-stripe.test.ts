import type { Context } from '@tollbridge/server/context';
import { JobsUnderWay } from '@tollbridge/server/jobs/jobs-under-way';
import { workOnce } from '@tollbridge/server/worker';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = 'sk_test_sandbox_world';

describe.each(testDatabases())('a customer and his twin in Stripe, on %s', (database) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
  });
  afterEach(() => world.close());

  const customersInStripe = async () => (await world.stripe(KEY).customers.list({ limit: 100 })).data;
  const upsert = (body: Readonly<Record<string, unknown>>) => world.request('POST', '/v1/customers', body);
  const eventTypes = async () => {
    const events = await world.request('GET', '/v1/events?limit=100');
    return (events.body.data ?? []).map((event: Body) => String(event.type)).reverse();
  };

  test('LAGO-14, CUS-3, LAGO-6: with the switch on, a customer made at sign-up is made in Stripe and his id comes back', async () => {
    await world.connect(KEY, { create_customers: true });
    const made = await upsert({
      external_id: 'u_1',
      name: 'Ada',
      emails: ['ada@example.com'],
      metadata: { tier: 'gold' },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ provider_status: 'creating', provider_customer_id: null });
    await world.quiet();
    const [twin, ...others] = await customersInStripe();
    expect(others).toEqual([]);
    expect(twin).toMatchObject({
      name: 'Ada',
      email: 'ada@example.com',
      metadata: { tier: 'gold', external_id: 'u_1', tollbridge_customer: made.body.id },
    });
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(now.body).toMatchObject({ provider_status: 'linked', provider_customer_id: twin?.id });
    expect(await eventTypes()).toEqual(
      expect.arrayContaining(['customer.created', 'customer.payment_provider_created']),
    );
  });

  test('CUS-3: asked for at once, the answer carries the id in Stripe', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    expect(made.status).toBe(201);
    expect(made.body.provider_customer_id).toMatch(/^cus_/);
  });

  test('LAGO-17, CUS-2, LAGO-3: with the switch off, as it is at first, nobody is made in Stripe, and switching it on later touches nobody', async () => {
    const connection = await world.connect(KEY);
    await upsert({ external_id: 'u_1', name: 'Ada' });
    await world.quiet();
    expect(await customersInStripe()).toEqual([]);
    await world.request('PATCH', `/v1/connections/${connection.id}`, { create_customers: true });
    await upsert({ external_id: 'u_1', name: 'Ada Lovelace' });
    await world.quiet();
    expect(await customersInStripe()).toEqual([]);
    await upsert({ external_id: 'u_1', payment_provider: 'stripe' });
    await world.quiet();
    expect(await customersInStripe()).toHaveLength(1);
  });

  test('later edits reach Stripe, and what an operator wrote there stands', async () => {
    await world.connect(KEY);
    const made = await upsert({
      external_id: 'u_1',
      name: 'Ada',
      metadata: { a: '1', b: '2' },
      sync_with_provider: true,
      sync: true,
    });
    const id = String(made.body.provider_customer_id);
    await world.stripe(KEY).customers.update(id, { phone: '+44 20', description: 'a friend' });
    await world.request('PATCH', `/v1/customers/${made.body.id}`, { name: 'Ada L.', metadata: { a: '', c: '3' } });
    await world.quiet();
    const twin = await world.stripe(KEY).customers.retrieve(id);
    expect(twin).toMatchObject({ name: 'Ada L.', phone: '+44 20', description: 'a friend' });
    expect('metadata' in twin && twin.metadata).toMatchObject({ b: '2', c: '3' });
    expect('metadata' in twin && twin.metadata.a).toBeUndefined();
  });

  test('LAGO-15, CUS-4, LAGO-5: linked to who is there already, nobody is made, and his card comes along', async () => {
    await world.connect(KEY);
    const stripe = world.stripe(KEY);
    const there = await stripe.customers.create({ name: 'Grace' });
    await stripe.paymentMethods.attach('pm_card_visa', { customer: there.id });
    const made = await upsert({ external_id: 'u_1', payment_provider: 'stripe', provider_customer_id: there.id });
    expect(made.body).toMatchObject({ provider_status: 'linked', provider_customer_id: there.id });
    const methods = await world.request('GET', `/v1/customers/${made.body.id}/payment_methods`);
    expect(methods.body.data).toMatchObject([{ brand: 'visa', last4: '4242', is_default: false }]);
    await world.quiet();
    expect(await customersInStripe()).toHaveLength(1);
    const twin = await stripe.customers.retrieve(there.id);
    expect(twin).toMatchObject({ name: 'Grace', metadata: { external_id: 'u_1', tollbridge_customer: made.body.id } });
  });

  test('CUS-4: two of ours cannot share one of Stripe’s: the second link is refused and names the first', async () => {
    await world.connect(KEY);
    const there = await world.stripe(KEY).customers.create({});
    const first = await upsert({ external_id: 'u_1', provider_customer_id: there.id });
    const second = await upsert({ external_id: 'u_2', provider_customer_id: there.id });
    expect(second.status).toBe(409);
    expect(second.body.error).toMatchObject({
      code: 'provider_customer_linked_already',
      details: { customer_id: first.body.id, external_id: 'u_1' },
    });
    const listed = await world.request('GET', '/v1/customers?external_id=u_2');
    expect(listed.body.data).toEqual([]);
  });

  test('a twin let go loses our stamps, and the one made after it is the only one that carries them', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    const first = String(made.body.provider_customer_id);
    await world.request('PATCH', `/v1/customers/${made.body.id}`, { provider_customer_id: null });
    await upsert({ external_id: 'u_1', sync_with_provider: true });
    await world.quiet();
    const stamped = (await customersInStripe()).filter(({ metadata }) => metadata.tollbridge_customer === made.body.id);
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(stamped.map(({ id }) => id)).toEqual([now.body.provider_customer_id]);
    expect(now.body.provider_customer_id).not.toBe(first);
  });

  test('many upserts at once make one customer, here and in Stripe', async () => {
    await world.connect(KEY, { create_customers: true });
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        upsert({ external_id: 'u_1', name: `Ada ${index}`, sync: index % 2 === 0 }),
      ),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    await world.quiet();
    const twins = await customersInStripe();
    expect(twins).toHaveLength(1);
    const now = await world.request('GET', `/v1/customers/${replies[0]?.body.id}`);
    expect(twins[0]?.name).toBe(now.body.name);
  });

  test('an answer of Stripe’s that got lost, or a failure it keeps, makes no second customer', async () => {
    await world.connect(KEY);
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers', times: 2 });
    const lost = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    expect(lost.status).toBe(202);
    await world.advance(10_000, 1_000);
    world.sandbox.faults.add({ kind: 'status', status: 500, request: 'POST /v1/customers', times: 1 });
    await upsert({ external_id: 'u_2', sync_with_provider: true });
    await world.advance(120_000, 2_000);
    const twins = await customersInStripe();
    expect(twins.map(({ metadata }) => metadata.external_id).sort()).toEqual(['u_1', 'u_2']);
  });

  test('a process that dies between Stripe’s answer and its own commit makes no second customer', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true });
    const dying = dyingOnce(world.context, async () => (await customersInStripe()).length > 0);
    await workOnce(dying.context);
    await dying.isGone();
    await world.advance(2_000);
    expect(await customersInStripe()).toHaveLength(1);
    const before = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(before.body.provider_customer_id).toBeNull();
    await world.advance(120_000, 30_000);
    const [twin, ...others] = await customersInStripe();
    expect(others).toEqual([]);
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(now.body.provider_customer_id).toBe(twin?.id);
  });

  test('a key too old to be trusted is not used again: our stamps are looked for first', async () => {
    await world.connect(KEY);
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers', times: 1 });
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/customers', after: 1, times: 500 });
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    expect(made.status).toBe(202);
    await world.advance(25 * 3_600_000, 1_800_000);
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    const twins = await customersInStripe();
    expect(twins).toHaveLength(1);
    expect(now.body.provider_customer_id).toBe(twins[0]?.id);
  });

  test('CUS-3, LAGO-18: what Stripe refuses is visible, and the next write tries again', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', emails: ['x@y'], phone: '1'.repeat(20), sync_with_provider: true });
    world.sandbox.faults.add({
      kind: 'status',
      status: 400,
      error: { type: 'invalid_request_error', code: 'email_invalid', message: 'Invalid email' },
      request: 'POST /v1/customers',
      times: 1,
    });
    await world.quiet();
    const failed = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(failed.body).toMatchObject({ provider_status: 'failed', provider_error: { code: 'email_invalid' } });
    expect(await eventTypes()).toContain('customer.payment_provider_error');
    await world.request('PATCH', `/v1/customers/${made.body.id}`, { emails: ['ada@example.com'] });
    await world.quiet();
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(now.body).toMatchObject({ provider_status: 'linked', provider_error: null });
  });

  test.each(['keep', 'delete'])(
    'CUS-7: deleted (%s) while it is unknown whether Stripe has made him, his twin is found and nobody is made',
    async (in_stripe) => {
      await world.connect(KEY);
      world.pushReaches = false;
      world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers', times: 1 });
      const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
      const deleted = await world.request('DELETE', `/v1/customers/${made.body.id}`, { in_stripe });
      expect(deleted.status).toBe(200);
      await world.advance(120_000, 5_000);
      const [row] = await world.context.db.query({ text: 'select provider_customer_id as twin from customers' });
      const inStripe = await customersInStripe();
      expect(inStripe).toHaveLength(in_stripe === 'keep' ? 1 : 0);
      expect(row?.twin ?? null).toBe(inStripe[0]?.id ?? null);
    },
  );

  test('CUS-7: deleted before Stripe heard of him, he is not made there', async () => {
    await world.connect(KEY);
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/customers', times: 1 });
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    await world.request('DELETE', `/v1/customers/${made.body.id}`, { in_stripe: 'delete' });
    await world.advance(120_000, 5_000);
    expect(await customersInStripe()).toEqual([]);
    const jobs = await world.context.db.query({ text: `select kind from jobs where kind like '%customer%'` });
    expect(jobs).toEqual([]);
  });

  test('a customer deleted in Stripe is let go, with the reason', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    const id = String(made.body.provider_customer_id);
    await world.stripe(KEY).paymentMethods.attach('pm_card_visa', { customer: id });
    await world.stripe(KEY).customers.del(id);
    await world.quiet();
    const now = await world.request('GET', `/v1/customers/${made.body.id}`);
    expect(now.body).toMatchObject({
      provider_customer_id: null,
      provider_error: { code: 'provider_customer_deleted' },
    });
    expect(await eventTypes()).toContain('customer.payment_provider_removed');
    const methods = await world.request('GET', `/v1/customers/${made.body.id}/payment_methods`);
    expect(methods.body.data).toEqual([]);
  });
});

/** The same process until this has happened at Stripe; after that nothing of it reaches the database any more. */
function dyingOnce(world: Context, hasHappened: () => Promise<boolean>) {
  let isDead = false;
  const { db, stripe } = world;
  const spawned: Promise<void>[] = [];
  const context: Context = {
    ...world,
    underWay: new JobsUnderWay(),
    spawn: (_name, work) => spawned.push(work()),
    stripe: {
      ...stripe,
      async call(access, use) {
        const answer = await stripe.call(access, use);
        isDead ||= await hasHappened();
        return answer;
      },
    },
    db: {
      kind: db.kind,
      script: (sql) => db.script(sql),
      onWork: (wake) => db.onWork(wake),
      close: () => db.close(),
      query(statement) {
        if (!isDead) return db.query(statement);
        const gone = new Error('the process is gone');
        gone.name = 'ProcessGone';
        return Promise.reject(gone);
      },
    },
  };
  return { context, isGone: () => Promise.allSettled(spawned) };
}
