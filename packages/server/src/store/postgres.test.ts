import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { testDatabases } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, DatabaseUnavailable } from './database.js';
import { migrate, readMigrations, SchemaTooNew } from './migrate.js';
import { openPostgres } from './postgres.js';

const SERVER = process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '';
const NAME = `tollbridge_ground_${process.pid}`;

function addressOf(name: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.toString();
}

test('a PostgreSQL that nobody runs is refused in our words', async () => {
  await expect(openPostgres('postgresql://nobody@127.0.0.1:1/nothing')).rejects.toBeInstanceOf(DatabaseUnavailable);
});

// Where tests have no PostgreSQL there is none to try; `npm test` says so in its last lines.
const present = testDatabases().filter((kind) => kind === 'postgres');

describe.each(present)('%s', () => {
  let server: Database;
  let opened: Database[];

  beforeEach(async () => {
    server = await openPostgres(SERVER, 1);
    opened = [];
    await server.script(`drop database if exists ${NAME} with (force)`);
    await server.script(`create database ${NAME}`);
  });

  afterEach(async () => {
    for (const database of opened) await database.close();
    await server.script(`drop database ${NAME} with (force)`);
    await server.close();
  });

  async function open(connectionsMax?: number): Promise<Database> {
    const database = await openPostgres(addressOf(NAME), connectionsMax);
    opened.push(database);
    return database;
  }

  const hangUp = () =>
    server.query({ text: 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', values: [NAME] });

  test('is refused in our words when it has no such database', async () => {
    await expect(openPostgres(addressOf('no_such_database'))).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('a connection cut in the middle is the database being away, and the next question is answered', async () => {
    const database = await open(1);
    const waiting = database.query({ text: 'select pg_sleep(30)' });
    const outcome = expect(waiting).rejects.toBeInstanceOf(DatabaseUnavailable);
    await untilBusy(server);
    await hangUp();
    await outcome;
    expect(await database.query({ text: 'select 1 as one' })).toEqual([{ one: 1 }]);
  });

  test('a script whose server falls without a word is the database being away, and the process lives', async () => {
    const { address, cut } = await throughWire(addressOf(NAME));
    const database = await openPostgres(address, 1);
    opened.push(database);
    const outcome = expect(database.script('select pg_sleep(30)')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await untilBusy(server);
    cut();
    await outcome;
  });

  test('a server that falls in the moment it has let us in is the database being away, and the process lives', async () => {
    const database = await openPostgres(await whereItFallsAfterLettingIn(addressOf(NAME), 2), 2);
    opened.push(database);
    const ask = (n: number) => database.query({ text: 'select $1::integer as n', values: [n] });
    const [first, second] = await Promise.allSettled([ask(1), ask(2)]);
    expect(first).toMatchObject({ value: [{ n: 1 }] });
    expect(second).toMatchObject({ reason: expect.any(DatabaseUnavailable) });
  });

  test('a statement that is refused costs no connection', async () => {
    const database = await open(1);
    const backend = async () => (await database.query({ text: 'select pg_backend_pid() as pid' }))[0]?.pid;
    const before = await backend();
    await expect(database.query({ name: 'refused', text: 'select 1 / $1::integer', values: [0] })).rejects.toThrow();
    expect(await backend()).toBe(before);
  });

  test('a script that fails leaves no connection inside its transaction', async () => {
    const database = await open(1);
    await expect(
      database.script('begin; create table a (b integer); select no_such_thing(); commit'),
    ).rejects.toThrow();
    expect(await database.query({ text: `select to_regclass('a') is null as gone` })).toEqual([{ gone: true }]);
  });

  test('workers are woken again after the listening connection was cut', async () => {
    const database = await open();
    let wake = () => {};
    const wakings = { count: 0 };
    database.onWork(() => {
      wakings.count += 1;
      wake();
    });
    const woken = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    await announceUntil(database, woken());
    await hangUp();
    await announceUntil(database, woken());
    expect(wakings.count).toBeGreaterThanOrEqual(2);
  });

  test('processes that start at once migrate once', async () => {
    const databases = await Promise.all([open(1), open(1), open(1), open(1)]);
    await Promise.all(databases.map((database) => migrate(database)));
    const [count] = await (databases[0] as Database).query({
      text: 'select count(*) as count from schema_migrations',
    });
    expect(count?.count).toBe(BigInt(readMigrations().length));
  });

  test('a schema ahead of the program is refused and stays as it is', async () => {
    const database = await open();
    await migrate(database);
    await database.query({ text: `insert into schema_migrations (number, name) values (9999, 'of-tomorrow')` });
    await expect(migrate(database)).rejects.toBeInstanceOf(SchemaTooNew);
  });

  test('a migration that fails leaves the schema at the one before', async () => {
    const database = await open();
    const good = { number: 1, name: 'good', sql: 'create table a (b integer);' };
    const bad = { number: 2, name: 'bad', sql: 'create table c (d integer); select no_such_thing();' };
    await expect(migrate(database, [good, bad])).rejects.toThrow();
    const text = `select to_regclass('a') is not null as a, to_regclass('c') is not null as c, max(number) as number from schema_migrations`;
    expect(await database.query({ text })).toEqual([{ a: true, c: false, number: 1 }]);
    expect(await migrate(database, [good, { ...bad, sql: 'create table c (d integer);' }])).toBe(1);
  });
});

/** The same database by a wire that can be cut: what is left of a connection when the server is killed. */
async function throughWire(url: string): Promise<{ address: string; cut(): void }> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const wire = createServer((near) => {
    const far = connect(Number(port), hostname);
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => {
    wire.listen(0, '127.0.0.1', resolve);
  });
  const address = new URL(url);
  address.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
  const cut = () => {
    wire.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address: address.toString(), cut };
}

const READY = Buffer.from('Z\0\0\0\u0005I', 'latin1');
const FALLEN = 'SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0';

/** The same database, whose server falls under the n-th connection: its last words come with those that let us in. */
async function whereItFallsAfterLettingIn(url: string, nth: number): Promise<string> {
  const { hostname, port } = new URL(url);
  let count = 0;
  const wire = createServer((near) => {
    count += 1;
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far);
    if (count !== nth) return void far.pipe(near);
    let said = Buffer.alloc(0);
    far.on('data', (part: Buffer) => {
      said = Buffer.concat([said, part]);
      if (!said.includes(READY)) return;
      const words = Buffer.concat([Buffer.from('E\0\0\0\0', 'latin1'), Buffer.from(FALLEN, 'latin1')]);
      words.writeUInt32BE(words.length - 1, 1);
      near.end(Buffer.concat([said, words]));
      far.destroy();
      wire.close();
    });
  });
  await new Promise<void>((resolve) => {
    wire.listen(0, '127.0.0.1', resolve);
  });
  const address = new URL(url);
  address.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
  return address.toString();
}

const ROUNDS_MAX = 5_000;

async function untilBusy(server: Database): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const text = `select 1 from pg_stat_activity where datname = $1 and state = 'active' and query like '%pg_sleep%'`;
    if ((await server.query({ text, values: [NAME] })).length > 0) return;
  }
  throw new Error('the statement did not begin');
}

/** Announces until somebody heard: listening begins, and begins again, a moment after it was asked for. */
async function announceUntil(database: Database, heard: Promise<void>): Promise<void> {
  let isHeard = false;
  void heard.then(() => {
    isHeard = true;
  });
  for (let round = 0; round < ROUNDS_MAX && !isHeard; round++)
    await database
      .query({ text: `select pg_notify('tollbridge_work', ''), pg_sleep(0.02)` })
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailable)) throw error;
      });
  await heard;
}
