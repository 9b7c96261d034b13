import type { Instant } from '@tollbridge/core';
import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { after, counted, enqueue, NOW, newEnvironments, newJob } from '../../test/ground.js';
import { Changes, type Lane, type NewJob } from '../changes.js';
import { commit } from '../store/commit.js';
import type { Database, Statement } from '../store/database.js';
import { claimJob, claimJobs, findJobState, type Job, nextDueAt, releaseJob, reviveJobs } from './queue.js';
import { isConflict } from './run-job.js';

const LEASE_MILLISECONDS = 60_000;
let tokens = 0;

interface ClaimMore {
  readonly lane?: Lane;
  readonly now?: Instant;
  readonly batchMax?: number;
  readonly perSourceMax?: number;
}

function claim(database: Database, more: ClaimMore = {}): Promise<Job[]> {
  const now = more.now ?? NOW;
  tokens += 1;
  return claimJobs(database, {
    lane: 'money',
    now,
    leaseUntil: (now + LEASE_MILLISECONDS) as Instant,
    token: `token ${tokens}`,
    batchMax: 16,
    perSourceMax: 12,
    ...more,
  });
}

const held = (job: Job) => ({ environmentId: job.environmentId, jobId: job.id, leaseToken: job.leaseToken });
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
  let others: string[];

  beforeEach(async () => {
    database = await testDatabase(kind);
    await emptyDatabase(database);
    const environments = await newEnvironments(database, 4);
    [environmentId = '', ...others] = environments.map(({ id }) => id);
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

  test('lanes are claimed apart', async () => {
    const delivery = newJob(environmentId, { lane: 'delivery' });
    await enqueue(database, newJob(environmentId, { lane: 'bulk' }), delivery);
    expect(await claim(database)).toEqual([]);
    expect(await claim(database, { lane: 'delivery' })).toMatchObject([{ id: delivery.id }]);
  });

  test('environments take turns, however much one of them has waiting', async () => {
    const busy = Array.from({ length: 1_000 }, () => newJob(environmentId));
    await enqueue(database, ...busy);
    await enqueue(database, ...others.flatMap((other) => [newJob(other), newJob(other)]));
    const claimed = await claim(database, { batchMax: 8 });
    const counts = [environmentId, ...others].map((id) => claimed.filter((job) => job.environmentId === id).length);
    expect(counts).toEqual([2, 2, 2, 2]);
  });

  test('a connection has no more jobs under way than its budget, and holds up nobody with the rest', async () => {
    const slow = Array.from({ length: 500 }, () => newJob(environmentId, { connectionId: 'con_slow' }));
    await enqueue(database, ...slow);
    await enqueue(database, newJob(environmentId, { connectionId: 'con_other' }), newJob(environmentId));
    const claimed = await claim(database, { perSourceMax: 3 });
    expect(claimed.map((job) => job.connectionId).sort()).toEqual(
      ['con_other', 'con_slow', 'con_slow', 'con_slow', null].sort(),
    );
    expect(await claim(database, { perSourceMax: 3 })).toEqual([]);
    await finish(database, claimed.find((job) => job.connectionId === 'con_slow') as Job);
    expect(await claim(database, { perSourceMax: 3 })).toMatchObject([{ connectionId: 'con_slow' }]);
  });

  test('a webhook endpoint whose thousand deliveries hang delays none of its own environment or of another', async () => {
    const delivery = (environment: string, endpointId: string) =>
      newJob(environment, { lane: 'delivery', kind: 'deliver_webhook', payload: { endpointId } });
    await enqueue(database, ...Array.from({ length: 1_000 }, () => delivery(environmentId, 'we_hangs')));
    const look = () => claim(database, { lane: 'delivery', perSourceMax: 4 });
    const hanging = await look();
    expect(hanging).toHaveLength(4);
    const [own, other] = [delivery(environmentId, 'we_own'), delivery(others[0] as string, 'we_other')];
    await enqueue(database, own, other);
    expect((await look()).map(({ id }) => id).sort()).toEqual([own.id, other.id].sort());
    expect(await look()).toEqual([]);
    await finish(database, hanging[0] as Job);
    expect(await look()).toMatchObject([{ payload: { endpointId: 'we_hangs' } }]);
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
    expect(await one(free.id, 'somebody else', 'a')).toBeNull();
    expect(await one(free.id, null, 'b')).toBeNull();
    expect(await one(second.id, 'reserved', 'c')).toBeNull();
    const claimed = await one(free.id, 'reserved', 'mine');
    expect(claimed).toMatchObject({ id: free.id, attempts: 1, leaseToken: 'mine' });
    expect(await one(free.id, 'reserved', 'the same request again')).toBeNull();
    await finish(database, claimed as Job);
    expect(await one(second.id, 'reserved', 'mine')).toMatchObject({ id: second.id });
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

  test('a claim looks at a few pages only, past 50,000 jobs behind one key and 50,000 over a budget', async () => {
    await enqueue(database, newJob(environmentId, { key: 'long', dueAt: after(3_600_000) }));
    await fill(database, environmentId, { key: 'long', connectionId: null, count: 50_000 });
    await fill(database, environmentId, { key: null, connectionId: 'con_slow', count: 50_000 });
    await enqueue(database, newJob(environmentId), newJob(others[0] as string));
    const watched = counted(database);
    expect(await claim(watched.database, { perSourceMax: 0 })).toHaveLength(2);
    expect(watched.statements).toHaveLength(1);
    expect(await pagesRead(database, watched.statements[0] as Statement)).toBeLessThan(200);
  });
});

/** Jobs of this key that somebody holds. */
async function heldOfKey(database: Database, key: string): Promise<number> {
  const text = 'select id from jobs where key = $1 and lease_token is not null and dead_at is null';
  return (await database.query({ text, values: [key] })).length;
}

/** More looks than eight workers ever need for sixty jobs. */
const LOOKS_MAX = 2_000;

interface Filling {
  readonly key: string | null;
  readonly connectionId: string | null;
  readonly count: number;
}

/** As the triggers leave it, without their 50,000 calls. */
async function fill(database: Database, environmentId: string, filling: Filling): Promise<void> {
  const { key, connectionId, count } = filling;
  const literal = (value: string | null) => (value === null ? 'null' : `'${value}'`);
  await database.script(`
begin;
set local session_replication_role = replica;
insert into jobs
  (environment_id, id, lane, kind, key, connection_id, payload, due_at, attempts, attempts_max, blocked, created_at)
select '${environmentId}', 'job_' || ${literal(connectionId ?? key)} || n, 'money', 'try_things', ${literal(key)},
  ${literal(connectionId)}, '{}', '2027-01-01T00:00:00Z', 0, 5, ${key !== null}, '2027-01-01T00:00:00Z'
from generate_series(1, ${count}) n;
commit;
analyze jobs;`);
}

/** Pages that a statement looks at: a figure that no busy machine changes. */
async function pagesRead(database: Database, statement: Statement): Promise<number> {
  const rows = await database.query({
    text: `explain (analyze, buffers, format json) ${statement.text}`,
    values: statement.values ?? [],
  });
  const [top] = rows.flatMap(
    (row) => row['QUERY PLAN'] as { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[],
  );
  return (top?.Plan['Shared Hit Blocks'] ?? 0) + (top?.Plan['Shared Read Blocks'] ?? 0);
}
