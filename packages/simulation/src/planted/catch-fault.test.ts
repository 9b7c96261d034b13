import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Outcomes } from '../seeds/outcomes.js';
import { runSeed } from '../seeds/run-seed.js';
import { Tally } from '../seeds/tally.js';
import { closeTestDatabases } from '../test-databases.js';
import { catchFault, PLANTED_SEEDS } from './catch-fault.js';
import { PLANTED_FAULTS, type PlantedFault } from './index.js';

// The databases of seeds plan each statement once; what comes after this file must not.
afterAll(closeTestDatabases);

/** Where the story changed since the seed was written down, one of the next ones catches the fault. */
const SEEDS_TRIED = 10;

const caughtFaults = PLANTED_FAULTS.flatMap((fault) =>
  fault.caughtAt === null ? [] : [[fault.name, fault, fault.caughtAt] as const],
);

describe.each(caughtFaults)('%s', (_name, fault, { seed: firstSeed, steps }) => {
  test('is caught when it is planted, and by the fault: the same seed without it breaks nothing', async () => {
    const caught = await catchFault(fault, { database: 'embedded', firstSeed, seeds: SEEDS_TRIED, steps });
    expect(fault.caughtBy).toContain(caught?.violation.rule);
    const seed = caught?.seed ?? firstSeed;
    expect(seed).toBeLessThanOrEqual(PLANTED_SEEDS);
    const sound = await runSeed({
      database: 'embedded',
      seed,
      steps: caught?.step ?? steps,
      tally: new Tally(),
      outcomes: new Outcomes(),
    });
    expect(sound.violations).toEqual([]);
  });
});

test('the documentation says of each planted fault what it does, who had it, what catches it and where', () => {
  const text = readFileSync(new URL('../../../../docs/simulation.md', import.meta.url), 'utf8');
  for (const fault of PLANTED_FAULTS) expect(text).toContain(rowOf(fault));
  expect(text.match(/^\| `/gm)).toHaveLength(PLANTED_FAULTS.length);
});

function rowOf({ name, breaks, thread, caughtBy, caughtAt }: PlantedFault): string {
  const had = thread.replace('https://github.com/', '').replace(/\/(issues|pull)\//, '#');
  const rules = caughtBy.map((rule) => `\`${rule}\``).join(', ');
  const at = caughtAt === null ? 'no seed known yet' : `seed ${caughtAt.seed}, ${caughtAt.steps} steps`;
  return `| \`${name}\` | ${breaks} | [${had}](${thread}) | ${rules} | ${at} |`;
}

test('each planted fault names the public thread in which somebody had it', () => {
  const threads = PLANTED_FAULTS.map(({ thread }) => thread);
  for (const thread of threads) expect(thread).toMatch(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/);
  expect(new Set(threads).size).toBe(threads.length);
  expect(threads.length).toBeGreaterThanOrEqual(15);
});
