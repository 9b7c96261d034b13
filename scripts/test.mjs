// `npm test`: build, checks, unit tests, tests of the whole, simulation. The last line is `N passed, M failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { runChecks } from './check.mjs';
import { root } from './source/files.mjs';

const PART_MINUTES_MAX = 15;
/** All parts together: what comes later gets what is left. */
const ALL_MINUTES_MAX = 28;
const MESSAGE_MAX = 1_000;
const KILL_GRACE_MILLISECONDS = 5_000;
const SIMULATION_SEEDS = 50;
const SIMULATION_STEPS = 200;
const SEEDS_A_SHARE_MIN = 20;
const SIMULATION = 'packages/simulation/dist/main.js';
const POSTGRES_URL = process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '';

const totals = { passed: 0, failed: 0 };
const lines = [];
/** The names of what failed, repeated at the end: of a long log often only the end is kept. */
const failures = [];

await part('build', build);
await part('checks', async () => runChecks());
await part('unit tests', () => vitest('unit', ['src/', 'scripts/']));
await part('tests of the whole', () => vitest('whole', ['/test/']));
const databases = POSTGRES_URL === '' ? ['embedded'] : ['embedded', 'postgres'];
await Promise.all(databases.flatMap(shares).map((share) => part(`simulation, ${share.name}`, () => simulation(share))));
report();

/** Runs one part, adds what it counted, remembers its time. A part that breaks off counts as one failure. */
async function part(name, run) {
  const started = performance.now();
  console.log(`\n== ${name}`);
  const { passed, failed } = await run();
  totals.passed += passed;
  totals.failed += failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  lines.push(`${name}: ${passed} passed, ${failed} failed, ${seconds} s`);
}

async function build() {
  const { status } = await run(['scripts/build.mjs']);
  return status === 0 ? { passed: 0, failed: 0 } : { passed: 0, failed: 1 };
}

/** Vitest prints as always; its JSON report is only for counting. */
async function vitest(name, filters) {
  const file = `${root}/build/vitest-${name}.json`;
  mkdirSync(`${root}/build`, { recursive: true });
  rmSync(file, { force: true });
  const options = ['--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = await run(['node_modules/vitest/vitest.mjs', 'run', ...filters, ...options]);
  if (!existsSync(file)) return { passed: 0, failed: status === 0 ? 0 : 1 };
  const json = JSON.parse(readFileSync(file, 'utf8'));
  failures.push(...failedTests(json));
  const counted = countTests(json);
  const silent = status !== 0 && counted.failed === 0;
  return silent ? { ...counted, failed: 1 } : counted;
}

/** A file that could not be loaded has no tests to count, and a test that did not run has not passed. */
function countTests(json) {
  let passed = 0;
  let failed = 0;
  for (const file of json.testResults) {
    const own = file.assertionResults;
    passed += own.filter((test) => test.status === 'passed').length;
    const notPassed = own.filter((test) => test.status !== 'passed').length;
    failed += notPassed === 0 && file.status === 'failed' ? 1 : notPassed;
  }
  return { passed, failed };
}

function failedTests(json) {
  return json.testResults.flatMap((file) => {
    const own = file.assertionResults.filter((test) => test.status !== 'passed');
    const lost =
      own.length === 0 && file.status === 'failed'
        ? [{ fullName: 'the file itself', failureMessages: [file.message] }]
        : [];
    return [...own, ...lost].map(({ fullName, failureMessages }) =>
      [
        `${relative(root, file.name)}: ${fullName}`,
        ...failureMessages.map((message) => message.slice(0, MESSAGE_MAX)),
      ].join('\n  '),
    );
  });
}

/**
 * The seeds of a database, shared among so many processes that each keeps one processor busy; but each plays enough to be
 * asked whether it came to every outcome (`simulation/src/seeds/outcomes.ts`).
 */
function shares(database) {
  const free = Math.max(1, Math.floor(availableParallelism() / databases.length));
  const processes = Math.min(free, Math.floor(SIMULATION_SEEDS / SEEDS_A_SHARE_MIN));
  const seeds = Math.ceil(SIMULATION_SEEDS / processes);
  return Array.from({ length: processes }, (_, index) => {
    const seed = 1 + index * seeds;
    const count = Math.min(seeds, SIMULATION_SEEDS - index * seeds);
    return { name: `${database}, seeds ${seed} to ${seed + count - 1}`, database, seed, seeds: count };
  }).filter((share) => share.seeds > 0);
}

async function simulation({ database, seed, seeds }) {
  const numbers = { seed, seeds, steps: SIMULATION_STEPS };
  const options = Object.entries(numbers).flatMap(([name, number]) => [`--${name}`, String(number)]);
  const { status, output } = await run([SIMULATION, ...options, '--database', database], { keepOutput: true });
  process.stdout.write(output);
  failures.push(...output.split('\n').filter((line) => /^seed \d+ on .* failed|^never seen: /.test(line)));
  const counted = output.match(/^simulation: (\d+) passed, (\d+) failed$/m);
  if (counted === null) return { passed: 0, failed: 1 };
  const failed = Number(counted[2]);
  return { passed: Number(counted[1]), failed: status !== 0 && failed === 0 ? 1 : failed };
}

/** Runs a Node program of this repository, shows what it prints, ends it after its time. */
function run(program, { keepOutput = false } = {}) {
  // `performance.now()` counts from the start of this process.
  const millisecondsLeft = Math.min(PART_MINUTES_MAX * 60_000, ALL_MINUTES_MAX * 60_000 - performance.now());
  if (millisecondsLeft <= 0) {
    console.error(`${program[0]} was not begun: the ${ALL_MINUTES_MAX} minutes of the whole are over`);
    return Promise.resolve({ status: 1, output: '' });
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, program, {
      cwd: root,
      stdio: ['ignore', keepOutput ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const timer = setTimeout(() => {
      const minutes = Math.round(millisecondsLeft / 60_000);
      console.error(`${program[0]} took more than the ${minutes} minutes it had and is ended`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_GRACE_MILLISECONDS).unref();
    }, millisecondsLeft);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}

function report() {
  for (const failure of failures) console.log(`\nfailed: ${failure}`);
  console.log(`\n${lines.join('\n')}`);
  if (POSTGRES_URL === '') {
    console.log(
      'PostgreSQL was not tested: set TOLLBRIDGE_TEST_DATABASE_URL to the URL of a server that tests may fill.',
    );
    if (process.env.CI === 'true') totals.failed += 1;
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}
