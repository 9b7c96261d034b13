import { JOB_HANDLERS } from '@tollbridge/server/effects/index';
import { registerJobHandlers } from '@tollbridge/server/jobs/run-job';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyOfEnvironment } from '../connection-story.js';
import { enqueue, newId, newJob } from '../ground.js';

const REFUND = newId('refund');

describe.each(testDatabases())('dead letters on %s', (database) => {
  let world: World;
  let environmentId: string;
  let isBroken: boolean;
  beforeEach(async () => {
    world = await createWorld({ database });
    environmentId = (await world.request('GET', '/v1/environments')).body.data.find(
      ({ kind }: Body) => kind === 'test',
    ).id;
    isBroken = true;
    registerJobHandlers(
      new Map([
        [
          'try_things',
          async () =>
            isBroken
              ? { kind: 'give_up', error: { code: 'refused', message: 'it cannot be' } }
              : { kind: 'later', delayMilliseconds: 1_000_000, error: { code: 'busy', message: 'come again' } },
        ],
      ]),
    );
  });
  afterEach(async () => {
    registerJobHandlers(JOB_HANDLERS);
    await world.close();
  });

  const die = async (count: number, more = {}) => {
    const dueAt = world.clock.machineNow();
    const payload = { refundId: REFUND, email: 'ada@example.com' };
    const jobs = Array.from({ length: count }, () => newJob(environmentId, { dueAt, payload, ...more }));
    await enqueue(world.context.db, ...jobs);
    await world.quiet();
    return jobs.map(({ id }) => id);
  };
  const list = async (query = '') => world.request('GET', `/v1/dead_letters?limit=100${query}`);
  const idsOf = async (query = '') => (await list(query)).body.data.map(({ id }: Body) => id);

  test('200: a job that gave up is shown with what it is about and why, and without its payload', async () => {
    const [id] = await die(1);
    const at = new Date(world.clock.machineNow()).toISOString();
    const reply = await world.request('GET', `/v1/dead_letters/${id}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      object: 'dead_letter',
      id,
      lane: 'money',
      kind: 'try_things',
      connection_id: null,
      object_ids: [REFUND],
      attempts: 1,
      last_error: { code: 'refused', message: 'it cannot be' },
      created_at: expect.any(String),
      first_attempt_at: at,
      dead_at: at,
    });
    expect((await list()).body.data).toEqual([reply.body]);
  });

  test('200: of what Stripe said it shows the code and the sentence, and neither an e-mail address nor part of a key', async () => {
    const said = 'Invalid email address: ada@example.com (key sk_test_51Hx****wxyz)';
    const error = { code: 'email_invalid', message: said };
    const shown = { code: 'email_invalid', message: 'Invalid email address: [e-mail] (key sk_test_…)' };
    registerJobHandlers(new Map([['try_things', async () => ({ kind: 'give_up', error })]]));
    const [id] = await die(1);
    expect((await world.request('GET', `/v1/dead_letters/${id}`)).body.last_error).toEqual(shown);
    const stored = () => world.context.db.query({ text: 'select last_error from jobs where id = $1', values: [id] });
    expect(await stored()).toEqual([{ last_error: shown }]);
    // As an older version stored it.
    const text = 'update jobs set last_error = $2 where id = $1';
    await world.context.db.query({ text, values: [id, JSON.stringify(error)] });
    expect((await world.request('GET', `/v1/dead_letters/${id}`)).body.last_error).toEqual(shown);
    expect((await list()).body.data[0].last_error).toEqual(shown);
  });

  test('200: the list is cut by kind, lane and cursor, the newest first', async () => {
    const [oldest, middle] = await die(2);
    const [newest] = await die(1, { lane: 'bulk' });
    expect(await idsOf()).toEqual([newest, middle, oldest]);
    expect(await idsOf('&lane=bulk')).toEqual([newest]);
    expect(await idsOf('&kind=other_things')).toEqual([]);
    expect(await idsOf(`&kind=try_things&starting_after=${middle}`)).toEqual([oldest]);
  });

  test('200: one that is revived is due at once with all its attempts, is no dead letter, and is in the audit log', async () => {
    const [id] = await die(1);
    isBroken = false;
    const reply = await world.request('POST', `/v1/dead_letters/${id}/revive`);
    expect(reply).toMatchObject({ status: 200, body: { object: 'dead_letter_revival', revived: 1, has_more: false } });
    expect(await idsOf()).toEqual([]);
    await world.quiet();
    const [job] = await world.context.db.query({ text: 'select attempts from jobs where id = $1', values: [id] });
    expect(job).toEqual({ attempts: 1 });
    const [entry] = (await world.request('GET', '/v1/audit_entries')).body.data;
    expect(entry).toMatchObject({ action: 'dead_letter.revived', object_id: id, before: { kind: 'try_things' } });
    expect(JSON.stringify(entry)).not.toContain('ada@example.com');
  });

  test('200: in bulk those of the filter are revived and no others, and a second call finds none', async () => {
    await die(3);
    const [other] = await die(1, { lane: 'bulk' });
    isBroken = false;
    const revive = () => world.request('POST', '/v1/dead_letters/revive', { lane: 'money' });
    expect(await revive()).toMatchObject({ status: 200, body: { revived: 3, has_more: false } });
    expect(await idsOf()).toEqual([other]);
    expect((await revive()).body).toMatchObject({ revived: 0 });
  });

  test('200: those of one key come back one behind the other', async () => {
    await die(3, { key: 'k' });
    expect((await world.request('POST', '/v1/dead_letters/revive', {})).body).toMatchObject({ revived: 3 });
    const text = 'select blocked, count(*)::integer as count from jobs where key is not null group by 1 order by 1';
    expect(await world.context.db.query({ text })).toEqual([
      { blocked: false, count: 1 },
      { blocked: true, count: 2 },
    ]);
  });

  test('200: the same request again revives nothing more, although the job has died again', async () => {
    const [id] = await die(1);
    const revive = () => world.request('POST', `/v1/dead_letters/${id}/revive`, undefined, { idempotencyKey: 'key-1' });
    const first = await revive();
    await world.quiet();
    expect(await revive()).toMatchObject({ status: 200, body: first.body });
    expect(await idsOf()).toEqual([id]);
  });

  test('200: the gauge counts them by lane', async () => {
    await die(2);
    const metrics = (await world.request('GET', '/metrics', undefined, { key: null })).body.text;
    expect(metrics).toContain('tollbridge_jobs_dead{lane="money"} 2');
  });

  test.each([
    ['parameter_invalid', '?lane=lost'],
    ['parameter_unknown', '?colour=red'],
    ['cursor_unknown', '?starting_after=job_none'],
  ])('400: %s', async (code, query) => {
    const reply = await world.request('GET', `/v1/dead_letters${query}`);
    expect(reply).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('404: none of another environment is shown, revived by its id, or revived in bulk', async () => {
    const [id] = await die(1);
    const key = await keyOfEnvironment(world, 'production');
    const read = await world.request('GET', `/v1/dead_letters/${id}`, undefined, { key });
    const revived = await world.request('POST', `/v1/dead_letters/${id}/revive`, undefined, { key });
    const bulk = await world.request('POST', '/v1/dead_letters/revive', {}, { key });
    expect([read.status, revived.status, bulk.body.revived]).toEqual([404, 404, 0]);
    expect(await idsOf()).toEqual([id]);
  });

  test('404: a job that lives is no dead letter', async () => {
    isBroken = false;
    const [id] = await die(1);
    const read = await world.request('GET', `/v1/dead_letters/${id}`);
    const revived = await world.request('POST', `/v1/dead_letters/${id}/revive`);
    expect([read.status, revived.status]).toEqual([404, 404]);
  });
});
