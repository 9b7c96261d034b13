import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '@tollbridge/server/store/postgres';
import { type DatabaseKind, freePorts, testDatabases } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, RunningServer, runCommand } from './running-server.js';

const SERVER = process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '';
const NAME = `tollbridge_keys_${process.pid}`;
const LIVE = ['--environment', 'production', '--name', 'Shop'];

let folder: string;
let variables: Record<string, string>;
let running: RunningServer[];

/** Each test starts the program several times, and other tests keep the machine busy. */
const timeout = 120_000;

describe.each(testDatabases())('npm run create-api-key on %s', { timeout }, (kind) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollbridge-keys-'));
    const [port, sandboxPort] = await freePorts(2);
    variables = {
      TOLLBRIDGE_DATA_DIR: join(folder, 'data'),
      TOLLBRIDGE_PORT: String(port),
      TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
      ...(await databaseOf(kind)),
    };
    running = [];
  });

  afterEach(async () => {
    for (const server of running) await server.stop('SIGKILL');
    if (kind === 'postgres') await inServer(`drop database ${NAME} with (force)`);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('ENV-4: the first start says how the first live key is made, and that key opens production and nothing else', async () => {
    const server = start();
    const firstUrl = await server.ready();
    const testKey = server.secret as string;
    expect(server.output).toMatch(/Live keys .*npm run create-api-key -- --environment production/);
    // PostgreSQL serves many processes at once; the embedded database one.
    if (kind === 'embedded') await server.stop();
    const made = await runCommand('create-api-key', variables, LIVE);
    expect(made).toMatchObject({ code: 0, errors: '' });
    const liveKey = secretOf(made);
    expect(liveKey).toMatch(/^tb_live_[\w-]{43}$/);
    const url = kind === 'embedded' ? await start().ready() : firstUrl;
    expect(await ask(url, liveKey, 'environment')).toMatchObject({ kind: 'production' });
    expect(await ask(url, liveKey, 'api_keys')).toMatchObject({ data: [{ name: 'Shop', scopes: ['read', 'write'] }] });
    const noted = { action: 'api_key.created', actor: { kind: 'system' }, after: { name: 'Shop' } };
    expect(await ask(url, liveKey, 'audit_entries?action=api_key.created')).toMatchObject({ data: [noted] });
    expect(JSON.stringify(await ask(url, liveKey, 'audit_entries'))).not.toContain(liveKey.slice(12, -4));
    expect(await ask(url, testKey, 'environment')).toMatchObject({ kind: 'test' });
    expect(await ask(url, testKey, 'api_keys')).toMatchObject({ data: [{ name: 'First key' }] });
  });

  test('ENV-4: a lost test key is made anew, with the scopes that are asked for, and an environment is known by its id', async () => {
    const first = start();
    const { id } = await ask(await first.ready(), first.secret as string, 'environment');
    await first.stop();
    const wanted = ['--name', 'Meter', '--scopes', 'ingest, read'];
    for (const environment of ['test', String(id)]) {
      const made = await runCommand('create-api-key', variables, ['--environment', environment, ...wanted]);
      expect(made.output).toContain(String(id));
      expect(made.output).toContain('for ingest and read;');
      expect(secretOf(made)).toMatch(/^tb_test_/);
    }
  });

  test('before the first start, and with words it does not know, it says one sentence and makes nothing', async () => {
    const command = (words: readonly string[]) => runCommand('create-api-key', variables, words);
    expectRefusal(await command(LIVE), /never been started here/);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    const server = start();
    await server.ready();
    const { TOLLBRIDGE_PORT: port } = variables;
    if (kind === 'embedded') expectRefusal(await command(LIVE), /in use by process \d+: stop that one first/);
    await server.stop();
    expectRefusal(await command(['--name', 'Shop']), /--environment production/);
    expectRefusal(await command(['--environment', 'production']), /name of 1 to 100/);
    expectRefusal(await command(['--environment', 'staging', '--name', 'Shop']), /no environment "staging"/);
    expectRefusal(await command([...LIVE, '--scopes', 'read,all']), /--scopes must be some of read, write, ingest/);
    expectRefusal(await command([...LIVE, '--colour', 'red']), /not understood/);
    await start().ready();
    const keys = await ask(`http://127.0.0.1:${port}`, server.secret as string, 'audit_entries?action=api_key.created');
    expect(keys).toMatchObject({ data: [] });
  });
});

function start(): RunningServer {
  const server = new RunningServer(variables);
  running.push(server);
  return server;
}

async function databaseOf(kind: DatabaseKind): Promise<Record<string, string>> {
  if (kind === 'embedded') return {};
  await inServer(`drop database if exists ${NAME} with (force)`);
  await inServer(`create database ${NAME}`);
  const url = new URL(SERVER);
  url.pathname = `/${NAME}`;
  return { DATABASE_URL: url.toString(), TOLLBRIDGE_ENCRYPTION_KEY: 'ab'.repeat(32) };
}

async function inServer(statement: string): Promise<void> {
  const server = await openPostgres(SERVER, 1);
  await server.script(statement);
  await server.close();
}

async function ask(url: string, secret: string, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const secretOf = (made: Ended): string => /tb_(?:test|live)_[\w-]+/.exec(made.output)?.[0] ?? '';

/** One sentence that says what to do, and an exit code that is not 0. */
function expectRefusal(ended: Ended, saying: RegExp): void {
  expect(ended.errors).toMatch(saying);
  expect(ended.errors.trim().split('\n')).toHaveLength(1);
  expect(ended).toMatchObject({ code: 1, output: '' });
}
