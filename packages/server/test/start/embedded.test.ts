import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '@tollbridge/server/store/embedded/open';
import { freePorts } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, RunningServer } from './running-server.js';

let folder: string;
let variables: Record<string, string>;
let running: RunningServer[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollbridge-start-'));
  const [port, sandboxPort] = await freePorts(2);
  variables = {
    TOLLBRIDGE_DATA_DIR: join(folder, 'data'),
    TOLLBRIDGE_PORT: String(port),
    TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
  };
  running = [];
});

afterEach(async () => {
  for (const server of running) await server.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function run(more: Record<string, string> = {}, parameters: string[] = []): RunningServer {
  const server = new RunningServer({ ...variables, ...more }, parameters);
  running.push(server);
  return server;
}

const get = async (url: string, secret: string) => {
  const response = await fetch(`${url}/v1/api_keys`, { headers: { authorization: `Bearer ${secret}` } });
  return { status: response.status, body: (await response.json()) as { data: unknown[] } };
};

/** One sentence that says what to do, an exit code that is not 0, and nothing else said. */
function expectRefusal(ended: Ended, saying: RegExp): void {
  expect(ended.errors).toMatch(saying);
  expect(ended.errors.trim().split('\n')).toHaveLength(1);
  expect(ended.code).not.toBe(0);
  expect(ended.code).not.toBeNull();
  expect(ended.output).not.toContain('ready');
}

/** Every file below a folder with a digest of what it holds. */
function contents(path: string): Record<string, string> {
  if (!existsSync(path)) return {};
  const found: Record<string, string> = {};
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found[file] = createHash('sha256').update(readFileSync(file)).digest('hex');
  }
  return found;
}

/** Each test starts the program several times, and other tests keep the machine busy. */
const timeout = 120_000;

describe('npm start on an embedded database', { timeout }, () => {
  test('gets ready with a first secret key, keeps it, and prints no secret again', async () => {
    const first = run();
    const url = await first.ready();
    const secret = first.secret as string;
    expect(await get(url, secret)).toMatchObject({ status: 200, body: { data: [{ name: 'First key' }] } });
    expect(statSync(join(folder, 'data', 'encryption.key')).mode & 0o777).toBe(0o600);
    expect(await first.stop()).toMatchObject({ code: 0, errors: '' });
    const second = run();
    expect(await get(await second.ready(), secret)).toMatchObject({ status: 200 });
    expect(second.secret).toBeNull();
    expect(await second.stop()).toMatchObject({ code: 0 });
  });

  test('says no secret in its log, at its most talkative, whatever it is given', async () => {
    const server = run({ TOLLBRIDGE_LOG_LEVEL: 'debug' });
    const url = await server.ready();
    const first = server.secret as string;
    const post = async (path: string, secret: string, body: object) => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response.json()) as { secret?: string };
    };
    const made = await post('/api_keys', first, { name: 'second' });
    const stripeKeys = ['sk_test_51QcsandboxKeyOfALogTest', 'sk_live_51QcNoSuchKeyAtAll'];
    for (const secret_key of stripeKeys)
      await post('/connections', first, { mode: 'key', host: 'sandbox', secret_key });
    await post('/api_keys', `${first.slice(0, -3)}abc`, { name: 'third' });
    await post('/webhook_endpoints', first, { url: 'http://127.0.0.1:9/hook' });
    const { output, errors } = await server.stop();
    const log = output.split('\n').filter((line) => line.startsWith('{'));
    expect(log.length).toBeGreaterThan(0);
    const said = `${log.join('\n')}${errors}`;
    for (const secret of [first, made.secret as string, ...stripeKeys]) expect(said).not.toContain(secret.slice(8, 20));
    expect(said).not.toMatch(/whsec_\w|sk_(?:test|live)_\w/);
  });

  test('starts again at once after kill -9, with everything there', async () => {
    const first = run();
    await first.ready();
    const secret = first.secret as string;
    for (let round = 0; round < 2; round++) {
      await running.at(-1)?.stop('SIGKILL');
      expect(await get(await run().ready(), secret)).toMatchObject({ status: 200 });
    }
  });

  test('SIGTERM answers what is under way, and ends cleanly however often it comes', async () => {
    const server = run();
    const url = new URL(await server.ready());
    const secret = server.secret as string;
    // The head says that a body comes; it comes only after the signal.
    const body = JSON.stringify({ name: 'late' });
    const head = `POST /v1/api_keys HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    let answer = '';
    const socket = connect(Number(url.port), url.hostname);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.write(head);
    // Another request on the same loop is answered: the first one was taken before the signal.
    await get(url.origin, secret);
    server.child.kill('SIGTERM');
    // Time to hear the first: two at once would count as one.
    await sleep(100);
    server.child.kill('SIGTERM');
    await sleep(100);
    socket.write(body);
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(await server.ended).toMatchObject({ code: 0, errors: '' });
  });

  test('a second process on the same folder is refused, and the first one lives on', async () => {
    const first = run();
    const url = await first.ready();
    expectRefusal(await run().ended, /in use by process \d+: stop that one first/);
    const [port, sandboxPort] = await freePorts(2);
    const elsewhere = { TOLLBRIDGE_PORT: String(port), TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort) };
    expectRefusal(await run(elsewhere).ended, /in use by process \d+/);
    expect(await get(url, first.secret as string)).toMatchObject({ status: 200 });
  });

  test('another encryption key, a broken one and a lost one are refused, and change nothing', async () => {
    const first = run();
    await first.ready();
    await first.stop();
    const path = join(folder, 'data', 'encryption.key');
    const kept = readFileSync(path, 'utf8');
    const before = await tablesOf(join(folder, 'data'));
    const sandboxBefore = filesOf(join(folder, 'data', 'sandbox'));
    writeFileSync(path, `${'ab'.repeat(32)}\n`);
    expectRefusal(await run().ended, /encryption key is not the one/);
    expectRefusal(await run({ TOLLBRIDGE_ENCRYPTION_KEY: 'cd'.repeat(32) }).ended, /encryption key is not the one/);
    writeFileSync(path, 'short\n');
    expectRefusal(await run().ended, /does not hold a key/);
    unlinkSync(path);
    expectRefusal(await run().ended, /encryption\.key is missing/);
    expect(existsSync(path)).toBe(false);
    expect(await tablesOf(join(folder, 'data'))).toEqual(before);
    expect(filesOf(join(folder, 'data', 'sandbox'))).toEqual(sandboxBefore);
    writeFileSync(path, kept);
    expect(await run().ready()).toContain('http://');
  });

  test('a database of a newer program is refused as it is', async () => {
    const first = run();
    await first.ready();
    await first.stop();
    const database = await openEmbedded(join(folder, 'data'));
    await database.query({ text: `insert into schema_migrations (number, name) values (9999, 'of-tomorrow')` });
    await database.close();
    const sandboxBefore = filesOf(join(folder, 'data', 'sandbox'));
    expectRefusal(await run().ended, /newer Tollbridge .*9999/);
    expect(filesOf(join(folder, 'data', 'sandbox'))).toEqual(sandboxBefore);
  });

  test('a port that is taken is named before anything is made', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(variables.TOLLBRIDGE_PORT), '127.0.0.1', resolve));
    expectRefusal(await run().ended, /Port \d+ of 127\.0\.0\.1 is taken .*TOLLBRIDGE_PORT/);
    expect(contents(join(folder, 'data'))).toEqual({});
    await new Promise((resolve) => taken.close(resolve));
    const server = run();
    await server.ready();
    expect(server.secret).not.toBeNull();
  });

  test('a sandbox port that is taken is named before anything is made, and costs no first secret', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(variables.TOLLBRIDGE_SANDBOX_PORT), '127.0.0.1', resolve));
    expectRefusal(await run().ended, /Port \d+ of 127\.0\.0\.1 is taken .*TOLLBRIDGE_SANDBOX_PORT/);
    expect(readdirSync(folder)).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
    const server = run();
    await server.ready();
    expect(server.secret).not.toBeNull();
  });

  test.each([
    ['TOLLBRIDGE_PORT', 'many', /TOLLBRIDGE_PORT must be a port/],
    ['TOLLBRIDGE_HOST', '192.0.2.1', /cannot listen on 192\.0\.2\.1/],
    ['DATABASE_URL', 'mysql://here', /DATABASE_URL must be/],
    ['TOLLBRIDGE_ENCRYPTION_KEY', 'short', /TOLLBRIDGE_ENCRYPTION_KEY must be/],
    ['SMTP_URL', 'mail.example.com', /SMTP_URL must be/],
  ])('a wrong %s is refused before anything is made', async (name, value, saying) => {
    expectRefusal(await run({ [name]: value }).ended, saying);
    expect(contents(folder)).toEqual({});
  });

  test('a role without PostgreSQL and a role that is none are refused', async () => {
    expectRefusal(await run({}, ['serve']).ended, /role serve needs PostgreSQL/);
    expectRefusal(await run({}, ['dance']).ended, /no role "dance"/);
    expect(contents(folder)).toEqual({});
  });

  test('a data folder that cannot be one is refused, also where the system makes none for its owner', async () => {
    writeFileSync(join(folder, 'file'), 'this is a file');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'data'), '/proc/tollbridge/data'])
      expectRefusal(
        await run({ TOLLBRIDGE_DATA_DIR: path }).ended,
        /data folder .* cannot be used .*TOLLBRIDGE_DATA_DIR/,
      );
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

/** Which files these are: one that was written anew is another, whatever it holds. */
const filesOf = (path: string) =>
  readdirSync(path).map((name) => {
    const { ino, mtimeMs, size } = statSync(join(path, name));
    return { name, ino, mtimeMs, size };
  });

/** What the tables hold, as far as a start could change it. */
async function tablesOf(dataFolder: string): Promise<unknown> {
  const database = await openEmbedded(dataFolder);
  const count = (table: string) => database.query({ text: `select count(*) as count from ${table}` });
  const found = [];
  for (const table of ['schema_migrations', 'organizations', 'api_keys', 'audit_entries', 'installation'])
    found.push(await count(table));
  await database.close();
  return found;
}
