import { expect } from 'vitest';
import { isClean, printReport } from '../../src/kills/print-report.js';
import { type KillPlan, runKills, TARGETS } from '../../src/kills/run-kills.js';

const ROUNDS_A_TARGET = 4;
const SEED = 11;

/** Rounds take some seconds each; the lease of whoever was killed last ends after a minute, and the rest is a bound. */
export const timeout = 420_000;

/** Four rounds of each target of a database, in one life: what `npm run kills` plays in fifties. */
export async function expectNothingLost(database: KillPlan['database']): Promise<void> {
  const rounds = ROUNDS_A_TARGET * TARGETS[database].length;
  const report = await runKills({ database, target: 'each', rounds, seed: SEED });
  expect(isClean(report), printReport([report])).toBe(true);
  // It was a load, and the kills fell into it.
  expect(report.answered).toBeGreaterThan(rounds * 5);
  expect(report.repeated).toBeGreaterThan(0);
  expect(report.charges).toBeGreaterThan(rounds);
}
