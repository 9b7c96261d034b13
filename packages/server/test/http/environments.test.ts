import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { beforeEach, describe, expect, it } from 'vitest';

describe.each(testDatabases())('environments on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });

  it('ENV-1: shows the environment of the key, and the production beside it', async () => {
    const own = await world.request('GET', '/v1/environment');
    expect(own.body).toMatchObject({ object: 'environment', kind: 'test', name: 'Test' });
    const list = await world.request('GET', '/v1/environments');
    expect(list.body.data?.map((environment: Body) => environment.kind)).toEqual(['production', 'test']);
    expect(JSON.stringify(list.body)).not.toContain('tb_');
  });

  it('makes another test environment with a key of its own, once for an idempotency key', async () => {
    const options = { idempotencyKey: 'make-staging' };
    const made = await world.request('POST', '/v1/environments', { name: 'Staging' }, options);
    expect(made.status).toBe(201);
    expect(made.body.secret_key).toMatch(/^tb_test_/);
    const again = await world.request('POST', '/v1/environments', { name: 'Staging' }, options);
    expect(again.body).toEqual(made.body);
    expect((await world.request('GET', '/v1/environments')).body.data).toHaveLength(3);
    const inside = await world.request('GET', '/v1/environment', undefined, { key: String(made.body.secret_key) });
    expect(inside.body.id).toBe(made.body.id);
  });

  it('renames and deletes a test environment, and its keys stop working at once', async () => {
    const made = await world.request('POST', '/v1/environments', { name: 'Staging' });
    const key = String(made.body.secret_key);
    const renamed = await world.request('PATCH', `/v1/environments/${made.body.id}`, { name: 'Preview' });
    expect(renamed.body.name).toBe('Preview');
    const deleted = await world.request('DELETE', `/v1/environments/${made.body.id}`);
    expect(deleted.status).toBe(200);
    expect(deleted.body.deleted_at).not.toBeNull();
    expect((await world.request('GET', '/v1/environment', undefined, { key })).status).toBe(401);
    expect((await world.request('DELETE', `/v1/environments/${made.body.id}`)).status).toBe(404);
    const log = await world.request('GET', `/v1/audit_entries?object_id=${made.body.id}`);
    expect(log.body.data?.map((entry: Body) => entry.action)).toEqual([
      'environment.deleted',
      'environment.renamed',
      'environment.created',
    ]);
  });

  it('ENV-1: answers 409 to the deletion of production, and 403 to its renaming by a test key', async () => {
    const list = await world.request('GET', '/v1/environments');
    const production = list.body.data?.find((environment: Body) => environment.kind === 'production');
    const refused = await world.request('DELETE', `/v1/environments/${production?.id}`);
    expect([refused.status, refused.body.error?.code]).toEqual([409, 'production_cannot_be_deleted']);
    const renamed = await world.request('PATCH', `/v1/environments/${production?.id}`, { name: 'Mine' });
    expect([renamed.status, renamed.body.error?.code]).toEqual([403, 'environment_of_production']);
  });

  it('deletes an environment that has connections only when its name is typed', async () => {
    await world.connect();
    const own = await world.request('GET', '/v1/environment');
    const refused = await world.request('DELETE', `/v1/environments/${own.body.id}`);
    expect([refused.status, refused.body.error?.code]).toEqual([409, 'environment_confirmation_needed']);
    const wrong = await world.request('DELETE', `/v1/environments/${own.body.id}?confirm=test`);
    expect(wrong.status).toBe(409);
    expect((await world.request('DELETE', `/v1/environments/${own.body.id}?confirm=Test`)).status).toBe(200);
  });

  it('asks Stripe nothing any more for a deleted environment', async () => {
    const asked = () => JSON.parse(world.visit('GET', '/_sandbox/requests').body) as unknown;
    await world.connect();
    const connected = asked();
    await world.advance(60_000, 10_000);
    expect(asked()).not.toEqual(connected);
    const own = await world.request('GET', '/v1/environment');
    await world.request('DELETE', `/v1/environments/${own.body.id}?confirm=Test`);
    await world.quiet();
    const before = asked();
    await world.advance(26 * 3_600_000, 1_800_000);
    expect(asked()).toEqual(before);
  });

  it('answers 400 to unknown fields, 401 without a key and 404 to ids that are none', async () => {
    const unknown = await world.request('POST', '/v1/environments', { name: 'A', kind: 'production' });
    expect(unknown.body.error?.code).toBe('parameter_unknown');
    expect((await world.request('POST', '/v1/environments', { name: '' })).body.error?.param).toBe('name');
    expect((await world.request('GET', '/v1/environments', undefined, { key: null })).status).toBe(401);
    expect((await world.request('PATCH', '/v1/environments/env_none', { name: 'A' })).status).toBe(404);
  });
});
