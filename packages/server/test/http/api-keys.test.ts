import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyOfEnvironment } from '../connection-story.js';

describe.each(testDatabases())('/v1/api_keys on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  const create = async (body: object, key?: string): Promise<Body> =>
    (await world.request('POST', '/v1/api_keys', body, key === undefined ? {} : { key })).body;
  const listed = async (): Promise<Body[]> => (await world.request('GET', '/v1/api_keys')).body.data ?? [];

  test('ENV-4: a key shows its environment, is shown once, and is stored as a hash alone', async () => {
    const made = await create({ name: 'shop' });
    const secret = String(made.secret);
    expect(secret).toMatch(/^tb_test_[\w-]{20,}$/);
    expect(JSON.stringify(await listed())).not.toContain(secret);
    const audit = await world.request('GET', `/v1/audit_entries?object_id=${made.id}`);
    expect(audit.body.data).toHaveLength(1);
    expect(JSON.stringify(audit.body)).not.toContain(secret);
    const rows = await world.context.db.query({ text: 'select to_jsonb(k)::text as text from api_keys k' });
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(secret.slice('tb_test_'.length, -4));
  });

  test('ENV-4: a key of production shows it, and belongs to production alone', async () => {
    const made = await create({ name: 'shop' }, await keyOfEnvironment(world, 'production'));
    expect(made.secret).toMatch(/^tb_live_[\w-]{20,}$/);
    const inside = await world.request('GET', '/v1/environment', undefined, { key: String(made.secret) });
    expect(inside.body.kind).toBe('production');
    expect((await listed()).map((key) => key.id)).not.toContain(made.id);
  });

  test('ENV-4: a key does what its scopes say and nothing else', async () => {
    const may = async (scopes: readonly string[]): Promise<number[]> => {
      const { secret } = await create({ name: scopes.join(), scopes });
      const options = { key: String(secret) };
      const read = await world.request('GET', '/v1/customers', undefined, options);
      const written = await world.request('POST', '/v1/customers', { external_id: scopes.join() }, options);
      return [read.status, written.status];
    };
    expect(await may(['read'])).toEqual([200, 403]);
    expect(await may(['write'])).toEqual([403, 201]);
    expect(await may(['ingest'])).toEqual([403, 403]);
    expect(await may(['read', 'write'])).toEqual([200, 201]);
  });

  test('ENV-4: the list says when each was last used', async () => {
    const made = await create({ name: 'shop' });
    const lastUsed = async () => (await listed()).find((key) => key.id === made.id)?.last_used_at;
    expect(await lastUsed()).toBeNull();
    await world.advance(3_600_000);
    await world.request('GET', '/v1/customers', undefined, { key: String(made.secret) });
    expect(await lastUsed()).toBe(new Date(world.clock.machineNow()).toISOString());
  });
});
