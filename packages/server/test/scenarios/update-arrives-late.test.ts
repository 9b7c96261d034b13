import { instantOf } from '@tollbridge/core';
import { Changes } from '@tollbridge/server/changes';
import { repairStripeCustomerJob } from '@tollbridge/server/customers/customer-jobs';
import { JobsUnderWay } from '@tollbridge/server/jobs/jobs-under-way';
import { commit } from '@tollbridge/server/store/commit';
import { findCustomer } from '@tollbridge/server/store/customers';
import { workOnce } from '@tollbridge/server/worker';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dies } from '../buried-job.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';
import { arrivesLate } from '../late-network.js';

/** The second is as late as any call can be: one is given up after half as long. */
const LATENESSES = [20_000, 60_000];

describe.each(testDatabases())('an update of a customer arrives after a newer one, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;
  let path: string;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.linkedCustomer();
    path = `/v1/customers/${String(customer.provider_customer_id)}`;
  });
  afterEach(() => world.close());

  const late = (lateMilliseconds: number) => arrivesLate(world, { method: 'POST', path, lateMilliseconds });
  const patch = (body: object) => world.request('PATCH', `/v1/customers/${customer.id}`, { sync: true, ...body });
  const twin = () => world.stripe(STRIPE_KEY).customers.retrieve(String(customer.provider_customer_id));
  const jobs = () => world.context.db.query({ text: `select kind from jobs where kind = 'repair_stripe_customer'` });
  const untilAllIsOver = () => world.advance(4 * 60_000, 2_000);

  test.each(LATENESSES)('%i ms late: Stripe holds what stands here in the end', async (ms) => {
    late(ms);
    await patch({ name: 'Old', phone: '+43 1', metadata: { seats: '1' } });
    expect((await patch({ name: 'New', phone: null, metadata: { seats: '' } })).status).toBe(202);
    await world.advance(5_000, 1_000);
    expect(await twin()).toMatchObject({ name: 'New' });
    await untilAllIsOver();
    const { metadata, ...there } = (await twin()) as Body;
    expect(there).toMatchObject({ name: 'New', phone: null });
    expect(metadata).not.toHaveProperty('seats');
    expect(await jobs()).toEqual([]);
  });

  test('what somebody wrote at Stripe of the rest stands', async () => {
    late(30_000);
    await patch({ name: 'Old' });
    await patch({ name: 'New' });
    await world.stripe(STRIPE_KEY).customers.update(String(customer.provider_customer_id), { phone: '+43 2' });
    await untilAllIsOver();
    expect(await twin()).toMatchObject({ name: 'New', phone: '+43 2' });
  });

  test('one that was taken back before it was repeated is repaired as well', async () => {
    await patch({ name: 'First' });
    late(30_000);
    await patch({ name: 'Old' });
    await patch({ name: 'First' });
    await untilAllIsOver();
    expect(await twin()).toMatchObject({ name: 'First' });
  });

  // Seed 771 on PostgreSQL, of version 12b00c4: the repair had sent what was then taken back, and nobody knew of it.
  test('what a repair has sent and is taken back before its own update ran is taken back at Stripe, too', async () => {
    await patch({ name: 'First' });
    // The repair of a late call has its turn, and before it makes its own call another change comes, whose update waits behind it.
    const { context } = world;
    const { environment_id: environmentId } =
      (await context.db.query({ text: 'select environment_id from customers' }))[0] ?? {};
    const row = await findCustomer(context.db, String(environmentId), String(customer.id));
    if (row === null) throw new Error('there is a customer');
    const touched = { fields: ['name' as const], metadataKeys: [] };
    const repair = {
      ...repairStripeCustomerJob(context, row, touched),
      dueAt: instantOf(Date.parse('2027-03-01T09:05:00Z')),
    };
    await commit(context.db, new Changes().enqueue(repair), context.clock.machineNow());
    await patch({ name: 'Second', sync: false });
    await world.context.db.query({
      text: `update jobs set due_at = '2027-03-01T10:00:00Z' where kind = 'update_stripe_customer'`,
    });
    await world.advance(5 * 60_000, 60_000);
    expect(await twin()).toMatchObject({ name: 'Second' });
    await patch({ name: 'First', sync: false });
    await world.advance(2 * 3_600_000, 600_000);
    expect(await twin()).toMatchObject({ name: 'First' });
  });

  test('one that is taken back while its call is under way is sent again as it stands then', async () => {
    await patch({ name: 'First' });
    await patch({ name: 'Second', sync: false });
    const { stripe } = world.context;
    const spawned: Promise<void>[] = [];
    let isTakenBack = false;
    await workOnce({
      ...world.context,
      underWay: new JobsUnderWay(),
      spawn: (_name, work) => spawned.push(work()),
      stripe: {
        ...stripe,
        async call(access, use) {
          const answer = await stripe.call(access, use);
          if (!isTakenBack && ((await twin()) as Body).name === 'Second') {
            isTakenBack = true;
            await patch({ name: 'First', sync: false });
          }
          return answer;
        },
      },
    });
    await Promise.all(spawned);
    expect(isTakenBack).toBe(true);
    await untilAllIsOver();
    expect(await twin()).toMatchObject({ name: 'First' });
  });

  test('an update that is answered costs no other call, then or later', async () => {
    const calls: string[] = [];
    const { handle } = world.sandbox;
    world.sandbox.handle = (request) => {
      if (request.url.startsWith('/v1/customers')) calls.push(`${request.method} ${request.url}`);
      return handle(request);
    };
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'event_drop', event: 'customer.*' });
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'GET /v1/events' });
    expect((await patch({ name: 'Ada' })).status).toBe(200);
    expect(await jobs()).toEqual([]);
    await untilAllIsOver();
    expect(calls).toEqual([`POST ${path}`]);
  });

  test('several that stay without an answer are looked at once for each window', async () => {
    const fault = world.sandbox.faults.add({ kind: 'cut_before_commit', request: `POST ${path}` });
    await patch({ name: 'Ada' });
    await world.advance(4_000, 500);
    expect(await jobs()).toHaveLength(1);
    world.sandbox.faults.remove(fault);
    await untilAllIsOver();
    expect([await jobs(), await twin()]).toMatchObject([[], { name: 'Ada' }]);
  });

  test('the last call of a job that is given up is repaired as well', async () => {
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: `POST ${path}`, times: 1 });
    await patch({ name: 'Old' });
    await world.context.db.query({ text: `delete from jobs where kind = 'repair_stripe_customer'` });
    late(50_000);
    await dies(world, 'update_stripe_customer', 'that is never answered');
    expect((await patch({ name: 'New' })).status).toBe(200);
    await untilAllIsOver();
    expect(await twin()).toMatchObject({ name: 'New' });
  });

  test('a call in the middle of which the process was killed is repaired as well', async () => {
    late(50_000);
    await patch({ name: 'Old' });
    // Nobody wrote down that it was not answered.
    await world.context.db.query({ text: `delete from jobs where kind = 'repair_stripe_customer'` });
    await world.context.db.query({
      text: `update jobs set lease_token = 'gone', lease_until = $1 where kind = 'update_stripe_customer'`,
      values: [new Date(world.clock.machineNow()).toISOString()],
    });
    await patch({ name: 'New' });
    await untilAllIsOver();
    expect(await twin()).toMatchObject({ name: 'New' });
  });

  test.each(LATENESSES)('a choice of the default %i ms late does not undo the later one', async (ms) => {
    const { paymentMethods } = world.stripe(STRIPE_KEY);
    for (const card of ['pm_card_visa', 'pm_card_mastercard'])
      await paymentMethods.attach(card, { customer: String(customer.provider_customer_id) });
    await world.quiet();
    const methods: Body[] = (await story.get(`/v1/customers/${customer.id}/payment_methods`)).data;
    const [visa, mastercard] = ['visa', 'mastercard'].map((brand) => methods.find((method) => method.brand === brand));
    const choose = (method: Body) =>
      world.request('POST', `/v1/customers/${customer.id}/default_payment_method`, { payment_method_id: method.id });
    late(ms);
    expect((await choose(visa)).status).toBe(202);
    await choose(mastercard);
    await untilAllIsOver();
    expect(await twin()).toMatchObject({
      invoice_settings: { default_payment_method: mastercard.provider_payment_method_id },
    });
    expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({
      default_payment_method_id: mastercard.id,
    });
  });
});
