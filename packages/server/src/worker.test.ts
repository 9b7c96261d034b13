import { type Instant, instantOf } from '@tollbridge/core';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enqueue, newEnvironment, newJob } from '../test/ground.js';
import { Changes, type NewJob } from './changes.js';
import { realClock } from './clock.js';
import type { Context } from './context.js';
import type { JobHandler } from './jobs/handlers.js';
import { registerJobHandlers } from './jobs/run-job.js';
import { type Database, DatabaseUnavailable } from './store/database.js';
import { LANE_CONCURRENCY, startWorker, type Worker } from './worker.js';

/** The worker's clock is the real one here. */
const LONG_AGO = instantOf(0);

/** Something that another part of the test waits for. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

describe.each(testDatabases())('the worker on %s', (kind) => {
  let world: World;
  let context: Context;
  let environmentId: string;
  let worker: Worker | null;

  beforeEach(async () => {
    world = await createWorld({ database: kind });
    const spawn: Context['spawn'] = (_name, work) => void work().catch(() => {});
    context = { ...world.context, clock: realClock, spawn };
    environmentId = (await newEnvironment(context.db)).id;
    worker = null;
  });

  afterEach(async () => {
    await worker?.stop(5_000);
    await world.close();
  });

  const handle = (handler: JobHandler) => registerJobHandlers(new Map([['try_things', handler]]));
  const add = (...jobs: Partial<NewJob>[]) =>
    enqueue(context.db, ...jobs.map((job) => newJob(environmentId, { dueAt: LONG_AGO, ...job })));
  const done = (): Awaited<ReturnType<JobHandler>> => ({ kind: 'done', changes: new Changes() });

  test('takes work that is there, and work that is announced', async () => {
    const [first, second] = [signal(), signal()];
    handle(async (_context, job) => {
      (job.payload.first === true ? first : second).give();
      return done();
    });
    await add({ payload: { first: true } });
    worker = startWorker(context, []);
    await first.given;
    await add({});
    await second.given;
  });

  test('stops only when what is under way has ended, and takes nothing new', async () => {
    const [begun, goOn] = [signal(), signal()];
    let ended = false;
    handle(async () => {
      begun.give();
      await goOn.given;
      ended = true;
      return done();
    });
    await add({});
    worker = startWorker(context, []);
    await begun.given;
    const stopped = worker.stop(10_000).then(() => ended);
    goOn.give();
    expect(await stopped).toBe(true);
    await add({ lane: 'delivery' });
    const rows = await context.db.query({ text: `select lane, lease_token from jobs where kind = 'try_things'` });
    expect(rows).toEqual([{ lane: 'delivery', lease_token: null }]);
  });

  test('stops in time when something under way does not end', async () => {
    const [begun, goOn] = [signal(), signal()];
    handle(async () => {
      begun.give();
      await goOn.given;
      return done();
    });
    await add({});
    worker = startWorker(context, []);
    await begun.given;
    await worker.stop(50);
    goOn.give();
  });

  test('stops at once when all that is under way was let go, for it is another worker’s to end', async () => {
    const [begun, goOn] = [signal(), signal()];
    handle(async () => {
      begun.give();
      await goOn.given;
      return done();
    });
    await add({});
    worker = startWorker(context, []);
    await begun.given;
    const { clock, underWay } = context;
    expect(underWay.letGoBegunBefore((clock.machineNow() + 1) as Instant)).toHaveLength(1);
    expect(await clock.ended(worker.stop(20_000), 5_000)).toBe(true);
    goOn.give();
  });

  test('a lane that is full holds up no other', async () => {
    const goOn = signal();
    const passed = signal();
    let slow = 0;
    handle(async (_context, job) => {
      if (job.lane === 'delivery') {
        slow += 1;
        await goOn.given;
      } else passed.give();
      return done();
    });
    await add(...Array.from({ length: LANE_CONCURRENCY.delivery + 5 }, () => ({ lane: 'delivery' as const })));
    await add({ lane: 'money' });
    worker = startWorker(context, []);
    await passed.given;
    expect(slow).toBeLessThanOrEqual(LANE_CONCURRENCY.delivery);
    goOn.give();
  });

  test('an endpoint that hangs leaves places of its lane to the others, of its own and of another environment', async () => {
    const goOn = signal();
    const [own, other] = [signal(), signal()];
    let hanging = 0;
    handle(async (_context, job) => {
      if (job.payload.endpointId === 'we_hangs') {
        hanging += 1;
        await goOn.given;
      } else (job.payload.endpointId === 'we_own' ? own : other).give();
      return done();
    });
    const delivery = (endpointId: string) => ({ lane: 'delivery' as const, payload: { endpointId } });
    await add(...Array.from({ length: 1_000 }, () => delivery('we_hangs')));
    worker = startWorker(context, []);
    const elsewhere = (await newEnvironment(context.db)).id;
    await add(delivery('we_own'), { environmentId: elsewhere, ...delivery('we_other') });
    await Promise.all([own.given, other.given]);
    expect(hanging).toBeLessThan(LANE_CONCURRENCY.delivery);
    await context.db.query({ text: `delete from jobs where lease_token is null` });
    goOn.give();
  });

  test('an environment whose four endpoints all hang leaves places of its lane to another environment', async () => {
    const goOn = signal();
    const other = signal();
    let hanging = 0;
    handle(async (_context, job) => {
      if (job.payload.endpointId === 'we_other') other.give();
      else {
        hanging += 1;
        await goOn.given;
      }
      return done();
    });
    const delivery = (endpointId: string) => ({ lane: 'delivery' as const, payload: { endpointId } });
    const four = ['we_1', 'we_2', 'we_3', 'we_4'];
    await add(...four.flatMap((id) => Array.from({ length: 50 }, () => delivery(id))));
    worker = startWorker(context, []);
    const elsewhere = (await newEnvironment(context.db)).id;
    await add({ environmentId: elsewhere, ...delivery('we_other') });
    await other.given;
    expect(hanging).toBe(12);
    await context.db.query({ text: `delete from jobs where lease_token is null` });
    goOn.give();
  });

  test('lives through a database that goes away and comes back', async () => {
    let isAway = true;
    const noticed = signal();
    const query: Database['query'] = async (statement) => {
      if (!isAway) return world.context.db.query(statement);
      noticed.give();
      throw new DatabaseUnavailable('gone');
    };
    const { db } = world.context;
    const database: Database = {
      kind: db.kind,
      query,
      script: (sql) => db.script(sql),
      onWork: (wake) => db.onWork(wake),
      close: async () => {},
    };
    const taken = signal();
    handle(async () => {
      taken.give();
      return done();
    });
    worker = startWorker({ ...context, db: database }, []);
    await noticed.given;
    await add({});
    isAway = false;
    await taken.given;
  });
});
