import { expect, test } from 'vitest';
import { isClean, printReport } from '../src/kills/print-report.js';
import { runKills, TARGETS } from '../src/kills/run-kills.js';
import { testDatabases } from '../src/test-databases.js';

const SEED = 11;
/** A bound for what hangs, not a promise: other tests keep the machine busy. */
const START_MILLISECONDS_MAX = 60_000;

/** Rounds take some seconds each; the lease of whoever was killed last ends after a minute, and the rest is a bound. */
const timeout = 300_000;

// One round of each target of a database, in one life: what `npm run kills` plays in fifties. Side by side, because most of the
// time goes into waiting for leases to end. Where tests have no PostgreSQL there is none to kill; `npm test` says so at its end.
test.concurrent.each(testDatabases())(
  'what is killed under load loses nothing answered, does nothing twice, and starts again, on %s',
  { timeout },
  async (database) => {
    const rounds = TARGETS[database].length;
    const report = await runKills({
      database,
      target: 'each',
      rounds,
      seed: SEED,
      startMillisecondsMax: START_MILLISECONDS_MAX,
    });
    expect(isClean(report), printReport([report])).toBe(true);
    // It was a load, and the kills fell into it.
    expect(report.kills).toBe(rounds);
    expect(report.answered).toBeGreaterThan(rounds * 5);
    expect(report.repeated).toBeGreaterThan(0);
    expect(report.charges).toBeGreaterThan(rounds);
  },
);
