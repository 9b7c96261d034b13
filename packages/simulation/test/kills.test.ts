import { expect, test } from 'vitest';
import { isClean, printReport } from '../src/kills/print-report.js';
import { runKills, type Target } from '../src/kills/run-kills.js';
import { type DatabaseKind, testDatabases } from '../src/test-databases.js';

const SEED = 11;
/** A bound for what hangs, not a promise: other tests keep the machine busy. */
const START_MILLISECONDS_MAX = 60_000;

/** Rounds take some seconds each; the lease of whoever was killed last ends after a minute, and the rest is a bound. */
const timeout = 300_000;

/** The target whose fall takes the most with it; `npm run kills` plays all of them, in fifties. */
const TARGET: Readonly<Record<DatabaseKind, Target>> = { embedded: 'both', postgres: 'server' };
const ROUNDS = 1;

// Side by side, because most of the time goes into waiting for leases to end. Where tests have no PostgreSQL there is none to
// kill; `npm test` says so at its end.
test.concurrent.each(testDatabases())(
  'what is killed under load loses nothing answered, does nothing twice, and starts again, on %s',
  { timeout },
  async (database) => {
    const report = await runKills({
      database,
      target: TARGET[database],
      rounds: ROUNDS,
      seed: SEED,
      startMillisecondsMax: START_MILLISECONDS_MAX,
    });
    expect(isClean(report), printReport([report])).toBe(true);
    // It was a load, and the kills fell into it.
    expect(report.kills).toBeGreaterThanOrEqual(ROUNDS);
    expect(report.answered).toBeGreaterThan(ROUNDS * 5);
    expect(report.repeated).toBeGreaterThan(0);
    expect(report.charges).toBeGreaterThan(ROUNDS);
  },
);
