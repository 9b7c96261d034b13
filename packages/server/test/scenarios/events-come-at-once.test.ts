import type { AddressInfo } from 'node:net';
import { buildApp } from '@tollbridge/server/api/app';
import type { Context } from '@tollbridge/server/context';
import { gathered } from '@tollbridge/server/store/gathered';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeldDatabase } from '../held-database.js';

const KEY = 'sk_test_sandbox_world';
const SECRET = 'whsec_handmade_secret';

describe.each(testDatabases())('events that Stripe pushes at once on %s', (database) => {
  let world: World;
  let connectionId = '';
  const opened: FastifyInstance[] = [];

  beforeEach(async () => {
    world = await createWorld({ database });
    connectionId = String((await world.connect(KEY, { webhook_secret: SECRET })).id);
    await world.quiet();
  });
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.close();
    await world.close();
  });

  /** Another process on the same database, whose statements can be held. */
  async function openProcess(more: Partial<Context> = {}): Promise<{ app: FastifyInstance; held: HeldDatabase }> {
    const held = new HeldDatabase(world.context.db);
    const app = await buildApp({ ...world.context, db: gathered(held), ...more });
    opened.push(app);
    return { app, held };
  }

  function requestOf(name: string, objectId: string) {
    const timestamp = Math.floor(world.clock.machineNow() / 1000);
    const payload = JSON.stringify({
      id: `evt_${name}`,
      object: 'event',
      api_version: '2026-10-28.endive',
      type: 'customer.updated',
      created: timestamp,
      livemode: false,
      data: { object: { id: objectId, object: 'customer' } },
    });
    const signature = world.stripe(KEY).webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp });
    return {
      method: 'POST' as const,
      url: `/stripe/webhooks/${connectionId}`,
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      payload,
    };
  }

  const push = async (app: FastifyInstance, name: string, objectId = `cus_${name}`): Promise<number> =>
    (await app.inject(requestOf(name, objectId))).statusCode;
  const stored = async (): Promise<string[]> => {
    const rows = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
    return rows.map((row: { stripe_event_id: string }) => row.stripe_event_id).sort();
  };
  const named = (names: readonly string[]) => names.map((name) => `evt_${name}`).sort();
  const NAMES = Array.from({ length: 12 }, (_, index) => `e${index}`);

  /** Lets statements go, a few at a time, until this many wait for one that stores. */
  async function untilStoring(held: HeldDatabase): Promise<void> {
    for (let turn = 0; turn < 200 && !held.next.includes('absent_stripe_events'); turn++) await held.letGo(1);
    expect(held.next).toContain('absent_stripe_events');
  }

  test('EVT-1: twelve cost a few statements, and each is stored before it is answered', async () => {
    const { app, held } = await openProcess();
    const answered: string[] = [];
    held.hold();
    const pushes = NAMES.map((name) => push(app, name).then((status) => answered.push(`${name} ${status}`)));
    await untilStoring(held);
    expect(answered).toEqual([]);
    expect(await stored()).toEqual([]);
    await held.open();
    await Promise.all(pushes);
    expect(answered.sort()).toEqual(NAMES.map((name) => `${name} 200`).sort());
    expect(await stored()).toEqual(named(NAMES));
    // The connection, whether each is known, each event, and once that the connection was heard of: each alone and together.
    expect(held.asked).toBeLessThan(3 * NAMES.length);
  });

  test('EVT-1: one that cannot be stored is refused alone', async () => {
    const { app, held } = await openProcess({
      newId: (noun) => (noun === 'stripeEvent' && isNextBad() ? known : world.context.newId(noun)),
    });
    let made = 0;
    const isNextBad = () => ++made === 5;
    expect(await push(world.app, 'known')).toBe(200);
    const known = (await world.request('GET', '/v1/stripe_events?limit=1')).body.data[0].id;
    held.hold();
    const pushes = NAMES.map((name) => push(app, name));
    await held.open();
    const statuses = await Promise.all(pushes);
    expect(statuses.filter((status) => status === 200)).toHaveLength(NAMES.length - 1);
    expect(statuses.filter((status) => status >= 500)).toHaveLength(1);
    const refused = NAMES[statuses.findIndex((status) => status !== 200)] ?? '';
    expect(await stored()).toEqual(named([...NAMES, 'known'].filter((name) => name !== refused)));
    // Stripe sends it again.
    expect(await push(app, refused)).toBe(200);
    expect(await stored()).toEqual(named([...NAMES, 'known']));
  });

  test.each(['before', 'after'] as const)(
    'EVT-1: the database goes away %s they are stored: none is acknowledged, and sent again each is applied once',
    async (when) => {
      const { app, held } = await openProcess();
      held.hold();
      const pushes = NAMES.slice(0, 4).map((name) => push(app, name));
      await untilStoring(held);
      await held.letGo(1);
      pushes.push(...NAMES.slice(4).map((name) => push(app, name)));
      await untilStoring(held);
      await held.lose(1, when);
      await held.open();
      const statuses = await Promise.all(pushes);
      const lost = NAMES.filter((_, index) => (statuses[index] ?? 0) >= 500);
      expect(lost).toEqual(NAMES.slice(4));
      const acknowledged = NAMES.filter((_, index) => statuses[index] === 200);
      expect(await stored()).toEqual(named(when === 'after' ? NAMES : acknowledged));
      expect(await Promise.all(lost.map((name) => push(app, name)))).toEqual(lost.map(() => 200));
      await world.quiet();
      const rows = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
      expect(rows.map((row: { status: string }) => row.status)).toEqual(NAMES.map(() => 'foreign'));
    },
  );

  test('EVT-1: a process that is asked to end answers all that it has begun, and has stored them', async () => {
    const { app, held } = await openProcess();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    held.hold();
    const pushes = NAMES.map(async (name) => {
      const { url, ...request } = requestOf(name, `cus_${name}`);
      return (await fetch(`http://127.0.0.1:${port}${url}`, { ...request, body: request.payload })).status;
    });
    await held.untilWaiting();
    const closed = app.close();
    await held.open();
    expect(await Promise.all(pushes)).toEqual(NAMES.map(() => 200));
    await closed;
    expect(await stored()).toEqual(named(NAMES));
  });

  test('EVT-1: events of one object that come at once to several processes are all stored, and each is applied once', async () => {
    const processes = await Promise.all(Array.from({ length: 8 }, () => openProcess()));
    const names: string[] = [];
    const statuses: number[] = [];
    // The first round only opens connections; in each later one several meet as the first of their object.
    for (let round = 0; round < 6; round++)
      statuses.push(
        ...(await Promise.all(
          processes.flatMap(({ app }, index) =>
            ['a', 'b'].map((turn) => {
              names.push(`p${index}_${round}_${turn}`);
              return push(app, `p${index}_${round}_${turn}`, `cus_meeting_${round}`);
            }),
          ),
        )),
      );
    expect(new Set(statuses)).toEqual(new Set([200]));
    await world.quiet();
    expect(await stored()).toEqual(named(names));
    const rows = (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;
    expect(new Set(rows.map((row: { status: string }) => row.status))).toEqual(new Set(['foreign']));
    expect((await world.request('GET', '/v1/dead_letters')).body.data).toEqual([]);
  });
});
