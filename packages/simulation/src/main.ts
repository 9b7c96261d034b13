import { parseArgs } from 'node:util';
import { catchFault, PLANTED_SEEDS } from './planted/catch-fault.js';
import { PLANTED_FAULTS, type PlantedFault } from './planted/index.js';
import { Outcomes } from './seeds/outcomes.js';
import { runSeed } from './seeds/run-seed.js';
import { shortestHistory } from './seeds/shortest-history.js';
import { Tally } from './seeds/tally.js';
import { closeTestDatabases, type DatabaseKind, testDatabases } from './test-databases.js';

const STEPS_DEFAULT = 200;
/** Progress, for those who wait. */
const SEEDS_A_LINE = 10;
const HISTORY_LINES = 60;

interface Plan {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly steps: number;
  readonly databases: readonly DatabaseKind[];
  /** Whether a failing seed is played again and again for the shortest history that still fails. */
  readonly isShortened: boolean;
  /** Faults of which each is planted into a run of its own, and must be caught. */
  readonly planted: readonly PlantedFault[];
}

/**
 * `npm run simulate -- --seed N --seeds M --steps K [--database embedded|postgres] [--no-shortest]`, or
 * `npm run simulate -- --planted NAME|all [--seed N] [--seeds M] [--steps K] [--database embedded|postgres]`.
 */
async function main(): Promise<void> {
  const plan = readPlan();
  await (plan.planted.length > 0 ? playPlantedFaults(plan) : playSeeds(plan));
  await closeTestDatabases();
}

/** The program as it is must break nothing. */
async function playSeeds(plan: Plan): Promise<void> {
  const tally = new Tally();
  const outcomes = new Outcomes();
  let failed = 0;
  for (const database of plan.databases) {
    const started = performance.now();
    for (let seed = plan.firstSeed; seed < plan.firstSeed + plan.seeds; seed++) {
      const result = await runSeed({ database, seed, steps: plan.steps, tally, outcomes });
      const played = seed - plan.firstSeed + 1;
      if (played % SEEDS_A_LINE === 0 && played < plan.seeds)
        process.stdout.write(`${database}: ${played} of ${plan.seeds} seeds, ${failed} failed\n`);
      if (result.violations.length === 0) continue;
      failed += 1;
      const shortest = plan.isShortened ? await shortestHistory({ database, seed, steps: plan.steps }, result) : result;
      process.stdout.write(
        [
          `seed ${seed} on ${database} failed after ${result.steps} steps:`,
          ...result.violations.slice(0, 20).map(({ rule, text }) => `  ${rule}: ${text}`),
          '  its shortest history found:',
          ...shortest.history.slice(-HISTORY_LINES).map((line) => `    ${line}`),
          ...shortest.violations.slice(0, 20).map(({ rule, text }) => `    ${rule}: ${text}`),
          `  again: npm run simulate -- --seed ${seed} --seeds 1 --steps ${plan.steps} --database ${database}`,
          '',
        ].join('\n'),
      );
    }
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${plan.seeds} seeds of ${plan.steps} steps on ${database} in ${seconds.toFixed(1)} s\n`);
  }
  const total = plan.seeds * plan.databases.length;
  const missing = outcomes.missingAfter(plan.seeds);
  process.stdout.write(`\n${tally.print()}\n\n${outcomes.print()}\n`);
  for (const name of missing) process.stdout.write(`never seen: ${name}\n`);
  process.stdout.write(`\nsimulation: ${total - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && missing.length === 0 ? 0 : 1;
}

/** The program with a fault must be seen to break what the fault breaks. */
async function playPlantedFaults(plan: Plan): Promise<void> {
  let missed = 0;
  for (const database of plan.databases) {
    for (const fault of plan.planted) {
      const { violation, seed, step, acts } = await catchFault(fault, { ...plan, database });
      if (violation === null) missed += 1;
      const outcome =
        violation === null
          ? `NOT CAUGHT within ${plan.seeds} seeds of ${plan.steps} steps, in which it acted ${acts} times`
          : `caught by seed ${seed} after step ${step}: ${violation.rule}: ${violation.text}`;
      process.stdout.write(`${database}: ${fault.name}: ${outcome}\n`);
    }
  }
  const total = plan.planted.length * plan.databases.length;
  process.stdout.write(`planted faults: ${total - missed} caught, ${missed} missed\n`);
  process.exitCode = missed === 0 ? 0 : 1;
}

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      steps: { type: 'string' },
      database: { type: 'string' },
      shortest: { type: 'boolean', default: true },
      planted: { type: 'string' },
    },
    allowNegative: true,
  });
  const databases = testDatabases();
  const chosen = values.database === undefined ? databases : databases.filter((kind) => kind === values.database);
  if (chosen.length === 0) throw new Error('--database is embedded, or postgres with TOLLBRIDGE_TEST_DATABASE_URL set');
  const planted = plantedOf(values.planted);
  return {
    planted,
    firstSeed: numberOf(values.seed, 1),
    seeds: numberOf(values.seeds, planted.length === 0 ? 1 : PLANTED_SEEDS),
    steps: numberOf(values.steps, STEPS_DEFAULT),
    databases: chosen,
    isShortened: values.shortest,
  };
}

function plantedOf(name: string | undefined): readonly PlantedFault[] {
  if (name === undefined) return [];
  const planted = PLANTED_FAULTS.filter((fault) => name === 'all' || fault.name === name);
  if (planted.length > 0) return planted;
  throw new Error(`--planted is all, or one of: ${PLANTED_FAULTS.map((fault) => fault.name).join(', ')}`);
}

function numberOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`"${text}" is not a number from 1`);
  return number;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
