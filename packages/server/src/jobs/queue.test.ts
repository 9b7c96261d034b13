import type { Instant } from '@tollbridge/core';
import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { claim, held, LEASE_MILLISECONDS } from '../../test/claiming.js';
import { after, enqueue, NOW, newEnvironment, newJob } from '../../test/ground.js';
import { Changes, type NewJob } from '../changes.js';
import { commit } from '../store/commit.js';
import type { Database } from '../store/database.js';
import { claimJob, findJobState, type Job, nextDueAt, releaseJob, reviveJobs } from './queue.js';
import { isConflict } from './run-job.js';

const finish = (database: Database, job: Job) => commit(database, new Changes().finish(held(job)), NOW);
const bury = (database: Database, job: Job) =>
  commit(database, new Changes().bury({ ...held(job), error: { code: 'gone', message: 'it cannot be' } }), NOW);

const postpone = (database: Database, job: Job, more: { dueAt: Instant; isUncounted?: boolean; freesKey?: boolean }) =>
  commit(
    database,
    new Changes().postpone({
      ...held(job),
      error: { code: 'busy', message: 'come again' },
      isUncounted: false,
      freesKey: false,
      ...more,
    }),
    NOW,
  );

/** Living jobs of a key that may be claimed: the schema promises at most one, the triggers exactly one. */
async function headsOf(database: Database, key: string): Promise<number> {
  const rows = await database.query({
    text: 'select id from jobs where key = $1 and dead_at is null and not blocked',
    values: [key],
  });
  return rows.length;
}

