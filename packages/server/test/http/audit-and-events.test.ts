import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { beforeEach, describe, expect, it } from 'vitest';

describe.each(testDatabases())('audit log and events on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });

  it('ENV-6: says who did what, when, from where, with before and after, and filters by each', async () => {
    const made = await world.request('POST', '/v1/api_keys', { name: 'second', scopes: ['read'] });
    await world.advance(3_600_000);
    await world.request('DELETE', `/v1/api_keys/${made.body.id}`);
    const all = await world.request('GET', `/v1/audit_entries?object_id=${made.body.id}`);
    expect(all.body.data?.map((entry: Body) => entry.action)).toEqual(['api_key.revoked', 'api_key.created']);
    const [revoked] = all.body.data ?? [];
    expect(revoked).toMatchObject({
      actor: { kind: 'api_key', address: '127.0.0.1' },
      before: { revoked_at: null },
      request_id: expect.stringMatching(/^req_/),
    });
    expect(revoked?.after?.revoked_at).not.toBeNull();
    const until = new Date(world.clock.machineNow() - 60_000).toISOString();
    const earlier = await world.request('GET', `/v1/audit_entries?object_id=${made.body.id}&until=${until}`);
    expect(earlier.body.data?.map((entry: Body) => entry.action)).toEqual(['api_key.created']);
    const later = await world.request('GET', `/v1/audit_entries?from=${until}&actor_id=${revoked?.actor?.id}`);
    expect(later.body.data?.map((entry: Body) => entry.action)).toEqual(['api_key.revoked']);
    expect((await world.request('GET', '/v1/audit_entries?from=yesterday')).status).toBe(400);
  });

  it.each([
    ['from', '0000-01-01T00:00:00Z'],
    ['from', '-000100-01-01T00:00:00Z'],
    ['from', '0001-01-01T00:00:00Z'],
    ['until', '+275760-09-13T00:00:00Z'],
    ['until', '+010000-01-01T00:00:00Z'],
  ])('400: %s cannot be %s', async (param, text) => {
    const { status, body } = await world.request('GET', `/v1/audit_entries?${param}=${encodeURIComponent(text)}`);
    expect(body).toMatchObject({ error: { code: 'parameter_invalid', param } });
    expect(status).toBe(400);
  });

  it('takes the first and the last moment of the years that there are', async () => {
    const query = 'from=1970-01-01T00:00:00Z&until=9999-12-31T23:59:59.999Z';
    expect((await world.request('GET', `/v1/audit_entries?${query}`)).body.data.length).toBeGreaterThan(0);
  });

  it('ENV-6, INV-9: cannot be rewritten: the database refuses update, delete and truncate', async () => {
    for (const text of [
      `update audit_entries set action = 'other'`,
      'delete from audit_entries',
      'truncate audit_entries',
      'delete from ledger_entries',
      'update ledger_transactions set kind = kind',
    ])
      await expect(world.context.db.query({ text })).rejects.toThrow(/append-only/);
    expect((await world.request('GET', '/v1/audit_entries')).body.data).not.toEqual([]);
  });

  it('OUT-2: documents every type of event with a sentence', async () => {
    const types = await world.request('GET', '/v1/event_types');
    expect(types.body.data?.length).toBeGreaterThan(30);
    const test = types.body.data?.find((type: Body) => type.type === 'webhook_endpoint.test');
    expect(test?.example?.data?.object).toMatchObject({ object: 'webhook_endpoint', status: 'enabled' });
  });

  it('lists events by type and by object', async () => {
    const endpoint = await world.request('POST', '/v1/webhook_endpoints', { url: 'https://host.example.com/' });
    await world.request('POST', `/v1/webhook_endpoints/${endpoint.body.id}/test`);
    for (const query of ['', '?type=webhook_endpoint.test', `?object_id=${endpoint.body.id}`])
      expect((await world.request('GET', `/v1/events${query}`)).body.data).toHaveLength(1);
    expect((await world.request('GET', '/v1/events?type=invoice.paid')).body.data).toEqual([]);
    expect((await world.request('GET', '/v1/events?type=invoice.eaten')).status).toBe(400);
    expect((await world.request('GET', '/v1/events?starting_after=evt_none')).body.error?.code).toBe('cursor_unknown');
  });

  it('forgets idempotency keys after a day, and not before', async () => {
    const ask = () => world.request('POST', '/v1/api_keys', { name: 'once' }, { idempotencyKey: 'only-once' });
    const first = await ask();
    await world.advance(23 * 3_600_000);
    expect((await ask()).body.id).toBe(first.body.id);
    await world.advance(2 * 3_600_000);
    expect((await ask()).body.id).not.toBe(first.body.id);
  });
});
