// Runs the benchmarks named on the command line, or all of them: `npm run bench -- start`. Each is one file beside this
// one that exports `run()`; it gives its rows, which are printed as a table and, with --json, as JSON. It ends with 1 when a
// bound is missed that the row says is held (`isHeld`): others are goals, and depend on the machine.
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.slice(0, -'.bench.mjs'.length));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark "${unknown[0]}": there are ${known.join(', ')}.\n`);
  process.exit(1);
}

process.stdout.write(
  `Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}\n`,
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const results = {};
for (const name of named.length > 0 ? named : known) {
  const { title, run } = await import(join(folder, `${name}.bench.mjs`));
  process.stdout.write(`\n${title}\n`);
  const rows = await run();
  results[name] = rows;
  const width = Math.max(...rows.map((row) => row.what.length));
  for (const row of rows) {
    if (row.isHeld === true && !isReached(row)) process.exitCode = 1;
    process.stdout.write(
      `  ${row.what.padEnd(width)}  ${String(row.median).padStart(8)} ${row.unit.padEnd(4)}` +
        `${row.minimum === undefined ? '' : `  (${row.minimum} to ${row.maximum})`}` +
        `${row.bound === undefined ? '' : `  bound ${row.bound} ${row.unit}: ${isReached(row) ? 'kept' : 'MISSED'}`}` +
        `${row.atLeast === undefined ? '' : `  goal ${row.atLeast} ${row.unit}: ${isReached(row) ? 'reached' : 'MISSED'}`}\n`,
    );
  }
}
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);

function isReached({ median, bound = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }) {
  return median <= bound && median >= atLeast;
}
