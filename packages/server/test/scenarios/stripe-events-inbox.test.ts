import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe.each(testDatabases())('the inbox of Stripe events on %s', (database) => {
  let world: World;
  afterEach(() => world.close());
  const key = 'sk_test_sandbox_world';
  const events = async (query = '') => (await world.request('GET', `/v1/stripe_events?limit=100${query}`)).body.data;

  test('CON-6: push and poll bring the same event once', async () => {
    world = await createWorld({ database });
    await world.connect(key);
    const { id } = await world.stripe(key).customers.create({ name: 'Ada' });
    await world.stripe(key).customers.update(id, { name: 'Ada Lovelace' });
    await world.quiet();
    const [pushed, ...others] = await events('&type=customer.updated');
    expect(others).toEqual([]);
    expect(pushed).toMatchObject({ received_via: 'push', status: 'foreign', object_id: id });
    await world.advance(11_000);
    expect(await events('&type=customer.updated')).toEqual([pushed]);
    expect(await events('&type=customer.created')).toMatchObject([{ received_via: 'poll', status: 'ignored' }]);
  });

  test('CON-6: with no endpoint that reaches us, polling brings every event within its interval', async () => {
    world = await createWorld({ database });
    await world.connect(key);
    world.pushReaches = false;
    await world.stripe(key).customers.create({ name: 'Ada' });
    await world.advance(10_000);
    expect(await events('&type=customer.created')).toMatchObject([{ received_via: 'poll' }]);
  });

  test('CON-6: an endpoint that has fallen silent is noticed, and so is its coming back', async () => {
    world = await createWorld({ database });
    const { id } = await world.connect(key);
    const isSilent = async () => (await world.request('GET', `/v1/connections/${String(id)}`)).body.webhook.is_silent;
    const customer = await world.stripe(key).customers.create({ name: 'Ada' });
    const rename = (name: string) => world.stripe(key).customers.update(customer.id, { name });
    await rename('Heard');
    await world.advance(1_200_000, 60_000);
    expect(await isSilent()).toBe(false);
    world.pushReaches = false;
    await rename('Not heard');
    await world.advance(1_200_000, 60_000);
    expect(await isSilent()).toBe(true);
    world.pushReaches = true;
    await rename('Heard again');
    await world.advance(1_200_000, 60_000);
    expect(await isSilent()).toBe(false);
  });

  test('EVT-3: events of one second are all found, over several pages, and none twice', async () => {
    world = await createWorld({ database });
    await world.connect(key);
    world.pushReaches = false;
    for (let number = 0; number < 230; number++)
      await world.stripe(key).customers.create({ name: `Customer ${number}` });
    await world.advance(10_000);
    for (let number = 0; number < 30; number++) await world.stripe(key).customers.create({ name: `Later ${number}` });
    await world.advance(10_000);
    const [row] = await world.context.db.query({
      text: `select count(*) as rows, count(distinct object_id) as customers from stripe_events where type = 'customer.created'`,
    });
    expect(row).toEqual({ rows: 260n, customers: 260n });
  });

  test('what cannot be an event holds up none of those around it, and neither does its time the cursor', async () => {
    world = await createWorld({ database });
    const { id } = await world.connect(key);
    world.pushReaches = false;
    const nameless = [{ id: 'evt_\u0000', type: 'customer.created', created: 1_803_891_600 }, null, 'event'];
    const odd = [
      { id: 'evt_future', type: 'customer.created', created: 250_000_000_000, livemode: false },
      { id: 'evt_before', type: 'customer.created', created: -1e15, livemode: false },
      { id: 'evt_endless', type: 'customer.created', created: 1e300, livemode: false },
      { id: 'evt_deep', type: 'customer.created', created: 1_803_891_600, data: nested(200) },
    ];
    const { handle } = world.sandbox;
    let isOdd = true;
    world.sandbox.handle = (request) => {
      const answer = handle(request);
      if (!isOdd || answer.kind === 'cut' || !request.url.startsWith('/v1/events?')) return answer;
      const list = JSON.parse(answer.body);
      return { ...answer, body: JSON.stringify({ ...list, data: [...odd, ...list.data, ...nameless] }) };
    };
    const stripe = world.stripe(key);
    const polling = async () => (await world.request('GET', `/v1/connections/${String(id)}`)).body.polling;
    for (let number = 0; number < 120; number++) await stripe.customers.create({ name: `Customer ${number}` });
    await world.advance(10_000);
    expect(await countOf('customer.created')).toBe(121n);
    expect((await polling()).last_error).toContain('evt_before');
    await stripe.customers.create({ name: 'Meanwhile' });
    await world.advance(10_000);
    expect(await countOf('customer.created')).toBe(122n);
    isOdd = false;
    await stripe.customers.create({ name: 'Later' });
    await world.advance(10_000);
    expect(await countOf('customer.created')).toBe(123n);
    expect((await polling()).last_error).toBeNull();
  });

  test('a pass that is cut off between two pages goes on where it stood, and nothing between is skipped', async () => {
    world = await createWorld({ database });
    await world.connect(key);
    world.pushReaches = false;
    const stripe = world.stripe(key);
    for (let number = 0; number < 150; number++) await stripe.customers.create({ name: `Customer ${number}` });
    control(world, 'faults', { kind: 'cut_before_commit', request: 'GET /v1/events', after: 1, times: 1 });
    await world.advance(10_000);
    expect(await countOf('customer.created')).toBe(100n);
    const card = (await world.request('GET', '/v1/connections')).body.data[0];
    const { polling } = (await world.request('GET', `/v1/connections/${String(card?.id)}`)).body;
    expect(polling.last_error).toContain('unreachable');
    for (let number = 0; number < 20; number++) await stripe.customers.create({ name: `Later ${number}` });
    await world.advance(20_000, 10_000);
    expect(await countOf('customer.created')).toBe(170n);
  });

  test('EVT-4: an event whose every attempt hung or lost its process is a dead letter of the inbox, and can be replayed', async () => {
    world = await createWorld({ database });
    await world.connect(key);
    const { id } = await world.stripe(key).customers.create({ name: 'Ada' });
    await world.quiet();
    await world.stripe(key).customers.update(id, { name: 'Ada Lovelace' });
    await world.deliverStripeEvents();
    // As forty-eight workers left it, each of which was killed over it.
    const [cut] = await world.context.db.query({
      text: `update jobs
set attempts = attempts_max, lapses = attempts_max - 1, lease_token = 'gone', lease_until = $1
where kind = 'apply_stripe_event'
returning payload ->> 'stripeEventId' as id`,
      values: [new Date(world.clock.machineNow()).toISOString()],
    });
    await world.advance(60_000);
    const [dead, ...others] = await events('&status=dead');
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ id: cut?.id, attempts: 48, last_error: expect.stringMatching(/^job_never_ended: /) });
    const replayed = await world.request('POST', '/v1/stripe_events/replay', { status: 'dead' });
    expect(replayed.status).toBe(200);
    await world.quiet();
    expect(await events('&status=dead')).toEqual([]);
    expect(await events('&type=customer.updated')).toMatchObject([{ id: cut?.id, status: 'foreign' }]);
  });

  test('what happened in the account long before it was connected is not fetched', async () => {
    world = await createWorld({ database });
    await world.stripe(key).customers.create({ name: 'Before' });
    await world.advance(3_600_000);
    await world.stripe(key).customers.create({ name: 'Newest' });
    await world.connect(key);
    await world.advance(10_000);
    expect(await countOf('customer.created')).toBe(1n);
  });

  const countOf = async (type: string) => {
    const [row] = await world.context.db.query({
      text: 'select count(*) as count from stripe_events where type = $1',
      values: [type],
    });
    return row?.count;
  };
});
