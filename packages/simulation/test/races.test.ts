import { describe, expect, test } from 'vitest';
import { isEachOnce, printRaces } from '../src/races/print-races.js';
import { runRaces } from '../src/races/run-races.js';
import { testDatabases } from '../src/test-databases.js';

const ROUNDS = 2;
const timeout = 300_000;

// Where tests have no PostgreSQL there is nothing to share; `npm test` says so in its last lines.
const present = testDatabases().filter((kind) => kind === 'postgres');

describe.each(present)('four servers on one %s', { timeout }, () => {
  test('asked for the same thing at once, they do it exactly once', async () => {
    const report = await runRaces(ROUNDS);
    expect(isEachOnce(report), printRaces(report)).toBe(true);
    for (const { rounds, tries } of report.counts) expect(tries).toBeGreaterThanOrEqual(rounds * 8);
  });
});
