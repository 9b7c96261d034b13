// API writes with idempotency keys in a second, beside their bare limit: the same framework with the same body, and one
// statement of the same rows by the same driver. The same server runs on PostgreSQL (with DATABASE_URL) and embedded.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summary } from './figures.mjs';
import { throwawayDatabase } from './postgres.mjs';
import { startProgram } from './program.mjs';
import { post, sendAll } from './send-all.mjs';
import { startTollbridge } from './tollbridge.mjs';

export const title = 'API writes with idempotency keys, beside the same rows by one bare statement behind a bare route';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const CONNECTIONS = [1, 32];
const ALONE = Number(process.env.BENCH_REQUESTS ?? 150);
const REQUESTS = { 1: ALONE, 32: 3 * ALONE };
const KEYS = 8;
const SHARE_PERCENT = 40;
const WRITES = ['customers', 'invoices'];
const bareServer = join(dirname(fileURLToPath(import.meta.url)), 'bare-write-server.mjs');

export async function run() {
  const rows = await onDatabase('embedded', null);
  const database = await throwawayDatabase();
  if (database === null) return rows;
  try {
    return [...(await onDatabase('PostgreSQL', database.url)), ...rows];
  } finally {
    await database.drop();
  }
}

async function onDatabase(name, databaseUrl) {
  const tollbridge = await startTollbridge(databaseUrl);
  let isEnded = false;
  const folder = mkdtempSync(join(tmpdir(), 'tollbridge-bench-'));
  const figures = new Map();
  const note = (what, value) => figures.set(what, [...(figures.get(what) ?? []), value]);
  try {
    const parts = await prepared(tollbridge);
    if (databaseUrl === null) {
      // The embedded database has one owner: the rounds of the server come first, those of the bare one on what it left.
      for (let round = -1; round < ROUNDS; round += 1) await measureOurs(tollbridge, { parts, round, note });
      cpSync(tollbridge.folder, folder, { recursive: true, filter: (path) => !path.endsWith('database.lock') });
    }
    if (databaseUrl === null) {
      await tollbridge.end();
      isEnded = true;
    }
    const bare = await startBare(databaseUrl ?? folder, parts);
    try {
      for (let round = -1; round < ROUNDS; round += 1) {
        if (databaseUrl !== null) await measureOurs(tollbridge, { parts, round, note });
        await measureBare(bare, { parts, round, note });
      }
    } finally {
      await bare.end();
    }
  } finally {
    if (!isEnded) await tollbridge.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return rowsOf(name, figures);
}

/** One object of each kind, whose rows the bare server writes again, and keys enough for the limit on requests. */
async function prepared(tollbridge) {
  const customer = await tollbridge.call('POST', '/v1/customers', customerBody('first'));
  const body = invoiceBody(customer.id);
  const keys = [];
  for (let number = 0; number < KEYS; number += 1)
    keys.push((await tollbridge.call('POST', '/v1/api_keys', { name: `bench ${number}` })).secret);
  const [made, invoice] = await Promise.all([
    keyed(tollbridge, '/v1/customers', customerBody('second')),
    keyed(tollbridge, '/v1/invoices', body),
  ]);
  return { customerId: customer.id, keys, env: { BENCH_CUSTOMER: made.id, BENCH_INVOICE: invoice.id } };
}

async function keyed({ port, secretKey }, path, body) {
  const headers = {
    authorization: `Bearer ${secretKey}`,
    'content-type': 'application/json',
    'idempotency-key': `bench of ${path}`,
  };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const customerBody = (external) => ({
  external_id: `bench-${external}`,
  name: 'Ada Lovelace',
  emails: ['ada@example.com'],
  address: { line1: 'Musterstraße 1', city: 'Berlin', postal_code: '10115', country: 'DE' },
  currency: 'eur',
  metadata: { plan: 'team' },
});

const invoiceBody = (customerId) => ({
  customer_id: customerId,
  lines: ['Team plan, March', 'Seats, March'].map((description) => ({
    description,
    quantity: '1',
    unit_amount: '4900',
    tax_rate_percent: '19',
  })),
});

let sent = 0;

/** Bodies and headers are the same for all who are measured. */
function requestsOf(path, write, { parts, count }) {
  return Array.from({ length: count }, () => {
    sent += 1;
    const body = write === 'customers' ? customerBody(sent) : invoiceBody(parts.customerId);
    const authorization = `Bearer ${parts.keys[sent % parts.keys.length]}`;
    return post(path, JSON.stringify(body), { authorization, 'idempotency-key': `bench-${process.pid}-${sent}` });
  });
}

async function measure({ port }, { paths, parts, round, note }) {
  for (const [what, path, write] of paths)
    for (const connections of CONNECTIONS) {
      const requests = requestsOf(path, write, { parts, count: REQUESTS[connections] });
      const { seconds, busy } = await sendAll(requests, { port, connections });
      if (busy > 0) throw new Error('the limit on requests held the measurement up');
      // The first round only warms up.
      if (round >= 0) note(`${what} ${write} ${connections}`, requests.length / seconds);
    }
}

const measureOurs = (tollbridge, options) =>
  measure(tollbridge, { ...options, paths: WRITES.map((write) => ['here', `/v1/${write}`, write]) });

const measureBare = (bare, options) =>
  measure(bare, {
    ...options,
    paths: WRITES.flatMap((write) => [
      ['bare', `/bare/${write}`, write],
      ['nothing', `/nothing/${write}`, write],
    ]),
  });

async function startBare(where, { env }) {
  const { end, match } = await startProgram([bareServer, where], { ready: /at http:\/\/127\.0\.0\.1:(\d+)/, env });
  return { end, port: Number(match[1]) };
}

function rowsOf(name, figures) {
  return WRITES.flatMap((write) =>
    CONNECTIONS.flatMap((connections) => {
      const of = (what) => figures.get(`${what} ${write} ${connections}`);
      const what = `${name}, POST /v1/${write}, ${connections} connection${connections === 1 ? '' : 's'}`;
      const shares = of('here').map((figure, round) => (100 * figure) / of('bare')[round]);
      return [
        summary(`${what}: here`, of('here'), '/s'),
        summary(`${what}: the same rows, bare`, of('bare'), '/s'),
        summary(`${what}: the route without work`, of('nothing'), '/s'),
        summary(`${what}: of the bare limit`, shares, '%', connections === 1 ? { atLeast: SHARE_PERCENT } : {}),
      ];
    }),
  );
}
