import { parseArgs } from 'node:util';
import { isClean, printReport } from './print-report.js';
import { START_MILLISECONDS_MAX } from './program.js';
import { type KillPlan, type KillReport, runKills, TARGETS, type Target } from './run-kills.js';

const ROUNDS_DEFAULT = 50;

/**
 * `npm run kills -- [--database embedded|postgres] [--target server|worker|sandbox|both|postgres|each|all] [--rounds N]
 * [--seed S] [--start-seconds 30]`. `all`, which is what is taken if nothing is said, gives each target rounds of its own.
 */
async function main(): Promise<void> {
  const reports: KillReport[] = [];
  for (const plan of readPlans()) {
    process.stdout.write(`\n${plan.rounds} rounds of ${plan.target} on ${plan.database}, seed ${plan.seed}\n`);
    reports.push(await runKills({ ...plan, onRound: (line) => process.stdout.write(`  ${line}\n`) }));
    process.stdout.write(`\n${printReport(reports.slice(-1))}\n`);
  }
  const failed = reports.filter((report) => !isClean(report)).length;
  process.stdout.write(`\n${printReport(reports)}\n\nkills: ${reports.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function readPlans(): KillPlan[] {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      target: { type: 'string', default: 'all' },
      rounds: { type: 'string', default: String(ROUNDS_DEFAULT) },
      seed: { type: 'string', default: '1' },
      'start-seconds': { type: 'string', default: String(START_MILLISECONDS_MAX / 1_000) },
    },
  });
  const databases = (['embedded', 'postgres'] as const).filter((each) => (values.database ?? each) === each);
  const plans = databases.flatMap((database) =>
    targetsOf(database, values.target).map((target) => ({
      database,
      target,
      rounds: numberOf('rounds', values.rounds),
      seed: numberOf('seed', values.seed),
      startMillisecondsMax: numberOf('start-seconds', values['start-seconds']) * 1_000,
    })),
  );
  if (plans.length === 0)
    throw new Error('--database is embedded or postgres; --target one of its parts, both, each or all');
  return plans;
}

function targetsOf(database: KillPlan['database'], target: string): Target[] {
  if (target === 'all') return [...TARGETS[database]];
  return ([...TARGETS[database], 'each'] as const).filter((known) => known === target);
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} is a number from 1, not "${text}"`);
  return number;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
