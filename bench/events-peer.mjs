// The peer of the events benchmark, installed when it is needed and not before: `npm ci` of the project knows nothing of it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { SECRET, STRIPE_KEY } from './events-world.mjs';
import { startProgram } from './program.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'peer');
const INSTALL_MILLISECONDS_MAX = 120_000;

export function installPeer() {
  if (existsSync(join(folder, 'node_modules', '@supabase', 'stripe-sync-engine'))) return;
  process.stdout.write('  (installing what we compare with into bench/peer)\n');
  const words = ['install', '--prefix', folder, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error'];
  execFileSync('npm', words, { stdio: ['ignore', 'inherit', 'inherit'], timeout: INSTALL_MILLISECONDS_MAX });
}

/** A peer on tables of its own schema, beside our tables in the same database. */
export async function startPeer({ databaseUrl, sandboxPort, refetch }) {
  const words = [join(folder, 'server.cjs'), databaseUrl, SECRET, STRIPE_KEY, String(sandboxPort), refetch];
  const { pid, end, match } = await startProgram(words, { ready: /at http:\/\/127\.0\.0\.1:(\d+)/ });
  return { pid, end, port: Number(match[1]) };
}

/** What it holds, in the words of `events-histories.mjs`. */
export async function heldByPeer(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const customers = await client.query(
    `select id, invoice_settings ->> 'default_payment_method' as "defaultId" from stripe.customers`,
  );
  const methods = await client.query('select id, customer from stripe.payment_methods');
  await client.end();
  return {
    defaultOf: new Map(customers.rows.map((row) => [row.id, row.defaultId])),
    customerOf: new Map(methods.rows.map((row) => [row.id, row.customer])),
  };
}
