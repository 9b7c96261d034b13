import { addMinutes } from '@tollbridge/core';
import { reserveStripePlatform } from '@tollbridge/server/store/stripe-platforms';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';
import { ManagedStory, PLATFORM_KEY } from '../managed-story.js';

describe.each(testDatabases())('what our platform hears of its accounts by, on %s', (database) => {
  let world: World;
  let story: ManagedStory;
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new ManagedStory(world);
  });
  afterEach(() => world.close());

  const stripe = () => world.stripe(PLATFORM_KEY);
  const counts = async () => [
    (await stripe().webhookEndpoints.list()).data.length,
    (await stripe().v2.core.eventDestinations.list()).data.length,
  ];

  test.each([
    ['POST /v1/webhook_endpoints', 'cut_after_commit'],
    ['POST /v1/webhook_endpoints', 'cut_before_commit'],
    ['POST /v2/core/event_destinations', 'cut_after_commit'],
    ['POST /v2/core/event_destinations', 'cut_before_commit'],
  ])('when the answer to %s is lost (%s), one of each is left, whose secrets are known', async (request, kind) => {
    control(world, 'faults', { kind, request, times: 1 });
    await story.connect();
    await world.advance(20_000, 1_000);
    expect((await story.card()).webhook.mode).toBe('platform');
    expect(await counts()).toEqual([1, 1]);
    await story.onboard();
    await world.advance(11_000);
    const seen = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
    const types = new Set(seen.map(({ type }: { type: string }) => type.slice(0, 3)));
    expect(types).toEqual(new Set(['acc', 'v2.']));
    // All that was pushed was signed with a secret we know: nothing waits to be sent again.
    expect(world.sandbox.deliveries.due(world.clock.machineNow() + 86_400_000)).toEqual([]);
  });

  test('a right that the platform’s key lacks is said on the card, events are polled, and once given it is made', async () => {
    control(world, 'faults', { kind: 'status', status: 403, request: 'POST /v1/webhook_endpoints' });
    await story.connect();
    expect((await story.card()).webhook).toMatchObject({ mode: 'none', problem: 'permission_missing' });
    await story.onboard();
    await world.advance(11_000, 1_000);
    expect(await story.card()).toMatchObject({ status: 'connected', webhook: { problem: 'permission_missing' } });
    control(world, 'faults', {}, 'DELETE');
    await world.advance(6 * 60_000, 10_000);
    expect(await story.card()).toMatchObject({ status: 'connected', webhook: { mode: 'platform', problem: null } });
  });

  test('a new public address is told to Stripe, where events go from then on; what stands at another address is left alone', async () => {
    await story.connect();
    await story.card();
    const [platformRow] = await world.context.db.query({ text: 'select id from stripe_platforms' });
    // Another installation, which began with a copy of our database.
    await stripe().webhookEndpoints.create({
      url: 'https://copy.example/stripe',
      enabled_events: ['account.updated'],
      connect: true,
      metadata: { tollbridge_platform: String(platformRow?.id) },
    });
    Object.assign(world.context.settings, { publicUrl: 'http://127.0.0.1:4400/billing' });
    await world.advance(86_400_000 + 3_600_000, 3_600_000);
    const urls = (await stripe().webhookEndpoints.list()).data.map(({ url }) => url).sort();
    expect(urls).toEqual([
      `http://127.0.0.1:4400/billing/stripe/platforms/${platformRow?.id}`,
      'https://copy.example/stripe',
    ]);
    const destinations = await stripe().v2.core.eventDestinations.list({ include: ['webhook_endpoint.url'] });
    expect(destinations.data.map(({ webhook_endpoint: to }) => to?.url)).toEqual([urls[0]]);
    Object.assign(world.context.settings, { publicUrl: 'http://127.0.0.1:4400' });
  });

  test('many connections of one platform have it looked at once, not each', async () => {
    for (let count = 0; count < 5; count++) await story.connect({ code: `c-${count}` });
    await story.card();
    const asked = () => {
      const { data } = control(world, 'requests', { key: PLATFORM_KEY }, 'GET') as { data: object[] };
      return data.filter((request) => JSON.stringify(request).includes('/v1/webhook_endpoints')).length;
    };
    expect(asked()).toBeGreaterThan(0);
    const before = asked();
    await world.advance(86_400_000, 3_600_000);
    expect(asked() - before).toBeLessThanOrEqual(4);
  });

  test('two that see to it at once: one does, the other waits, until the first is done or gone', async () => {
    const { db, clock } = world.context;
    const place = { host: 'sandbox', livemode: false } as const;
    const now = clock.machineNow();
    const ask = (by: string, at = now) =>
      reserveStripePlatform(db, place, { id: `plf_${by}`, by, now: at, staleBefore: addMinutes(at, -10) });
    expect(await ask('one')).toMatchObject({ id: 'plf_one', madeBy: 'one' });
    expect(await ask('two')).toBeNull();
    expect(await ask('one')).toMatchObject({ id: 'plf_one' });
    expect(await ask('two', addMinutes(now, 9))).toBeNull();
    expect(await ask('two', addMinutes(now, 11))).toMatchObject({ id: 'plf_one', madeBy: 'two' });
    expect(await ask('one', addMinutes(now, 12))).toBeNull();
  });
});
