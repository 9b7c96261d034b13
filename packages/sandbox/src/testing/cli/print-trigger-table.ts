import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openTriggerRun, type TriggerRow } from './trigger-run.js';
import { triggerSums, triggerTable } from './trigger-table.js';

// The program: `npm run sandbox:triggers [-- --write] [-- customer.created …]`. Runs the official CLI's triggers one after
// the other against a sandbox of its own and ends with 1 when one that is in scope fails.

const document = fileURLToPath(new URL('../../../docs/cli-triggers.md', import.meta.url));
/** What is written by hand stands above it. */
const mark = '<!-- made by: npm run sandbox:triggers -- --write -->';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const run = await openTriggerRun();
try {
  const triggers = positionals.length > 0 ? positionals : await run.triggers();
  const rows: TriggerRow[] = [];
  for (const trigger of triggers) {
    const row = await run.run(trigger);
    rows.push(row);
    process.stdout.write(`${row.outcome.padEnd(12)}  ${row.trigger}${row.note === '' ? '' : `  (${row.note})`}\n`);
  }
  process.stdout.write(`${triggerSums(rows)}\n`);
  if (values.write === true) {
    const [byHand = ''] = readFileSync(document, 'utf8').split(mark);
    writeFileSync(document, `${byHand}${mark}\n\n${triggerTable(rows)}`);
  }
  if (rows.length === 0 || rows.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
} finally {
  await run.close();
}
