// Our server as anybody runs it, compiled, in a process of its own with its worker and its sandbox, and what the
// benchmarks ask of it over HTTP.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './program.mjs';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'server', 'dist', 'program', 'main.js');
const READY =
  /API\s+http:\/\/127\.0\.0\.1:(\d+)\/v1[\s\S]*Sandbox\s+http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Secret key\s+(tb_\S+)/;
/** Options of Node for the server alone, such as `--cpu-prof --cpu-prof-dir=…`. */
const NODE_OPTIONS = (process.env.BENCH_SERVER_NODE_OPTIONS ?? '').split(' ').filter((word) => word !== '');

/** `databaseUrl` null: the embedded database. */
export async function startTollbridge(databaseUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'tollbridge-bench-'));
  const started = await startProgram([...NODE_OPTIONS, program], {
    ready: READY,
    env: {
      TOLLBRIDGE_PORT: '0',
      TOLLBRIDGE_SANDBOX_PORT: '0',
      TOLLBRIDGE_DATA_DIR: folder,
      TOLLBRIDGE_LOG_LEVEL: 'error',
      DATABASE_URL: databaseUrl ?? '',
      TOLLBRIDGE_ENCRYPTION_KEY: databaseUrl === null ? '' : randomBytes(32).toString('hex'),
    },
  });
  const [, port, sandboxPort, secretKey] = started.match;
  return {
    pid: started.pid,
    port: Number(port),
    sandboxPort: Number(sandboxPort),
    secretKey,
    folder,
    call: (method, path, body) => callJson(`http://127.0.0.1:${port}${path}`, { method, key: secretKey, body }),
    async end() {
      await started.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function callJson(url, { method, key, body }) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** The sandbox as an account's owner uses it: Stripe's API in its form encoding. */
export function stripeSide(port, key) {
  return async (method, path, fields = {}) => {
    const form = new URLSearchParams(fields).toString();
    const inAddress = method === 'GET' && form !== '' ? `?${form}` : '';
    const response = await fetch(`http://127.0.0.1:${port}${path}${inAddress}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' },
      ...(method === 'GET' ? {} : { body: form }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** Does something for each, at most so many at once; gives the results in the order of the items. */
export async function forEachOf(items, atOnce, act) {
  const results = new Array(items.length);
  let next = 0;
  const player = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await act(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, player));
  return results;
}
