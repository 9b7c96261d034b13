import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { after, enqueue, NOW, newEnvironment, newJob } from '../../test/ground.js';
import { Changes, type NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { addFirstKey } from '../organizations/new-environment.js';
import { apiKeysTable, listApiKeys } from '../store/api-keys.js';
import { commit } from '../store/commit.js';
import { type Database, DatabaseUnavailable, type Statement } from '../store/database.js';
import type { Environment } from '../store/organizations.js';
import { claimJobs } from './claim-jobs.js';
import type { JobBurial, JobHandler } from './handlers.js';
import { findJobState, type Job } from './queue.js';
import { backoffMilliseconds, registerJobHandlers, runJob } from './run-job.js';

const ERROR = { code: 'busy', message: 'come again' };

describe.each(testDatabases())('doing a job on %s', (kind) => {
  let world: World;
  let context: Context;
  let environment: Environment;

  beforeEach(async () => {
    world = await createWorld({ database: kind });
    context = world.context;
    environment = await newEnvironment(context.db);
  });

  afterEach(async () => {
    await world.close();
  });

  const handle = (handler: JobHandler, burial?: JobBurial) =>
    registerJobHandlers(new Map([['try_things', handler]]), new Map(burial && [['try_things', burial]]));

  async function claimOne(more: Partial<NewJob> = {}): Promise<Job> {
    const job = newJob(environment.id, { lane: 'bulk', ...more });
    await enqueue(context.db, job);
    const lanes = [{ lane: 'bulk', batchMax: 50, perSourceMax: 9, taken: [] }] as const;
    const claimed = await claimJobs(context.db, { now: NOW, leaseUntil: after(60_000), token: 'mine', lanes });
    const found = claimed.find(({ id }) => id === job.id);
    if (found === undefined) throw new Error('the job was not claimed');
    return found;
  }

  const stateOf = (job: Job) => findJobState(context.db, environment.id, job.id);
  const newKeyChanges = () => {
    const changes = new Changes();
    addFirstKey(context, changes, environment);
    return changes;
  };
  const keysCount = async () => {
    const page = await listApiKeys(context.db, environment.id, { limit: 100, startingAfter: null, endingBefore: null });
    return page?.items.length;
  };
  const attemptsOf = async (job: Job) => {
    const [row] = await context.db.query({ text: 'select attempts, due_at from jobs where id = $1', values: [job.id] });
    return row;
  };

  test('done: what was decided and the end of the job are one commit', async () => {
    handle(async () => ({ kind: 'done', changes: newKeyChanges() }));
    const job = await claimOne();
    await runJob(context, job);
    expect([await stateOf(job), await keysCount()]).toEqual([null, 1]);
  });

  test('later: what was decided is written with it', async () => {
    handle(async () => ({ kind: 'later', delayMilliseconds: 5_000, error: ERROR, changes: newKeyChanges() }));
    const postponed = await claimOne();
    await runJob(context, postponed);
    expect(await stateOf(postponed)).toEqual({ dead: false, lastError: ERROR });
    expect(await keysCount()).toBe(1);
  });

  const givesUp: JobHandler = async () => ({ kind: 'give_up', error: ERROR });

  test('given up: what the burial says is one commit with the dead letter', async () => {
    const told: unknown[] = [];
    handle(givesUp, async (_context, _job, error) => {
      told.push(error);
      return { kind: 'dead_letter', changes: newKeyChanges() };
    });
    const job = await claimOne();
    await runJob(context, job);
    expect([await stateOf(job), await keysCount(), told]).toEqual([{ dead: true, lastError: ERROR }, 1, [ERROR]]);
  });

  test('given up where the object itself shows it: the job is done', async () => {
    handle(givesUp, async () => ({ kind: 'done', changes: newKeyChanges() }));
    const job = await claimOne();
    await runJob(context, job);
    expect([await stateOf(job), await keysCount()]).toEqual([null, 1]);
  });

  test('what throws at its last attempt is buried like what gave up', async () => {
    handle(
      async () => {
        throw new Error('of ada@example.com');
      },
      async (_context, _job, error) => {
        expect(error).toEqual({ code: 'internal_error', message: 'of [e-mail]' });
        return { kind: 'done', changes: newKeyChanges() };
      },
    );
    const job = await claimOne({ attemptsMax: 1 });
    await runJob(context, job);
    expect([await stateOf(job), await keysCount()]).toEqual([null, 1]);
  });

  test('a burial that fails, or cannot be written, leaves the dead letter, whose key is free', async () => {
    const [key] = [...newKeyChanges().rows.values()].flatMap((writes) => [...writes.inserts.values()]);
    const broken = { ...(key as object), name: 'a\0b' };
    const burials: JobBurial[] = [
      async () => {
        throw new Error('a fault of ours');
      },
      async () => ({ kind: 'done', changes: new Changes().insert(apiKeysTable, broken as never) }),
    ];
    for (const burial of burials) {
      handle(givesUp, burial);
      const job = await claimOne({ key: 'k' });
      await runJob(context, job);
      expect([await stateOf(job), await keysCount()]).toEqual([{ dead: true, lastError: ERROR }, 0]);
    }
  });

  test('a burial that was overtaken is decided again from what is there now', async () => {
    await commit(context.db, newKeyChanges(), NOW);
    const first = async () => {
      const page = await listApiKeys(context.db, environment.id, { limit: 1, startingAfter: null, endingBefore: null });
      const [key] = page?.items ?? [];
      if (key === undefined) throw new Error('the key is there');
      return key;
    };
    let tries = 0;
    handle(givesUp, async () => {
      tries += 1;
      const key = await first();
      if (tries < 3)
        await commit(context.db, new Changes().update(apiKeysTable, { ...key, name: `other ${tries}` }), NOW);
      return { kind: 'dead_letter', changes: new Changes().update(apiKeysTable, { ...key, name: 'ours' }) };
    });
    const job = await claimOne();
    await runJob(context, job);
    expect([tries, await stateOf(job), await first()]).toMatchObject([3, { dead: true }, { name: 'ours' }]);
  });

  test('a burial that is overtaken after what was decided could not be written comes again', async () => {
    const [key] = [...newKeyChanges().rows.values()].flatMap((writes) => [...writes.inserts.values()]);
    const broken = { ...(key as object), name: 'a\0b' };
    handle(
      async () => ({ kind: 'done', changes: new Changes().insert(apiKeysTable, broken as never) }),
      async () => ({ kind: 'dead_letter', changes: new Changes().update(apiKeysTable, key as never) }),
    );
    const job = await claimOne({ attemptsMax: 1 });
    await runJob(context, job);
    expect(await stateOf(job)).toMatchObject({ dead: false, lastError: { code: 'conflict_persisted' } });
  });

  test('what a run gives as the end of its job is what stands in the table', async () => {
    const buriedDone: JobBurial = async () => ({ kind: 'done', changes: new Changes() });
    const throws: JobHandler = async () => {
      throw new Error('of ada@example.com');
    };
    const cases: [JobHandler, JobBurial | undefined, Partial<NewJob>][] = [
      [async () => ({ kind: 'done', changes: newKeyChanges() }), undefined, {}],
      [async () => ({ kind: 'later', delayMilliseconds: 5_000, error: ERROR }), undefined, {}],
      [givesUp, undefined, {}],
      [givesUp, buriedDone, {}],
      [throws, undefined, {}],
      [throws, undefined, { attemptsMax: 1 }],
    ];
    const kinds: unknown[] = [];
    for (const [handler, burial, more] of cases) {
      handle(handler, burial);
      const job = await claimOne(more);
      const end = await runJob(context, job);
      const state = await stateOf(job);
      kinds.push(end?.kind);
      expect(end).toEqual(
        state === null ? { kind: 'done' } : { kind: state.dead ? 'dead' : 'waiting', error: state.lastError },
      );
    }
    expect(kinds).toEqual(['done', 'waiting', 'dead', 'done', 'waiting', 'dead']);
  });

  test('a lost lease writes nothing, and the work is not tried again by the one who lost it', async () => {
    let tries = 0;
    handle(async () => {
      tries += 1;
      return { kind: 'done', changes: newKeyChanges() };
    });
    const job = await claimOne();
    expect(await runJob(context, { ...job, leaseToken: 'older' })).toBeNull();
    expect([tries, await keysCount(), await stateOf(job)]).toEqual([1, 0, { dead: false, lastError: null }]);
  });

  test('a row that changed meanwhile is decided again from what is there now', async () => {
    await commit(context.db, newKeyChanges(), NOW);
    let tries = 0;
    handle(async () => {
      tries += 1;
      const page = await listApiKeys(context.db, environment.id, { limit: 1, startingAfter: null, endingBefore: null });
      const [key] = page?.items ?? [];
      if (key === undefined) throw new Error('the key is there');
      if (tries < 3)
        await commit(context.db, new Changes().update(apiKeysTable, { ...key, name: `other ${tries}` }), NOW);
      return { kind: 'done', changes: new Changes().update(apiKeysTable, { ...key, name: 'ours' }) };
    });
    await runJob(context, await claimOne());
    const page = await listApiKeys(context.db, environment.id, { limit: 1, startingAfter: null, endingBefore: null });
    expect([tries, page?.items[0]]).toMatchObject([3, { name: 'ours', version: 4 }]);
  });

  test('rows that keep changing send the job to the end of its turn, uncounted', async () => {
    let tries = 0;
    const [key] = [...newKeyChanges().rows.values()].flatMap((writes) => [...writes.inserts.values()]);
    handle(async () => {
      tries += 1;
      return { kind: 'done', changes: new Changes().update(apiKeysTable, key as never) };
    });
    const job = await claimOne();
    await runJob(context, job);
    expect(await stateOf(job)).toMatchObject({ dead: false, lastError: { code: 'conflict_persisted' } });
    expect([tries, await attemptsOf(job)]).toMatchObject([10, { attempts: 0 }]);
  });

  test('what throws comes again later, longer each time, and is a dead letter after its last attempt', async () => {
    handle(async () => {
      throw new Error('with sk_test_51HxYabcdefghijkl inside');
    });
    const job = await claimOne({ attemptsMax: 1 });
    await runJob(context, job);
    const state = await stateOf(job);
    expect(state).toMatchObject({ dead: true, lastError: { code: 'internal_error' } });
    expect(state?.lastError?.message).not.toContain('51HxY');
    const patient = await claimOne();
    await runJob(context, patient);
    expect(await stateOf(patient)).toMatchObject({ dead: false });
    const waits = [1, 2, 3, 30].map((attempts) => backoffMilliseconds(context, attempts));
    [1_000, 2_000, 4_000, 3_600_000].forEach((least, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(least);
      expect(waits[index]).toBeLessThanOrEqual(least * 1.25);
    });
  });

  test('what can never be written becomes a dead letter at last, and does not hold up its key for ever', async () => {
    const [key] = [...newKeyChanges().rows.values()].flatMap((writes) => [...writes.inserts.values()]);
    const broken = { ...(key as object), name: 'a\0b' };
    handle(async () => ({ kind: 'done', changes: new Changes().insert(apiKeysTable, broken as never) }));
    const job = await claimOne({ attemptsMax: 1, key: 'k' });
    await runJob(context, job);
    expect(await stateOf(job)).toMatchObject({ dead: true });
  });

  test('a job nobody knows is set aside', async () => {
    registerJobHandlers(new Map());
    const job = await claimOne();
    await runJob(context, job);
    expect(await stateOf(job)).toMatchObject({ dead: true, lastError: { code: 'job_kind_unknown' } });
  });

  test('with the database away nothing is counted against the job: its lease runs out', async () => {
    handle(async () => ({ kind: 'done', changes: newKeyChanges() }));
    const job = await claimOne();
    await expect(runJob({ ...context, db: away(context.db) }, job)).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await stateOf(job)).toEqual({ dead: false, lastError: null });
  });
});

function away(database: Database): Database {
  const query = async (_statement: Statement) => {
    throw new DatabaseUnavailable('gone');
  };
  return { kind: database.kind, query, script: database.script, onWork: () => {}, close: async () => {} };
}