describe.each(testDatabases())('the work table on %s', (kind) => {
  let database: Database;
  let environmentId: string;

  beforeEach(async () => {
    database = await testDatabase(kind);
    await emptyDatabase(database);
    environmentId = (await newEnvironment(database)).id;
  });

  test('only the oldest job of a key is claimed, and the next when that one is done', async () => {
    const first = newJob(environmentId, { key: 'invoice 1', payload: { amount: 'ünïcode 🧾' } });
    const second = newJob(environmentId, { key: 'invoice 1' });
    await enqueue(database, first, second);
    const [claimed, ...more] = await claim(database);
    expect(more).toEqual([]);
    expect(claimed).toMatchObject({ id: first.id, attempts: 1, payload: first.payload, firstAttemptAt: NOW });
    expect(await claim(database)).toEqual([]);
    await finish(database, claimed as Job);
    expect(await claim(database)).toMatchObject([{ id: second.id }]);
  });

  test('the head of a key that is not due yet keeps back those behind it', async () => {
    const later = newJob(environmentId, { key: 'k', dueAt: after(5_000) });
    await enqueue(database, later);
    await enqueue(database, newJob(environmentId, { key: 'k' }));
    expect(await claim(database)).toEqual([]);
    expect(await claim(database, { now: after(5_000) })).toMatchObject([{ id: later.id }]);
  });

  test('a dead letter frees its key', async () => {
    const [first, second] = [newJob(environmentId, { key: 'k' }), newJob(environmentId, { key: 'k' })];
    await enqueue(database, first, second);
    const [claimed] = await claim(database);
    await bury(database, claimed as Job);
    expect(await claim(database)).toMatchObject([{ id: second.id }]);
    const state = await findJobState(database, environmentId, first.id);
    expect(state).toEqual({ dead: true, lastError: { code: 'gone', message: 'it cannot be' } });
  });

  test('a dead letter that is revived waits behind the one that took its place', async () => {
    const [first, second] = [newJob(environmentId, { key: 'k' }), newJob(environmentId, { key: 'k' })];
    await enqueue(database, first, second);
    await bury(database, (await claim(database))[0] as Job);
    const [running] = await claim(database);
    expect(await reviveJobs(database, environmentId, null, NOW)).toBe(1);
    expect(await claim(database)).toEqual([]);
    await finish(database, running as Job);
    expect(await claim(database)).toMatchObject([{ id: first.id, attempts: 1 }]);
  });

  test('a job whose lease ran out can be claimed again, and the old holder can write no more', async () => {
    const job = newJob(environmentId, { key: 'k' });
    await enqueue(database, job);
    const [old] = await claim(database);
    expect(await claim(database, { now: after(LEASE_MILLISECONDS - 1) })).toEqual([]);
    const [again] = await claim(database, { now: after(LEASE_MILLISECONDS) });
    expect(again).toMatchObject({ id: job.id, attempts: 2, firstAttemptAt: NOW });
    const late = { name: 'VersionConflict', subject: 'lease' };
    await expect(finish(database, old as Job)).rejects.toMatchObject(late);
    await expect(bury(database, old as Job)).rejects.toMatchObject(late);
    await expect(postpone(database, old as Job, { dueAt: NOW })).rejects.toMatchObject(late);
    await finish(database, again as Job);
    expect(await findJobState(database, environmentId, job.id)).toBeNull();
  });

  test('a postponed job keeps its place, and an uncounted attempt does not count', async () => {
    const [first, second] = [newJob(environmentId, { key: 'k' }), newJob(environmentId, { key: 'k' })];
    await enqueue(database, first, second);
    await postpone(database, (await claim(database))[0] as Job, { dueAt: after(1_000), isUncounted: true });
    expect(await claim(database)).toEqual([]);
    const [again] = await claim(database, { now: after(1_000) });
    expect(again).toMatchObject({ id: first.id, attempts: 1 });
    await postpone(database, again as Job, { dueAt: after(2_000) });
    expect(await claim(database, { now: after(2_000) })).toMatchObject([{ id: first.id, attempts: 2 }]);
  });

  test('a postponed job that frees its key lets the next one pass', async () => {
    const [first, second] = [newJob(environmentId, { key: 'k' }), newJob(environmentId, { key: 'k' })];
    await enqueue(database, first, second);
    await postpone(database, (await claim(database))[0] as Job, { dueAt: after(1_000), freesKey: true });
    expect(await claim(database)).toMatchObject([{ id: second.id }]);
    expect(await claim(database, { now: after(1_000) })).toMatchObject([{ id: first.id }]);
  });

  test('a job that ends and asks for another of its key in one commit hands its place on', async () => {
    const [first, next] = [newJob(environmentId, { key: 'k' }), newJob(environmentId, { key: 'k' })];
    await enqueue(database, first);
    const [claimed] = await claim(database);
    await commit(database, new Changes().finish(held(claimed as Job)).enqueue(next), NOW);
    expect(await claim(database)).toMatchObject([{ id: next.id }]);
  });

  test('a job that ends and asks for another of its key while a third waits hands its place to the third', async () => {
    const waiting = newJob(environmentId, { key: 'k' });
    const asked = newJob(environmentId, { key: 'k' });
    await enqueue(database, newJob(environmentId, { key: 'k' }), waiting);
    const [first] = await claim(database);
    await commit(database, new Changes().finish(held(first as Job)).enqueue(asked), NOW);
    expect(await headsOf(database, 'k')).toBe(1);
    const [second] = await claim(database);
    expect(second?.id).toBe(waiting.id);
    await finish(database, second as Job);
    expect((await claim(database)).map((job) => job.id)).toEqual([asked.id]);
  });

  test('a twin that waits takes over a job of its dedupe key, and is due no later than it', async () => {
    const waiting = newJob(environmentId, { dedupeKey: 'poll', dueAt: after(9_000) });
    await enqueue(database, waiting);
    await enqueue(database, newJob(environmentId, { dedupeKey: 'poll' }), newJob(environmentId, { dedupeKey: 'poll' }));
    const [claimed, ...more] = await claim(database);
    expect(more).toEqual([]);
    expect(claimed?.id).toBe(waiting.id);
    await enqueue(database, newJob(environmentId, { dedupeKey: 'poll' }));
    expect(await claim(database)).toHaveLength(1);
  });

  test('a job reserved for the request that commits it is claimed by that request alone, once, and in its turn', async () => {
    const lease = { token: 'reserved', until: after(LEASE_MILLISECONDS) };
    const [free, second] = [newJob(environmentId, { key: 'k', lease }), newJob(environmentId, { key: 'k', lease })];
    await enqueue(database, free, second);
    expect(await claim(database)).toEqual([]);
    const one = (jobId: string, reservedBy: string | null, token: string) =>
      claimJob(database, { environmentId, jobId, now: NOW, leaseUntil: lease.until, reservedBy, token });
    const waits = { kind: 'not_claimed', state: { dead: false, lastError: null } };
    expect(await one(free.id, 'somebody else', 'a')).toEqual(waits);
    expect(await one(free.id, null, 'b')).toEqual(waits);
    expect(await one(second.id, 'reserved', 'c')).toEqual(waits);
    const claimed = await one(free.id, 'reserved', 'mine');
    if (claimed.kind !== 'claimed') throw new Error('it was reserved for us');
    expect(claimed.job).toMatchObject({ id: free.id, attempts: 1, leaseToken: 'mine' });
    expect(await one(free.id, 'reserved', 'the same request again')).toEqual(waits);
    await finish(database, claimed.job);
    expect(await one(free.id, 'reserved', 'it is done')).toEqual({ kind: 'not_claimed', state: null });
    const next = await one(second.id, 'reserved', 'mine');
    if (next.kind !== 'claimed') throw new Error('it is its turn');
    expect(next.job).toMatchObject({ id: second.id });
    await bury(database, next.job);
    const dead = { dead: true, lastError: { code: 'gone', message: 'it cannot be' } };
    expect(await one(second.id, 'reserved', 'it is dead')).toEqual({ kind: 'not_claimed', state: dead });
  });

  test('a reserved job that is given back is anybody’s, and one that was begun under its own lease is not', async () => {
    const lease = { token: 'reserved', until: after(LEASE_MILLISECONDS) };
    const [begun, left] = [newJob(environmentId, { lease }), newJob(environmentId, { lease })];
    await enqueue(database, begun, left);
    const more = { now: NOW, leaseUntil: lease.until, reservedBy: 'reserved', token: 'mine' };
    await claimJob(database, { environmentId, jobId: begun.id, ...more });
    await releaseJob(database, { environmentId, jobId: begun.id, reservedBy: 'reserved' });
    await releaseJob(database, { environmentId, jobId: left.id, reservedBy: 'reserved' });
    expect(await claim(database)).toMatchObject([{ id: left.id, attempts: 1 }]);
  });

  test('the next due moment is that of a job that could be claimed', async () => {
    expect(await nextDueAt(database)).toBeNull();
    await enqueue(database, newJob(environmentId, { key: 'k', dueAt: after(7_000) }));
    await enqueue(database, newJob(environmentId, { key: 'k', dueAt: after(1_000) }));
    expect(await nextDueAt(database)).toBe(after(7_000));
  });

  test('eight workers at once never hold two jobs of a key, miss none and take none twice', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const jobs = keys.flatMap((key) => Array.from({ length: 12 }, () => newJob(environmentId, { key })));
    // Added by many at once, while the workers already take; whoever loses a race commits again, as every door does.
    const add = (job: NewJob): Promise<void> =>
      enqueue(database, job).catch((error: unknown) => {
        if (!isConflict(error)) throw error;
        return add(job);
      });
    const adding = jobs.map(add);
    const done: string[] = [];
    const worker = async () => {
      for (let look = 0; look < LOOKS_MAX && done.length < jobs.length; look++)
        for (const job of await claim(database, { batchMax: 3 })) {
          expect(await heldOfKey(database, job.key as string)).toBe(1);
          done.push(job.id);
          await finish(database, job);
        }
    };
    await Promise.all([...adding, ...Array.from({ length: 8 }, worker)]);
    expect([...done].sort()).toEqual(jobs.map(({ id }) => id).sort());
    expect(await Promise.all(keys.map((key) => headsOf(database, key)))).toEqual(keys.map(() => 0));
  });
});

/** Jobs of this key that somebody holds. */
async function heldOfKey(database: Database, key: string): Promise<number> {
  const text = 'select id from jobs where key = $1 and lease_token is not null and dead_at is null';
  return (await database.query({ text, values: [key] })).length;
}

/** More looks than eight workers ever need for sixty jobs. */
const LOOKS_MAX = 2_000;
