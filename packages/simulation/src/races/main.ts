import { parseArgs } from 'node:util';
import { isEachOnce, printRaces } from './print-races.js';
import { runRaces } from './run-races.js';

const ROUNDS_DEFAULT = 25;

/** `npm run races -- [--rounds N]`: four servers on one PostgreSQL, asked for the same thing at once. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: String(ROUNDS_DEFAULT) } } });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is a number from 1, not "${values.rounds}"`);
  const report = await runRaces(rounds, (line) => process.stdout.write(`  ${line}\n`));
  const isClean = isEachOnce(report);
  process.stdout.write(`\n${printRaces(report)}\n\nraces: ${isClean ? 'each had exactly one effect' : 'failed'}\n`);
  process.exitCode = isClean ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
