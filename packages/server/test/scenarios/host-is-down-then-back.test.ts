import { Changes } from '@tollbridge/server/changes';
import { commit } from '@tollbridge/server/store/commit';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { beforeEach, describe, expect, it } from 'vitest';

const HOOK = 'https://host.example.com/hooks';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(testDatabases())('a host application is down, then back, on %s', (database) => {
  let world: World;
  let endpoint: Body;
  let environmentId: string;

  beforeEach(async () => {
    world = await createWorld({ database });
    environmentId = String((await world.request('GET', '/v1/environment')).body.id);
    endpoint = (await world.request('POST', '/v1/webhook_endpoints', { url: HOOK })).body;
  });

  const tell = (objectId: string, type = 'customer.updated') =>
    commit(
      world.context.db,
      new Changes().tell({
        environmentId,
        id: world.context.newId('event'),
        type,
        objectKind: 'customer',
        objectId,
        data: { object: { id: objectId } },
      }),
      world.clock.machineNow(),
    );
  const received = () =>
    world.hosts.received
      .map((request) => JSON.parse(request.body) as { object_id: string; sequence: number })
      .map((body) => `${body.object_id} ${body.sequence}`);
  const deliveries = async (status: string) =>
    (await world.request('GET', `/v1/webhook_deliveries?status=${status}&limit=100`)).body.data ?? [];
  const down = () => {
    world.hosts.answer = () => ({ kind: 'unreachable', message: 'no connection (ECONNREFUSED)' });
  };
  const up = () => {
    world.hosts.answer = () => ({ kind: 'answered', status: 204, body: '' });
  };

  it('OUT-1: is told everything it missed, each object in its order', async () => {
    down();
    for (const objectId of ['a', 'b', 'a', 'a', 'b']) await tell(objectId);
    await world.quiet();
    expect(received()).toEqual([]);
    up();
    await world.advance(10 * MINUTE, 5_000);
    expect(received().filter((text) => text.startsWith('a'))).toEqual(['a 1', 'a 2', 'a 3']);
    expect(received().filter((text) => text.startsWith('b'))).toEqual(['b 1', 'b 2']);
    expect((await world.request('GET', `/v1/webhook_endpoints/${endpoint.id}`)).body.failing_since).toBeNull();
  });

  it('OUT-1: gets the next event of an object once one of them has failed five times, and that one later', async () => {
    world.hosts.answer = (request) => ({
      kind: 'answered',
      status: request.body.includes('"sequence":1,') ? 500 : 200,
      body: '',
    });
    await tell('a');
    await tell('a');
    await world.advance(2 * MINUTE, 5_000);
    expect(received()).toEqual([]);
    await world.advance(20 * MINUTE, 5_000);
    expect(received()).toEqual(['a 2']);
    up();
    await world.advance(HOUR, MINUTE);
    expect(received()).toEqual(['a 2', 'a 1']);
    const [late] = (await deliveries('delivered')).filter((delivery: Body) => delivery.attempts > 1);
    const shown = await world.request('GET', `/v1/webhook_deliveries/${late?.id}`);
    expect(shown.body.attempt_log).toHaveLength(Number(late?.attempts));
  });

  it('does not hold up other objects, other endpoints or other environments', async () => {
    await world.request('POST', '/v1/webhook_endpoints', { url: 'https://other.example.com/' });
    world.hosts.answer = (request) =>
      request.url === HOOK && request.body.includes('"object_id":"a"')
        ? { kind: 'answered', status: 500, body: '' }
        : { kind: 'answered', status: 200, body: '' };
    await tell('a');
    await tell('b');
    await world.quiet();
    expect(world.hosts.received.map((request) => request.url).sort()).toEqual([
      HOOK,
      'https://other.example.com/',
      'https://other.example.com/',
    ]);
  });

  it('OUT-1: is switched off after three days of nothing, with a notice and an entry in the log, and told again when asked', async () => {
    await world.request('POST', '/v1/webhook_endpoints', { url: 'https://other.example.com/' });
    world.hosts.answer = (request) => ({ kind: 'answered', status: request.url === HOOK ? 500 : 200, body: '' });
    await tell('a');
    await world.advance(80 * HOUR, HOUR);
    const off = await world.request('GET', `/v1/webhook_endpoints/${endpoint.id}`);
    expect(off.body).toMatchObject({ status: 'disabled', disabled_reason: 'failing' });
    const notices = await world.request('GET', '/v1/events?type=webhook_endpoint.disabled');
    expect(notices.body.data?.map((event: Body) => event.object_id)).toEqual([endpoint.id]);
    const log = await world.request('GET', '/v1/audit_entries?action=webhook_endpoint.disabled&actor_kind=system');
    expect(log.body.data).toHaveLength(1);
    const told = world.hosts.received.map((request) => [request.url, JSON.parse(request.body).type]);
    expect(told).toContainEqual(['https://other.example.com/', 'webhook_endpoint.disabled']);

    up();
    const [failed] = await deliveries('failed');
    await world.request('PATCH', `/v1/webhook_endpoints/${endpoint.id}`, { status: 'enabled' });
    const again = await world.request('POST', `/v1/webhook_deliveries/${failed?.id}/redeliver`);
    expect(again.body).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(received()).toContain('a 1');
  });

  it('is switched off at once when it says that it is gone, and what waited for it is canceled', async () => {
    await tell('a');
    await tell('a');
    world.hosts.answer = () => ({ kind: 'answered', status: 410, body: '' });
    await world.quiet();
    const off = await world.request('GET', `/v1/webhook_endpoints/${endpoint.id}`);
    expect(off.body).toMatchObject({ status: 'disabled', disabled_reason: 'gone' });
    expect((await deliveries('failed')).length + (await deliveries('canceled')).length).toBeGreaterThanOrEqual(2);
    expect(await deliveries('pending')).toEqual([]);
  });

  it('OUT-1: is told only of the types it asked for', async () => {
    await world.request('PATCH', `/v1/webhook_endpoints/${endpoint.id}`, { event_types: ['invoice.paid'] });
    await tell('a');
    await tell('a', 'invoice.paid');
    await world.quiet();
    expect(received()).toEqual(['a 2']);
  });

  it('is told at least once when the process dies between the answer and its commit', async () => {
    await tell('a');
    let calls = 0;
    world.hosts.answer = () => {
      calls += 1;
      if (calls === 1) throw new Error('the process is gone');
      return { kind: 'answered', status: 200, body: '' };
    };
    await world.advance(5 * MINUTE, 5_000);
    expect(received()).toEqual(['a 1']);
    expect(await deliveries('pending')).toEqual([]);
  });
});
