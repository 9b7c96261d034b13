import { err, ok } from '@tollbridge/core';
import { asked, type Command, type Door } from '@tollbridge/server/asked';
import { Changes } from '@tollbridge/server/changes';
import { problem } from '@tollbridge/server/problem';
import { findIdempotencyRecord } from '@tollbridge/server/store/idempotency';
import { listEnvironments } from '@tollbridge/server/store/organizations';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

describe.each(testDatabases())('an idempotency key on %s', (kind) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database: kind });
  });

  afterEach(async () => {
    await world.close();
  });

  const create = (body: object, idempotencyKey: string) =>
    world.request('POST', '/v1/api_keys', body, { idempotencyKey });
  const keysCount = async () => (await world.request('GET', '/v1/api_keys')).body.data?.length;

  const environmentOfWorld = async () => {
    const [row] = await world.context.db.query({ text: 'select id from organizations' });
    const environments = await listEnvironments(world.context.db, row?.id as string);
    const environment = environments.find((each) => each.kind === 'test');
    if (environment === undefined) throw new Error('the first start makes a test environment');
    return environment;
  };

  test('the same request gives the same answer and one effect, whatever the order of its fields', async () => {
    const first = await create({ name: 'a', scopes: ['read'] }, 'k1');
    const again = await create({ scopes: ['read'], name: 'a' }, 'k1');
    expect(first.status).toBe(201);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await keysCount()).toBe(2);
  });

  test('another body, or another address, under the same key is refused', async () => {
    const first = await create({ name: 'a' }, 'k1');
    expect(await create({ name: 'b' }, 'k1')).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_key_reused' } },
    });
    const elsewhere = await world.request('POST', `/v1/api_keys/${first.body.id}/rotate`, {}, { idempotencyKey: 'k1' });
    expect(elsewhere).toMatchObject({ status: 409, body: { error: { code: 'idempotency_key_reused' } } });
    expect(await keysCount()).toBe(2);
  });

  test('two at once have one effect and one answer', async () => {
    const send = () =>
      world.app.inject({
        method: 'POST',
        url: '/v1/api_keys',
        headers: { authorization: `Bearer ${world.secretKey}`, 'idempotency-key': 'k1' },
        payload: { name: 'a' },
      });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await keysCount()).toBe(2);
  });

  test('a refusal is not kept: the request may be mended under the same key', async () => {
    const wrong = await world.request('POST', '/v1/api_keys/key_nothing/rotate', {}, { idempotencyKey: 'k1' });
    expect(wrong.status).toBe(404);
    expect((await create({ name: 'a' }, 'k1')).status).toBe(201);
  });

  test('a secret that was answered is kept sealed', async () => {
    const { body } = await create({ name: 'a' }, 'k1');
    const [row] = await world.context.db.query({ text: `select answer_body::text as answer from idempotency_keys` });
    expect(row?.answer).toContain('sealed');
    expect(row?.answer).not.toContain(String(body.secret).slice(-20));
  });

  test('a key of one environment is unknown in another', async () => {
    const other = await world.request('POST', '/v1/environments', { name: 'Other' });
    const theirs = other.body.secret_key as string;
    await create({ name: 'a' }, 'k1');
    const reply = await world.request('POST', '/v1/api_keys', { name: 'b' }, { key: theirs, idempotencyKey: 'k1' });
    expect(reply).toMatchObject({ status: 201, body: { name: 'b' } });
  });

  test.each(['', 'ü', 'a'.repeat(256)])('a key like "%s" is refused', async (idempotencyKey) => {
    const reply = await create({ name: 'a' }, idempotencyKey);
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'idempotency_key_invalid' } } });
  });

  test('after a day the key is forgotten and means a new request', async () => {
    const first = await create({ name: 'a' }, 'k1');
    await world.advance(25 * 3_600_000, 3_600_000);
    const second = await create({ name: 'a' }, 'k1');
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test('an intent whose outcome is open goes on where it stopped, and its answer is kept when there is one', async () => {
    const environment = await environmentOfWorld();
    const actor = { kind: 'system', id: null, address: null, requestId: null } as const;
    let decided = 0;
    const resumed: string[] = [];
    const door = (status: number): Door => ({
      async decide() {
        decided += 1;
        return ok({ changes: new Changes(), audit: [], outcome: { resumeWith: 'thing_1' } });
      },
      async resume(resourceId) {
        resumed.push(resourceId);
        return ok({ status, body: { status } });
      },
    });
    const record = () => findIdempotencyRecord(world.context.db, environment.id, 'k1');
    const ask = async (status: number) => {
      const idempotency = { key: 'k1', requestHash: 'hash', record: await record() };
      return asked(world.context, { environment, actor, idempotency }, door(status));
    };
    expect(await ask(202)).toEqual(ok({ status: 202, body: { status: 202 } }));
    expect(await record()).toMatchObject({ status: 'open', resourceId: 'thing_1' });
    expect(await ask(201)).toEqual(ok({ status: 201, body: { status: 201 } }));
    expect(await record()).toMatchObject({ status: 'done', answerStatus: 201 });
    expect(await ask(500)).toEqual(ok({ status: 201, body: { status: 201 } }));
    expect({ decided, resumed }).toEqual({ decided: 1, resumed: ['thing_1', 'thing_1'] });
  });

  test('a request that came before the same one was done is given its answer, though it would be refused by now', async () => {
    const environment = await environmentOfWorld();
    const actor = { kind: 'system', id: null, address: null, requestId: null } as const;
    const command: Command = { environment, actor, idempotency: { key: 'k1', requestHash: 'hash', record: null } };
    const made: Door = {
      decide: async () => {
        const answer = { status: 201, body: { made: true } };
        return ok({ changes: new Changes(), audit: [], outcome: { answer } });
      },
    };
    const refused: Door = { decide: async () => err(problem('not_found', 'There is no such object.')) };
    const ask = (door: Door) => asked(world.context, command, door);
    expect(await ask(refused)).toMatchObject({ ok: false });
    expect(await ask(made)).toEqual(ok({ status: 201, body: { made: true } }));
    expect(await ask(refused)).toEqual(ok({ status: 201, body: { made: true } }));
    expect(await ask(made)).toEqual(ok({ status: 201, body: { made: true } }));
  });
});
