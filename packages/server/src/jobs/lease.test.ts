import type { Instant } from '@tollbridge/core';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counted, enqueue, newEnvironment, newJob } from '../../test/ground.js';
import { Changes, type NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { openPostgres } from '../store/postgres.js';
import { workOnce } from '../worker.js';
import { JobsUnderWay } from './jobs-under-way.js';
import {
  HELD_MAX_MILLISECONDS,
  keepLeases,
  LEASE_MILLISECONDS,
  leaseFrom,
  RENEW_EVERY_MILLISECONDS,
  renewLeases,
} from './lease.js';
import { nextDueAt, reviveJobs } from './queue.js';
import { registerJobHandlers } from './run-job.js';

describe.each(testDatabases())('leases of jobs under way on %s', (database) => {
  let world: World;
  let environmentId: string;
  let spawned: Promise<void>[];
  /** The leases under which the work was begun, in order; each begun one waits for its own end. */
  let begun: string[];
  let ends: (() => void)[];
  let stop: () => void;

  beforeEach(async () => {
    world = await createWorld({ database });
    environmentId = (await newEnvironment(world.context.db)).id;
    [spawned, begun, ends] = [[], [], []];
    stop = () => {};
    registerJobHandlers(
      new Map([
        [
          'try_things',
          async (_context, job) => {
            begun.push(job.leaseToken);
            await new Promise<void>((resolve) => ends.push(resolve));
            return { kind: 'done', changes: new Changes() };
          },
        ],
      ]),
    );
  });
  afterEach(async () => {
    stop();
    for (const end of ends) end();
    await Promise.all(spawned);
    await world.close();
  });

  /** A process of its own on the same database. */
  const newProcess = (): Context => ({
    ...world.context,
    underWay: new JobsUnderWay(),
    spawn: (_name, work) => spawned.push(work()),
  });
  const add = (count = 1) =>
    enqueue(
      world.context.db,
      ...Array.from({ length: count }, () => newJob(environmentId, { dueAt: world.clock.machineNow() })),
    );
  const living = () => world.context.db.query({ text: `select id from jobs where kind = 'try_things'` });
  /** Lets machine time pass as it does for a process that lives: every renewal that comes due is made before the next. */
  const pass = async (milliseconds: number, process: Context | null) => {
    const until = world.clock.machineNow() + milliseconds;
    while (world.clock.machineNow() < until) {
      world.clock.advance(Math.min(RENEW_EVERY_MILLISECONDS, until - world.clock.machineNow()));
      if (process !== null) await renewLeases(process);
    }
  };

  test('a job that takes longer than its lease is taken by no second worker, and is done once', async () => {
    await add();
    const [first, second] = [newProcess(), newProcess()];
    expect(await workOnce(first)).toBe(1);
    for (let look = 0; look < 5; look++) {
      await pass(LEASE_MILLISECONDS, first);
      expect(await workOnce(second)).toBe(0);
    }
    ends[0]?.();
    await Promise.all(spawned);
    expect([begun.length, await living()]).toEqual([1, []]);
  });

  test('the job of a worker that was killed is taken when its lease has ended, and not before', async () => {
    await add();
    const [killed, second] = [newProcess(), newProcess()];
    await workOnce(killed);
    await pass(40_000, killed);
    await pass(LEASE_MILLISECONDS - 1, null);
    expect(await workOnce(second)).toBe(0);
    await pass(1, null);
    expect(await workOnce(second)).toBe(1);
  });

  test('a job that hangs is taken from its worker at last, which writes no more and has its place back', async () => {
    await add();
    const [hung, second] = [newProcess(), newProcess()];
    await workOnce(hung);
    await pass(HELD_MAX_MILLISECONDS, hung);
    expect([await workOnce(second), hung.underWay.countOfWorker('money')]).toEqual([0, 1]);
    await pass(LEASE_MILLISECONDS, hung);
    expect([await workOnce(second), hung.underWay.countOfWorker('money')]).toEqual([1, 0]);
    ends[0]?.();
    await spawned[0];
    expect([begun.length, (await living()).length]).toEqual([2, 1]);
  });

  test('whoever lost a lease does not get it back by renewing', async () => {
    await add();
    const [late, second] = [newProcess(), newProcess()];
    await workOnce(late);
    await pass(LEASE_MILLISECONDS, null);
    await workOnce(second);
    await renewLeases(late);
    const rows = await world.context.db.query({ text: `select lease_token from jobs where kind = 'try_things'` });
    expect(rows).toEqual([{ lease_token: begun[1] }]);
  });

  describe('whoever lost his lease', () => {
    const REQUEST = { url: 'https://host.example/hook', headers: {}, body: '{}', timeoutMilliseconds: 1_000 };

    beforeEach(() => {
      registerJobHandlers(
        new Map([
          [
            'try_things',
            async (context, job) => {
              begun.push(job.leaseToken);
              await new Promise<void>((resolve) => ends.push(resolve));
              await context.hosts.send({ ...REQUEST, allowPrivate: false, allowLoopback: false });
              return { kind: 'done', changes: new Changes() };
            },
          ],
        ]),
      );
    });
    const told = () => world.hosts.received.length;
    const goOn = async (which: number) => {
      ends[which]?.();
      await spawned[which];
    };

    test('by sleeping through it reaches nobody any more, and leaves the job as it is', async () => {
      await add();
      const [sleeper, second] = [newProcess(), newProcess()];
      await workOnce(sleeper);
      await pass(LEASE_MILLISECONDS, null);
      await goOn(0);
      const rows = await world.context.db.query({
        text: `select last_error, dead_at from jobs where kind = 'try_things'`,
      });
      expect([told(), rows]).toEqual([0, [{ last_error: null, dead_at: null }]]);
      expect(await workOnce(second)).toBe(1);
      await goOn(1);
      expect([told(), await living()]).toEqual([1, []]);
    });

    test('because somebody else took it learns so when he would renew it, and his place is free', async () => {
      await add();
      const [late, second] = [newProcess(), newProcess()];
      await workOnce(late);
      await pass(LEASE_MILLISECONDS, null);
      await workOnce(second);
      await renewLeases(late);
      expect([late.underWay.countOfWorker('money'), second.underWay.countOfWorker('money')]).toEqual([0, 1]);
      await goOn(0);
      await goOn(1);
      expect([told(), await living()]).toEqual([1, []]);
    });

    test('because his job hung reaches nobody either, when it goes on after all', async () => {
      await add();
      const [hung, second] = [newProcess(), newProcess()];
      await workOnce(hung);
      await pass(HELD_MAX_MILLISECONDS + LEASE_MILLISECONDS + RENEW_EVERY_MILLISECONDS, hung);
      await workOnce(second);
      await goOn(0);
      expect(told()).toBe(0);
      await goOn(1);
      expect([told(), await living()]).toEqual([1, []]);
    });

    test('is not he who renewed it in time', async () => {
      await add();
      const process = newProcess();
      await workOnce(process);
      await pass(5 * LEASE_MILLISECONDS, process);
      await goOn(0);
      expect([told(), await living()]).toEqual([1, []]);
    });
  });

  describe('a job that never comes to an end', () => {
    const ATTEMPTS = 4;
    /** More than four jobs of four attempts need, each alone. */
    const LOOKS_MAX = 40;
    const DEAD = { attempts: ATTEMPTS, is_dead: true, code: 'job_never_ended' };
    const addAll = (...payloads: NewJob['payload'][]) => {
      const more = { dueAt: world.clock.machineNow(), attemptsMax: ATTEMPTS };
      return enqueue(world.context.db, ...payloads.map((payload) => newJob(environmentId, { ...more, payload })));
    };
    const stateOfFatal = async () => {
      const [row] = await world.context.db.query({
        text: `select attempts, dead_at is not null as is_dead, last_error ->> 'code' as code
from jobs where payload ->> 'fatal' = 'yes'`,
      });
      return row;
    };

    test('because its process is killed each time is a dead letter when its attempts are used, and not before', async () => {
      await addAll({ fatal: 'yes' });
      for (let kill = 1; kill <= ATTEMPTS; kill += 1) {
        await workOnce(newProcess());
        expect([begun.length, await stateOfFatal()]).toEqual([kill, { attempts: kill, is_dead: false, code: null }]);
        await pass(2 * LEASE_MILLISECONDS, null);
      }
      const last = newProcess();
      await workOnce(last);
      await spawned.at(-1);
      expect([begun.length, await stateOfFatal()]).toEqual([ATTEMPTS, DEAD]);
      await pass(10 * LEASE_MILLISECONDS, last);
      expect(await workOnce(last)).toBe(0);
    });

    test('because it hangs each time until it is let go is a dead letter when its attempts are used', async () => {
      await addAll({ fatal: 'yes' });
      const process = newProcess();
      for (let turn = 1; turn <= ATTEMPTS; turn += 1) {
        await workOnce(process);
        expect([begun.length, await stateOfFatal()]).toMatchObject([turn, { is_dead: false }]);
        await pass(HELD_MAX_MILLISECONDS + 2 * LEASE_MILLISECONDS + RENEW_EVERY_MILLISECONDS, process);
      }
      await workOnce(process);
      await spawned.at(-1);
      expect([begun.length, await stateOfFatal()]).toEqual([ATTEMPTS, DEAD]);
    });

    test('has all its attempts again when it is put back to work', async () => {
      await addAll({ fatal: 'yes' });
      for (let kill = 0; kill <= ATTEMPTS; kill += 1) {
        await workOnce(newProcess());
        await pass(2 * LEASE_MILLISECONDS, null);
      }
      await spawned.at(-1);
      expect(await stateOfFatal()).toEqual(DEAD);
      await reviveJobs(world.context.db, environmentId, null, world.clock.machineNow());
      expect([await workOnce(newProcess()), await stateOfFatal()]).toMatchObject([1, { attempts: 1, is_dead: false }]);
    });

    test('takes none of those with it that were beside it when it killed their process', async () => {
      await addAll({ fatal: 'yes' }, {}, {}, {});
      for (let look = 0; look < LOOKS_MAX; look += 1) {
        const dueAt = await nextDueAt(world.context.db);
        if (dueAt === null) break;
        world.clock.advance(Math.max(0, dueAt - world.clock.machineNow()));
        const before = await stateOfFatal();
        await workOnce(newProcess());
        const now = await stateOfFatal();
        // What was begun beside the fatal one never ends; without it all that was begun does.
        const isKilled = now?.attempts !== before?.attempts;
        const [endings, works] = [ends.splice(0), spawned.splice(0)];
        if (!isKilled) {
          for (const end of endings) end();
          await Promise.all(works);
        }
      }
      expect([(await living()).length, await stateOfFatal()]).toEqual([1, DEAD]);
    });
  });

  test('all leases of a process are renewed by one statement, and none is asked while nothing is under way', async () => {
    await add(10);
    const watched = counted(world.context.db);
    const process = { ...newProcess(), db: watched.database };
    await renewLeases(process);
    expect(watched.statements).toEqual([]);
    await workOnce(process);
    watched.statements.length = 0;
    world.clock.advance(RENEW_EVERY_MILLISECONDS);
    await renewLeases(process);
    expect(watched.statements).toHaveLength(1);
    const rows = await world.context.db.query({
      text: `select distinct lease_until from jobs where kind = 'try_things'`,
    });
    expect(rows).toEqual([{ lease_until: (world.clock.machineNow() + LEASE_MILLISECONDS) as Instant }]);
  });

  test('a process renews by itself, again after a failure, until it is stopped', async () => {
    const turns: Promise<void>[] = [];
    let isAway = true;
    let renewed = 0;
    const { db } = world.context;
    const process: Context = {
      ...newProcess(),
      spawn: (_name, work) => turns.push(work().catch(() => {})),
      db: {
        ...counted(db).database,
        query: (statement) => {
          renewed += 1;
          return isAway ? Promise.reject(new Error('away')) : db.query(statement);
        },
      },
    };
    const lease = { token: 'mine', until: leaseFrom(world.clock.machineNow()) };
    const job = newJob(environmentId, { lease });
    await enqueue(db, job);
    const begunAt = world.clock.machineNow();
    process.underWay.begin({
      by: 'request',
      begunAt,
      job: {
        ...job,
        attempts: 1,
        firstAttemptAt: begunAt,
        source: '',
        lapses: 0,
        leaseToken: lease.token,
        leaseUntil: lease.until,
      },
    });
    stop = keepLeases(process);
    const turn = async () => {
      world.clock.advance(RENEW_EVERY_MILLISECONDS);
      await Promise.all(turns);
      return renewed;
    };
    expect(await turn()).toBe(1);
    isAway = false;
    expect(await turn()).toBe(2);
    stop();
    expect(await turn()).toBe(2);
  });
});

// The embedded database has one connection: nobody else writes there while a lease is renewed.
const present = testDatabases().filter((kind) => kind === 'postgres');

test.each(present)(
  'on %s a lease whose row somebody writes is not waited for, and is renewed by the next turn',
  async (database) => {
    const world = await createWorld({ database });
    const [{ name } = { name: '' }] = await world.context.db.query({ text: 'select current_database() as name' });
    const address = new URL(process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '');
    address.pathname = String(name);
    const writer = await openPostgres(address.toString(), 1);
    const environmentId = (await newEnvironment(world.context.db)).id;
    const lease = { token: 'mine', until: leaseFrom(world.clock.machineNow()) };
    const [written, other] = [newJob(environmentId, { lease }), newJob(environmentId, { lease })];
    await enqueue(world.context.db, written, other);
    const ours = { ...world.context, underWay: new JobsUnderWay() };
    const held = { attempts: 1, lapses: 0, firstAttemptAt: world.clock.machineNow(), source: '' };
    for (const job of [written, other])
      ours.underWay.begin({
        by: 'worker',
        begunAt: world.clock.machineNow(),
        job: { ...job, ...held, leaseToken: lease.token, leaseUntil: lease.until },
      });
    const leases = async () => {
      const rows = await world.context.db.query({
        text: 'select id, lease_until from jobs where lease_token is not null',
      });
      return [written, other].map(({ id }) => rows.find((row) => row.id === id)?.lease_until);
    };
    await writer.script(`begin; select id from jobs where id = '${written.id}' for update`);
    world.clock.advance(RENEW_EVERY_MILLISECONDS);
    await renewLeases(ours);
    const renewed = leaseFrom(world.clock.machineNow());
    expect([await leases(), ours.underWay.held.length]).toEqual([[lease.until, renewed], 2]);
    await writer.script('rollback');
    await renewLeases(ours);
    expect(await leases()).toEqual([renewed, renewed]);
    await writer.close();
    await world.close();
  },
);
