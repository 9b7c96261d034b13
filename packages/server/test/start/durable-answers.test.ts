import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@tollbridge/simulation';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunningServer } from './running-server.js';

let folder: string;
let server: RunningServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollbridge-durable-'));
  const [port, sandboxPort] = await freePorts(2);
  server = new RunningServer({
    TOLLBRIDGE_DATA_DIR: join(folder, 'data'),
    TOLLBRIDGE_PORT: String(port),
    TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(COUNT_SYNCS)}`,
  });
});

afterEach(async () => {
  await server.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Beside the program and before it: counts what asks the disk, below everything of ours, and says it when signalled. */
const COUNT_SYNCS = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const sync = fs.fsyncSync;
let count = 0;
fs.fsyncSync = (file) => { count += 1; sync(file); };
syncBuiltinESMExports();
process.on('SIGUSR2', () => fs.writeSync(1, 'disk syncs: ' + count + '\\n'));
`;

const WRITES = 20;
/** What the program does by itself meanwhile: its schedules note that they ran. */
const OF_ITS_OWN_MAX = 20;

test('no write is answered before the disk has it: each asks the disk once', { timeout: 120_000 }, async () => {
  const url = await server.ready();
  const headers = { authorization: `Bearer ${server.secret}`, 'content-type': 'application/json' };
  const write = async (index: number) => {
    const body = JSON.stringify({ external_id: `u_${index}`, name: 'Ada' });
    return (await fetch(`${url}/v1/customers`, { method: 'POST', headers, body })).status;
  };
  await write(0);
  const before = await diskSyncs();
  for (let index = 1; index <= WRITES; index++) expect(await write(index)).toBe(201);
  const asked = (await diskSyncs()) - before;
  expect(asked).toBeGreaterThanOrEqual(WRITES);
  expect(asked).toBeLessThanOrEqual(WRITES + OF_ITS_OWN_MAX);
});

/** Asks the program, and waits until it has said it. */
async function diskSyncs(): Promise<number> {
  const said = () => server.output.match(/disk syncs: \d+\n/g) ?? [];
  const before = said().length;
  server.child.kill('SIGUSR2');
  await expect.poll(() => said().length, { timeout: 10_000 }).toBeGreaterThan(before);
  return Number(said().at(-1)?.replace(/\D/g, ''));
}
