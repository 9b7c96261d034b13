import { parseArgs } from 'node:util';
import { catchFault, PLANTED_SEEDS } from './planted/catch-fault.js';
import { PLANTED_FAULTS, type PlantedFault } from './planted/index.js';
import { playSeeds, type SeedsPlan } from './seeds/play-seeds.js';
import { closeTestDatabases, testDatabases } from './test-databases.js';

const STEPS_DEFAULT = 200;

interface Plan extends SeedsPlan {
  /** Faults of which each is planted into a run of its own, and must be caught. */
  readonly planted: readonly PlantedFault[];
}

/**
 * `npm run simulate -- --seed N --seeds M --steps K [--database embedded|postgres] [--no-shortest]
 * [--log FILE [--version TEXT]]`, or
 * `npm run simulate -- --planted NAME|all [--seed N] [--seeds M] [--steps K] [--database embedded|postgres]`.
 */
async function main(plan: Plan): Promise<void> {
  // The program as it is must break nothing; with a fault it must be seen to break what the fault breaks.
  const isGood = await (plan.planted.length > 0 ? playPlantedFaults(plan) : playSeeds(plan));
  process.exitCode = isGood ? 0 : 1;
  await closeTestDatabases();
}

/** Gives whether all of them were caught. */
async function playPlantedFaults(plan: Plan): Promise<boolean> {
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
  return missed === 0;
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
      log: { type: 'string' },
      version: { type: 'string' },
    },
    allowNegative: true,
  });
  const databases = testDatabases();
  const chosen = values.database === undefined ? databases : databases.filter((kind) => kind === values.database);
  if (chosen.length === 0) throw new Error('--database is embedded, or postgres with TOLLBRIDGE_TEST_DATABASE_URL set');
  const planted = plantedOf(values.planted);
  const { log, version } = values;
  if (log !== undefined && planted.length > 0) throw new Error('--log is of a run without planted faults');
  if (log !== undefined && chosen.length > 1) throw new Error('--log is of one database: say which with --database');
  if (version !== undefined && log === undefined) throw new Error('--version is written into a --log');
  return {
    planted,
    firstSeed: numberOf(values.seed, 1),
    seeds: numberOf(values.seeds, planted.length === 0 ? 1 : PLANTED_SEEDS),
    steps: numberOf(values.steps, STEPS_DEFAULT),
    databases: chosen,
    isShortened: values.shortest,
    ...(log === undefined ? {} : { log }),
    ...(version === undefined ? {} : { version }),
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

/** What was asked for wrongly is told in one sentence; what failed on the way, with where it did. */
function tell(error: unknown, wasAsked: boolean): void {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${wasAsked ? stack : message}\n`);
  process.exitCode = 1;
}

let plan: Plan | null = null;
try {
  plan = readPlan();
  await main(plan);
} catch (error) {
  tell(error, plan !== null);
}
