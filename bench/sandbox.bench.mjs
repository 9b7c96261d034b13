// How many confirmed PaymentIntents the sandbox makes in a second: one process, over HTTP, from the compiled code, with
// idempotency keys of their own; beside a process of the same kind that does nothing. Each round is a process of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './load.mjs';
import { portOf } from './sandbox-port.mjs';

export const title =
  'Sandbox: POST /v1/payment_intents with confirm=true, pm_card_visa, a new idempotency key each time';

const folder = dirname(fileURLToPath(import.meta.url));
const sandbox = join(folder, '..', 'packages', 'sandbox', 'dist', 'program', 'main.js');
const bare = join(folder, 'bare-server.mjs');
const ROUNDS = 5;
const WARM_UP_MILLISECONDS = 2_000;
const MEASURED_MILLISECONDS = 4_000;
const CONNECTIONS = 16;
const DEPTH = 4;
const START_TIMEOUT_MILLISECONDS = 20_000;
const GOAL_PER_SECOND = 3_000;

const body =
  'amount=2000&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa&metadata[invoice]=in_1&description=Order';

/** The headers that Stripe's own SDK sends. */
const requestFor = (number) =>
  'POST /v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk_test_bench\r\n' +
  'Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nUser-Agent: Stripe/v1 NodeBindings/23.1.0\r\n' +
  `Stripe-Version: 2026-10-28.endive\r\nIdempotency-Key: stripe-node-retry-${process.pid}-${number}\r\n` +
  `Content-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`;

export async function run() {
  const rounds = { bare: [], memory: [], journal: [] };
  const processor = { bare: [], memory: [], journal: [] };
  const memoryPerPayment = [];
  const note = (kind, result) => {
    rounds[kind].push(result.perSecond);
    processor[kind].push(result.processorMicroseconds);
  };
  process.stdout.write(`  (load of the machine before: ${loadavg()[0].toFixed(1)})\n`);
  for (let round = 0; round < ROUNDS; round += 1) {
    note('bare', await measured([bare]));
    const memory = await measured([sandbox, '--port', '0']);
    note('memory', memory);
    memoryPerPayment.push(memory.bytesPerPayment);
    const dataFolder = mkdtempSync(join(tmpdir(), 'tollbridge-bench-'));
    try {
      note('journal', await measured([sandbox, '--port', '0', '--data', dataFolder]));
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }
  const share = (figures) => figures.map((figure, round) => (100 * figure) / rounds.bare[round]);
  return [
    summary('bare limit: the same exchange, nothing done', rounds.bare, '/s'),
    { ...summary('in memory', rounds.memory, '/s'), atLeast: GOAL_PER_SECOND },
    { ...summary('with --data', rounds.journal, '/s'), atLeast: GOAL_PER_SECOND },
    summary('in memory, of the bare limit', share(rounds.memory), '%'),
    summary('with --data, of the bare limit', share(rounds.journal), '%'),
    // What the process itself used, which other programs on the machine change least.
    summary('processor time of one, bare', processor.bare, 'µs'),
    summary('processor time of one, in memory', processor.memory, 'µs'),
    summary('processor time of one, with --data', processor.journal, 'µs'),
    summary('memory kept for a payment', memoryPerPayment, 'B'),
  ];
}

async function measured(program) {
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const port = await portOf(child, START_TIMEOUT_MILLISECONDS);
    const expected = '"status":"succeeded"';
    const shape = { port, connections: CONNECTIONS, depth: DEPTH, requestFor, expected };
    const warmUp = await load({ ...shape, milliseconds: WARM_UP_MILLISECONDS, requestFor: (n) => requestFor(`w${n}`) });
    const before = { bytes: residentBytes(child.pid), seconds: processorSeconds(child.pid) };
    const { answered, perSecond } = await load({ ...shape, milliseconds: MEASURED_MILLISECONDS });
    const used = processorSeconds(child.pid) - before.seconds;
    return {
      perSecond,
      processorMicroseconds: (used * 1e6) / answered,
      bytesPerPayment: (residentBytes(child.pid) - before.bytes) / answered,
      warmUp: warmUp.answered,
    };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** In user and kernel mode together; Linux counts in hundredths of a second. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function summary(what, figures, unit) {
  const sorted = [...figures].sort((a, b) => a - b);
  return {
    what,
    unit,
    median: Math.round(sorted[Math.floor(sorted.length / 2)]),
    minimum: Math.round(sorted[0]),
    maximum: Math.round(sorted.at(-1)),
  };
}
