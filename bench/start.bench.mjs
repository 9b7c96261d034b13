// How long a start takes until `/readyz` answers, and what the processes hold in memory at rest (issue: Foundations, 7).
// The build is done before; each round is a process of its own on free ports.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const title = 'Start: from the process to the first answer of /readyz, embedded database, sandbox included';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'server', 'dist', 'program', 'main.js');
const FIRST_ROUNDS = 3;
const LATER_ROUNDS = 5;
const BARE_ROUNDS = 7;
const REST_MILLISECONDS = 5_000;
const START_TIMEOUT_MILLISECONDS = 60_000;

export async function run() {
  const firsts = [];
  const laters = [];
  const serverMemory = [];
  const sandboxMemory = [];
  for (let round = 0; round < FIRST_ROUNDS; round++) {
    const dataFolder = mkdtempSync(join(tmpdir(), 'tollbridge-bench-'));
    try {
      firsts.push(await measured(dataFolder));
      const later = round === 0 ? LATER_ROUNDS : 0;
      for (let again = 0; again < later; again++)
        laters.push(
          await measured(dataFolder, async (process) => {
            if (again < later - 1) return;
            await sleep(REST_MILLISECONDS);
            serverMemory.push(residentMegabytes(process.pid));
            for (const child of childrenOf(process.pid)) sandboxMemory.push(residentMegabytes(child));
          }),
        );
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }
  return [
    summary('bare limit: a Node process that does nothing', Array.from({ length: BARE_ROUNDS }, bare), 's'),
    summary('first start', firsts, 's', 5),
    summary('later starts', laters, 's', 2),
    summary('resident memory at rest, server', serverMemory, 'MB'),
    summary('resident memory at rest, sandbox', sandboxMemory, 'MB'),
  ];
}

/** Seconds of a process that only begins and ends: how fast this machine starts anything at all at present. */
function bare() {
  const started = performance.now();
  spawnSync(process.execPath, ['--eval', '0']);
  return (performance.now() - started) / 1000;
}

/** Seconds from spawning to ready; then whatever else is to be measured, and a clean end. */
async function measured(dataFolder, whileRunning = async () => {}) {
  const started = performance.now();
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      TOLLBRIDGE_PORT: '0',
      TOLLBRIDGE_SANDBOX_PORT: '0',
      TOLLBRIDGE_DATA_DIR: dataFolder,
      TOLLBRIDGE_LOG_LEVEL: 'error',
      DATABASE_URL: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const url = await addressOf(child);
    const response = await fetch(`${url}/readyz`);
    if (response.status !== 200) throw new Error(`/readyz answered ${response.status}`);
    const seconds = (performance.now() - started) / 1000;
    await whileRunning(child);
    return seconds;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error('it did not start')), START_TIMEOUT_MILLISECONDS);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const url = /API\s+(http:\/\/\S+)\/v1/.exec(printed)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

function residentMegabytes(pid) {
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return Math.round(kilobytes / 1024);
}

function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    });
}

function summary(what, figures, unit, bound) {
  const sorted = [...figures].sort((a, b) => a - b);
  const rounded = (value) => Math.round(value * 100) / 100;
  return {
    what,
    unit,
    median: rounded(sorted[Math.floor(sorted.length / 2)]),
    minimum: rounded(sorted[0]),
    maximum: rounded(sorted.at(-1)),
    ...(bound === undefined ? {} : { bound }),
  };
}
