import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { claim, claimOfLanes, held } from '../../test/claiming.js';
import { after, counted, enqueue, NOW, newEnvironments, newJob } from '../../test/ground.js';
import { Changes, type Lane } from '../changes.js';
import { commit } from '../store/commit.js';
import type { Database, Statement } from '../store/database.js';
import type { PlacesTaken } from './claim-jobs.js';
import type { Job } from './queue.js';

const finish = (database: Database, job: Job) => commit(database, new Changes().finish(held(job)), NOW);

describe.each(testDatabases())('claiming work on %s', (kind) => {
  let database: Database;
  let environmentId: string;
  let others: string[];

  beforeEach(async () => {
    database = await testDatabase(kind);
    await emptyDatabase(database);
    const environments = await newEnvironments(database, 4);
    [environmentId = '', ...others] = environments.map(({ id }) => id);
  });

  test('lanes are claimed apart', async () => {
    const delivery = newJob(environmentId, { lane: 'delivery' });
    await enqueue(database, newJob(environmentId, { lane: 'bulk' }), delivery);
    expect(await claim(database)).toEqual([]);
    expect(await claim(database, { lane: 'delivery' })).toMatchObject([{ id: delivery.id }]);
  });

  test('one look takes of each lane what there is room for in it', async () => {
    const money = newJob(environmentId);
    const [first, second] = [newJob(environmentId, { lane: 'bulk' }), newJob(environmentId, { lane: 'bulk' })];
    await enqueue(database, money, first, second);
    const room = { perSourceMax: 12, taken: [] };
    const claimed = await claimOfLanes(database, [
      { ...room, lane: 'bulk', batchMax: 1 },
      { ...room, lane: 'money', batchMax: 16 },
      { ...room, lane: 'intake', batchMax: 16 },
    ]);
    expect(claimed.map(({ id }) => id)).toEqual([money.id, first.id]);
  });

  test('a connection with work in two lanes has one budget, and the first lane comes first', async () => {
    const jobs = (lane: Lane) =>
      Array.from({ length: 10 }, () => newJob(environmentId, { lane, connectionId: 'con_busy' }));
    await enqueue(database, ...jobs('money'), ...jobs('intake'));
    const look = () =>
      claimOfLanes(
        database,
        (['intake', 'money'] as const).map((lane) => ({ lane, batchMax: 16, perSourceMax: 12, taken: [] })),
      );
    const lanes = (await look()).map(({ lane }) => lane);
    expect([lanes.filter((lane) => lane === 'intake').length, lanes.length]).toEqual([10, 12]);
    expect(await look()).toEqual([]);
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

  const delivery = (environment: string, endpointId: string) =>
    newJob(environment, { lane: 'delivery', kind: 'deliver_webhook', payload: { endpointId } });
  const placesOf = (jobs: readonly Job[]): PlacesTaken[] =>
    jobs.map(({ environmentId: environment, source }) => ({ environmentId: environment, source, places: 1 }));

  test('a webhook endpoint whose thousand deliveries hang delays none of its own environment or of another', async () => {
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

  test('a lone environment has most places, and never all, however many endpoints of it hang', async () => {
    const endpoints = Array.from({ length: 8 }, (_, index) => `we_${index}`);
    await enqueue(
      database,
      ...endpoints.flatMap((endpointId) => Array.from({ length: 100 }, () => delivery(environmentId, endpointId))),
    );
    const look = (taken: readonly Job[], free: number) =>
      claim(database, { lane: 'delivery', perSourceMax: 4, batchMax: free, taken: placesOf(taken) });
    const hanging = await look([], 16);
    expect(hanging).toHaveLength(12);
    expect(await look(hanging, 4)).toEqual([]);
    const newcomer = delivery(others[0] as string, 'we_other');
    await enqueue(database, newcomer);
    expect(await look(hanging, 4)).toMatchObject([{ id: newcomer.id }]);
  });

  test.each([
    [2, 14],
    [3, 15],
    [4, 15],
  ])(
    '%i environments whose endpoints all hang have %i of sixteen places, alike, and one that comes later has one at once',
    async (count, total) => {
      const hanging = [environmentId, ...others].slice(0, count);
      const newcomer = (await newEnvironments(database, 1))[0]?.id as string;
      const busy = (environment: string, endpoint: string) =>
        Array.from({ length: 20 }, () => delivery(environment, endpoint));
      await enqueue(
        database,
        ...hanging.flatMap((id) => ['we_a', 'we_b', 'we_c', 'we_d'].flatMap((we) => busy(id, we))),
      );
      const held: Job[] = [];
      const look = () =>
        claim(database, { lane: 'delivery', perSourceMax: 4, batchMax: 16 - held.length, taken: placesOf(held) });
      for (let turn = 0; turn < 3; turn += 1) held.push(...(await look()));
      const shares = hanging.map((id) => held.filter((job) => job.environmentId === id).length);
      expect([held.length, Math.max(...shares) - Math.min(...shares)]).toEqual([total, total % count === 0 ? 0 : 1]);
      const late = delivery(newcomer, 'we_late');
      await enqueue(database, late);
      expect(await look()).toMatchObject([{ id: late.id }]);
    },
  );

  test('the next place goes to who has the fewest: of the environments, and of the endpoints of one', async () => {
    const busy = ['we_a', 'we_b'].flatMap((endpoint) =>
      Array.from({ length: 20 }, () => delivery(environmentId, endpoint)),
    );
    const [own, other] = [delivery(environmentId, 'we_new'), delivery(others[0] as string, 'we_other')];
    await enqueue(database, ...busy);
    await enqueue(database, own, other);
    const taken = ['we_a', 'we_b'].map((source) => ({ environmentId, source, places: 1 }));
    const claimed = await claim(database, { lane: 'delivery', batchMax: 2, taken });
    expect(claimed.map(({ id }) => id).sort()).toEqual([own.id, other.id].sort());
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
    // The same where there is room, since what is left for an environment is found among what could be taken.
    const taken = [{ environmentId, source: 'con_slow', places: 2 }];
    expect(await claim(watched.database, { taken, batchMax: 14 })).toHaveLength(10);
    expect(await pagesRead(database, watched.statements[1] as Statement)).toBeLessThan(400);
  });
});

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
