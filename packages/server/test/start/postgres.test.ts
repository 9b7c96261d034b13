import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@tollbridge/server/store/database';
import { openPostgres } from '@tollbridge/server/store/postgres';
import { freePorts, testDatabases } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, RunningServer } from './running-server.js';

const SERVER = process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '';
const NAME = `tollbridge_start_${process.pid}`;
const KEY = 'ab'.repeat(32);

function addressOf(name: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Each test starts the program several times, and other tests keep the machine busy. */
const timeout = 120_000;

// Where tests have no PostgreSQL there is none to try; `npm test` says so in its last lines.
const present = testDatabases().filter((kind) => kind === 'postgres');

test('a PostgreSQL that cannot be reached is one sentence, without the password', { timeout }, async () => {
  const url = 'postgresql://somebody:a-secret-word@127.0.0.1:1/nothing';
  const [port, sandboxPort] = await freePorts(2);
  const ended = await new RunningServer({
    TOLLBRIDGE_PORT: String(port),
    TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
    DATABASE_URL: url,
    TOLLBRIDGE_ENCRYPTION_KEY: KEY,
  }).ended;
  expectRefusal(ended, /PostgreSQL at DATABASE_URL cannot be used/);
  expect(ended.errors).not.toContain('a-secret-word');
});

describe.each(present)('npm start on %s', { timeout }, () => {
  let folder: string;
  let server: Database;
  let running: RunningServer[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollbridge-start-'));
    server = await openPostgres(SERVER, 1);
    await server.script(`drop database if exists ${NAME} with (force)`);
    await server.script(`create database ${NAME}`);
    running = [];
  });

  afterEach(async () => {
    for (const each of running) await each.stop('SIGKILL');
    await server.script(`drop database ${NAME} with (force)`);
    await server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function run(more: Record<string, string> = {}, parameters: string[] = []): Promise<RunningServer> {
    const [port, sandboxPort] = await freePorts(2);
    const started = new RunningServer(
      {
        TOLLBRIDGE_DATA_DIR: join(folder, 'data'),
        TOLLBRIDGE_PORT: String(port),
        TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
        DATABASE_URL: addressOf(NAME),
        TOLLBRIDGE_ENCRYPTION_KEY: KEY,
        ...more,
      },
      parameters,
    );
    running.push(started);
    return started;
  }

  const ask = (database: Database, text: string) => database.query({ text });

  test('refuses to start without its key, with another one, on a newer schema, and leaves the database as it was', async () => {
    expectRefusal(
      await (await run({ TOLLBRIDGE_ENCRYPTION_KEY: '' })).ended,
      /TOLLBRIDGE_ENCRYPTION_KEY must be set beside DATABASE_URL/,
    );
    const first = await run();
    await first.ready();
    expect(first.secret).not.toBeNull();
    expect(await first.stop()).toMatchObject({ code: 0, errors: '' });
    expect(existsSync(join(folder, 'data', 'encryption.key'))).toBe(false);
    rmSync(join(folder, 'data'), { recursive: true });
    expectRefusal(
      await (await run({ TOLLBRIDGE_ENCRYPTION_KEY: 'cd'.repeat(32) })).ended,
      /encryption key is not the one/,
    );
    const database = await openPostgres(addressOf(NAME), 1);
    const counts =
      'select (select count(*) from api_keys) as keys, (select count(*) from installation) as installations';
    expect(await ask(database, counts)).toEqual([{ keys: 1n, installations: 1n }]);
    await ask(database, `insert into schema_migrations (number, name) values (9999, 'of-tomorrow')`);
    expectRefusal(await (await run()).ended, /newer Tollbridge .*9999/);
    expect(await ask(database, counts)).toEqual([{ keys: 1n, installations: 1n }]);
    await database.close();
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('a sandbox port that is taken leaves the database empty', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port));
    });
    const { ended } = await run({ TOLLBRIDGE_SANDBOX_PORT: String(port) });
    expectRefusal(await ended, /TOLLBRIDGE_SANDBOX_PORT/);
    await new Promise((resolve) => taken.close(resolve));
    await expectNothingMade();
  });

  test('a data folder that cannot be one leaves the database empty', async () => {
    expectRefusal(await (await run({ TOLLBRIDGE_DATA_DIR: '/proc/tollbridge' })).ended, /TOLLBRIDGE_DATA_DIR/);
    await expectNothingMade();
  });

  test('a user who may not make tables is one sentence, and nothing is made', async () => {
    const user = `${NAME}_poor`;
    await server.script(`drop role if exists ${user}; create role ${user} login`);
    const url = new URL(addressOf(NAME));
    url.username = user;
    for (const parameters of [[], ['migrate']]) {
      const { ended } = await run({ DATABASE_URL: url.toString() }, parameters);
      expectRefusal(await ended, /DATABASE_URL .*permission denied .*owner of the database\.$/m);
    }
    await expectNothingMade();
    await server.script(`drop role ${user}`);
  });

  test.each(['silent', 'info'])('an embedded database that holds data is pointed out, with a %s log', async (level) => {
    const cluster = join(folder, 'data', 'database');
    mkdirSync(cluster, { recursive: true });
    writeFileSync(join(cluster, 'PG_VERSION'), '17');
    const started = await run({ TOLLBRIDGE_LOG_LEVEL: level });
    await started.ready();
    const { output } = await started.stop();
    expect(output).toMatch(/^ {2}Note +DATABASE_URL is set, so the embedded database in /m);
  });

  async function expectNothingMade(): Promise<void> {
    const database = await openPostgres(addressOf(NAME), 1);
    expect(await ask(database, `select tablename from pg_tables where schemaname = 'public'`)).toEqual([]);
    await database.close();
    expect(existsSync(join(folder, 'data'))).toBe(false);
  }

  test('halves serve and work share one database, and the first that starts shows the secret', async () => {
    const migrated = await (await run({}, ['migrate'])).ended;
    expect(migrated).toMatchObject({ code: 0, errors: '' });
    const serving = await run({}, ['serve']);
    const url = await serving.ready();
    expect(serving.secret).not.toBeNull();
    const response = await fetch(`${url}/v1/api_keys`, { headers: { authorization: `Bearer ${serving.secret}` } });
    expect(response.status).toBe(200);
    const working = await run({}, ['work']);
    expect(await working.stop()).toMatchObject({ errors: '' });
    expect(await serving.stop()).toMatchObject({ code: 0, errors: '' });
  });
});

/** One sentence that says what to do, and an exit code that is not 0. */
function expectRefusal(ended: Ended, saying: RegExp): void {
  expect(ended.errors).toMatch(saying);
  expect(ended.errors.trim().split('\n')).toHaveLength(1);
  expect(ended.code).toBe(1);
}
