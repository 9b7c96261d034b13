import { ACTIONS } from '../story/actions.js';
import type { DatabaseKind } from '../test-databases.js';
import { FAULTS } from './faults.js';
import { OUTCOME_NAMES, Outcomes } from './outcomes.js';
import { runSeed, type SeedResult } from './run-seed.js';
import { type PlayedSeed, SeedLog } from './seed-log.js';
import { shortestHistory } from './shortest-history.js';
import { CELL_COUNT_MIN, Tally } from './tally.js';

/** Progress, for those who wait. */
const SEEDS_A_LINE = 10;
const HISTORY_LINES = 60;
const VIOLATION_LINES = 20;

export interface SeedsPlan {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly steps: number;
  readonly databases: readonly DatabaseKind[];
  /** Whether a failing seed is played again and again for the shortest history that still fails. */
  readonly isShortened: boolean;
  /** The file of a run that is played in pieces. */
  readonly log?: string;
  /** What is played, as the log shall say it. */
  readonly version?: string;
}

/** Plays the seeds of a plan that its log has not yet, and judges all of them. Gives whether the run is good. */
export async function playSeeds(plan: SeedsPlan): Promise<boolean> {
  const played: PlayedSeed[] = [];
  for (const database of plan.databases) played.push(...(await playOn(database, plan)));
  return judge(played, plan);
}

async function playOn(database: DatabaseKind, plan: SeedsPlan): Promise<readonly PlayedSeed[]> {
  const log = plan.log === undefined ? null : logOf(plan.log, database, plan);
  const before = new Set(log?.read().map(({ seed }) => seed));
  const played: PlayedSeed[] = [];
  const started = performance.now();
  let failed = 0;
  for (let count = 1; count <= plan.seeds; count++) {
    const seed = plan.firstSeed + count - 1;
    if (before.has(seed)) continue;
    const tally = new Tally();
    const outcomes = new Outcomes();
    const result = await runSeed({ database, seed, steps: plan.steps, tally, outcomes });
    const broken = [...new Set(result.violations.map(({ rule }) => rule))];
    played.push({ seed, broken, tally, outcomes });
    if (broken.length > 0) {
      failed += 1;
      await tellOf(result, database, plan);
    }
    // Only now: whoever is stopped before is told of it again.
    log?.append({ seed, broken, tally, outcomes });
    if (count % SEEDS_A_LINE === 0 && count < plan.seeds)
      process.stdout.write(`${database}: ${count} of ${plan.seeds} seeds, ${failed} failed\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${played.length} seeds of ${plan.steps} steps on ${database} in ${seconds.toFixed(1)} s\n`);
  return log?.read() ?? played;
}

const logOf = (path: string, database: DatabaseKind, { steps, version }: SeedsPlan): SeedLog =>
  new SeedLog(path, {
    database,
    steps,
    ...(version === undefined ? {} : { version }),
    actions: ACTIONS.map(({ name }) => name),
    faults: FAULTS.map(({ name }) => name),
  });

async function tellOf(result: SeedResult, database: DatabaseKind, plan: SeedsPlan): Promise<void> {
  const { seed } = result;
  const { steps } = plan;
  const shortest = plan.isShortened ? await shortestHistory({ database, seed, steps }, result) : result;
  process.stdout.write(
    [
      `seed ${seed} on ${database} failed after ${result.steps} steps:`,
      ...result.violations.slice(0, VIOLATION_LINES).map(({ rule, text }) => `  ${rule}: ${text}`),
      '  its shortest history found:',
      ...shortest.history.slice(-HISTORY_LINES).map((line) => `    ${line}`),
      ...shortest.violations.slice(0, VIOLATION_LINES).map(({ rule, text }) => `    ${rule}: ${text}`),
      `  again: npm run simulate -- --seed ${seed} --seeds 1 --steps ${steps} --database ${database}`,
      '',
    ].join('\n'),
  );
}

function judge(played: readonly PlayedSeed[], { databases, log }: SeedsPlan): boolean {
  const tally = new Tally();
  const outcomes = new Outcomes();
  for (const one of played) {
    for (const { name: action } of ACTIONS)
      for (const { name: fault } of FAULTS) {
        const count = one.tally.countOf(action, fault);
        if (count > 0) tally.count(action, fault, count);
      }
    for (const name of OUTCOME_NAMES) outcomes.add(name, one.outcomes.countOf(name));
  }
  const missing = outcomes.missingAfter(played.length / databases.length);
  const short = tally.shortAfter(played.length, ACTIONS, FAULTS);
  const failed = played.filter(({ broken }) => broken.length > 0);
  process.stdout.write(`\n${tally.print()}\n\n${outcomes.print()}\n`);
  for (const name of missing) process.stdout.write(`never seen: ${name}\n`);
  for (const { action, fault, count } of short)
    process.stdout.write(`seen too seldom: ${action} with ${fault}: ${count} of ${CELL_COUNT_MIN}\n`);
  if (log !== undefined) process.stdout.write(`\n${log} has ${played.length} seeds\n`);
  // Once more here: the end of a long output is what is read first, and in some places all that is shown.
  for (const { seed, broken } of failed) process.stdout.write(`seed ${seed} broke ${broken.join(', ')}\n`);
  process.stdout.write(`\nsimulation: ${played.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 && missing.length === 0 && short.length === 0;
}
