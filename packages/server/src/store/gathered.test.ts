import type { Instant } from '@tollbridge/core';
import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { after, NOW, newEnvironment, newEnvironments, newEvent, newJob } from '../../test/ground.js';
import { HeldDatabase } from '../../test/held-database.js';
import { Changes } from '../changes.js';
import { commit } from './commit.js';
import { ConstraintViolation, type Database, DatabaseUnavailable, VersionConflict } from './database.js';
import { gathered } from './gathered.js';
import { type Environment, environmentsTable, findEnvironment } from './organizations.js';
import { takeTicket } from './stripe-tickets.js';

describe.each(testDatabases())('statements that come at once on %s', (kind) => {
  let real: Database;
  let held: HeldDatabase;
  let database: Database;
  let environment: Environment;

  beforeEach(async () => {
    real = await testDatabase(kind);
    await emptyDatabase(real);
    environment = await newEnvironment(real);
    held = new HeldDatabase(real);
    database = gathered(held);
  });

  const addJobs = (...keys: readonly string[]) =>
    keys.map((key) =>
      endOf(commit(database, new Changes().enqueue(newJob(environment.id, { id: `job_${key}`, key })), NOW)),
    );
  const endOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'done',
      (error: Error) => error.name,
    );
  const storedJobs = async () =>
    (await real.query({ text: `select id from jobs order by id` })).map((row) => String(row.id).slice('job_'.length));

  test('those that come at once go together, and those that come meanwhile after them', async () => {
    held.hold();
    const first = addJobs('a', 'b');
    await held.settled();
    const second = addJobs('c', 'd', 'e');
    await held.settled();
    expect(held.waiting).toBe(1);
    await held.letGo(1);
    expect(await Promise.all(first)).toEqual(['done', 'done']);
    expect(await storedJobs()).toEqual(['a', 'b']);
    expect(held.waiting).toBe(1);
    await held.letGo(1);
    expect(await Promise.all(second)).toEqual(['done', 'done', 'done']);
    expect(await storedJobs()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(held.asked).toBe(2);
  });

  test('a lone one goes as it is', async () => {
    held.hold();
    const commits = addJobs('a');
    await held.settled();
    expect(held.waiting).toBe(1);
    await held.open();
    expect(await Promise.all(commits)).toEqual(['done']);
    expect(held.asked).toBe(1);
  });

  test('nobody is answered before his row is stored', async () => {
    held.hold();
    const answered: string[] = [];
    const note = (name: string) => addJobs(name).map((each) => each.then(() => answered.push(name)));
    note('a');
    await held.settled();
    note('b');
    note('c');
    await held.settled();
    expect(answered).toEqual([]);
    await held.letGo(1);
    await held.settled();
    expect(answered).toEqual(['a']);
    await held.letGo(1);
    await held.settled();
    expect(answered.sort()).toEqual(['a', 'b', 'c']);
  });

  test('a bad one among good ones is refused alone', async () => {
    await commit(real, new Changes().enqueue(newJob(environment.id, { id: 'job_taken' })), NOW);
    held.hold();
    const commits = addJobs('a', 'b', 'taken', 'c');
    await held.open();
    expect(await Promise.all(commits)).toEqual(['done', 'done', ConstraintViolation.name, 'done']);
    expect(await storedJobs()).toEqual(['a', 'b', 'c', 'taken']);
  });

  test('of two that write the same row one is done, and the other decides again', async () => {
    const [first, second] = await newEnvironments(real, 2);
    const rename = (row: Environment | undefined, name: string) =>
      endOf(commit(database, new Changes().update(environmentsTable, { ...(row ?? environment), name }), NOW));
    held.hold();
    const commits = [rename(first, 'first'), rename(second, 'one'), rename(second, 'two'), rename(environment, 'last')];
    await held.open();
    const ends = await Promise.all(commits);
    expect(ends.filter((end) => end === 'done')).toHaveLength(3);
    expect(ends.filter((end) => end === VersionConflict.name)).toHaveLength(1);
    expect([ends[0], ends[3]]).toEqual(['done', 'done']);
    const stored = await findEnvironment(real, second?.id ?? '');
    expect(stored?.name).toBe(ends[1] === 'done' ? 'one' : 'two');
  });

  test('where the database goes away in the middle all are told so, and the next is done', async () => {
    held.hold();
    const commits = addJobs('a');
    await held.settled();
    commits.push(...addJobs('b', 'c'));
    await held.letGo(1);
    await held.lose(1);
    expect(await Promise.all(commits)).toEqual(['done', DatabaseUnavailable.name, DatabaseUnavailable.name]);
    expect(held.asked).toBe(2);
    await held.open();
    expect(await Promise.all(addJobs('d'))).toEqual(['done']);
    expect(await storedJobs()).toEqual(['a', 'd']);
  });

  test('what was stored when its answer was lost is told as lost, and comes again to the same end', async () => {
    held.hold();
    const commits = addJobs('a');
    await held.settled();
    commits.push(...addJobs('b', 'c'));
    await held.letGo(1);
    await held.lose(1, 'after');
    expect(await Promise.all(commits)).toEqual(['done', DatabaseUnavailable.name, DatabaseUnavailable.name]);
    expect(await storedJobs()).toEqual(['a', 'b', 'c']);
    await held.open();
    expect(await Promise.all(addJobs('b', 'c'))).toEqual([ConstraintViolation.name, ConstraintViolation.name]);
  });

  test('no more than fifty go together, and nothing is left behind', async () => {
    held.hold();
    const keys = Array.from({ length: 120 }, (_, index) => String(index).padStart(3, '0'));
    const commits = addJobs(...keys);
    await held.open();
    expect(new Set(await Promise.all(commits))).toEqual(new Set(['done']));
    expect(await storedJobs()).toEqual(keys);
    // Fifty, fifty, twenty.
    expect(held.asked).toBe(3);
  });

  test('what is large goes in statements of a bounded size', async () => {
    const large = (name: string) =>
      endOf(
        commit(
          database,
          new Changes().enqueue(newJob(environment.id, { id: `job_${name}`, payload: { text: 'x'.repeat(400_000) } })),
          NOW,
        ),
      );
    held.hold();
    const commits = ['a', 'b', 'c', 'd'].map(large);
    await held.open();
    expect(await Promise.all(commits)).toEqual(['done', 'done', 'done', 'done']);
    // Two fit into a megabyte.
    expect(held.asked).toBe(2);
  });

  test('each question is answered with its own rows, in its own order', async () => {
    const environments = await newEnvironments(real, 5);
    held.hold();
    const ids = [environment.id, ...environments.map(({ id }) => id), 'env_none', environment.id];
    const answers = ids.map((id) => findEnvironment(database, id));
    await held.open();
    expect((await Promise.all(answers)).map((each) => each?.id ?? 'env_none')).toEqual(ids);
    expect(held.asked).toBe(1);
  });

  test('tickets of one object taken at once rise in the order in which they were asked for', async () => {
    held.hold();
    const taken = ['pi_1', 'pi_2', 'pi_1', 'pi_1', 'pi_2'].map((id) =>
      takeTicket(database, environment.id, 'con_1', id),
    );
    await held.open();
    expect((await Promise.all(taken)).map(({ objectId, applied }) => `${objectId} ${applied}`)).toEqual([
      'pi_1 1',
      'pi_2 1',
      'pi_1 2',
      'pi_1 3',
      'pi_2 2',
    ]);
    expect((await takeTicket(database, environment.id, 'con_1', 'pi_1')).applied).toBe(4n);
  });

  test('events told together keep the numbers of each object without a gap, and the later time', async () => {
    const tell = (object: string, now: Instant) =>
      endOf(
        commit(database, new Changes().tell(newEvent(environment.id, object), newEvent(environment.id, object)), now),
      );
    held.hold();
    const commits = [tell('a', NOW), tell('b', NOW), tell('a', after(5)), tell('c', NOW)];
    await held.open();
    expect(new Set(await Promise.all(commits))).toEqual(new Set(['done']));
    const rows = await real.query({ text: 'select object_id, sequence, id from events order by object_id, sequence' });
    expect(rows.map((row) => `${row.object_id} ${row.sequence}`)).toEqual([
      'a 1',
      'a 2',
      'a 3',
      'a 4',
      'b 1',
      'b 2',
      'c 1',
      'c 2',
    ]);
    const [latest] = await real.query({ text: `select max(created_at) as at from events where object_id = 'b'` });
    expect(latest?.at).toBe(after(5));
  });
});
