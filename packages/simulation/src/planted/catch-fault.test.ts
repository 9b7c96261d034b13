import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Outcomes } from '../seeds/outcomes.js';
import { runSeed } from '../seeds/run-seed.js';
import { Tally } from '../seeds/tally.js';
import { closeTestDatabases } from '../test-databases.js';
import { catchFault } from './catch-fault.js';
import { PLANTED_FAULTS, type PlantedFault } from './index.js';

// The databases of seeds plan each statement once; what comes after this file must not.
afterAll(closeTestDatabases);

const database = 'embedded';
/** Where the program or the story changed, a later seed is the one that catches the fault. */
const SEEDS_TRIED = 10;

test.each(PLANTED_FAULTS.map((fault) => [fault.name, fault] as const))(
  '%s is caught in a short story about it, and by the fault: the same story without it breaks nothing',
  async (_name, fault) => {
    const { shortStory: focus, caughtBy } = fault;
    const { steps } = focus;
    const caught = await catchFault(fault, { database, firstSeed: focus.seed, seeds: SEEDS_TRIED, steps, focus });
    expect(caughtBy).toContain(caught.violation?.rule);
    const { seed, step } = caught;
    const sound = await runSeed({ database, seed, steps: step, focus, tally: new Tally(), outcomes: new Outcomes() });
    expect(sound.violations).toEqual([]);
  },
);

test('the documentation says of each planted fault what it does, who had it, what catches it and where', () => {
  const text = readFileSync(new URL('../../../../docs/simulation.md', import.meta.url), 'utf8');
  for (const fault of PLANTED_FAULTS) expect(text).toContain(rowOf(fault));
  expect(text.match(/^\| `/gm)).toHaveLength(PLANTED_FAULTS.length);
});

function rowOf({ name, breaks, thread, caughtAt }: PlantedFault): string {
  const had = thread.replace('https://github.com/', '').replace(/\/(issues|pull)\//, '#');
  const caught =
    caughtAt === null ? 'not yet | | ' : `\`${caughtAt.rule}\` | ${caughtAt.seed} | ${caughtAt.seedsPlayed}`;
  return `| \`${name}\` | ${breaks} | [${had}](${thread}) | ${caught} |`;
}

test('each planted fault names the public thread in which somebody had it', () => {
  const threads = PLANTED_FAULTS.map(({ thread }) => thread);
  for (const thread of threads) expect(thread).toMatch(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/);
  expect(new Set(threads).size).toBe(threads.length);
  expect(threads.length).toBeGreaterThanOrEqual(15);
});
