import { expect, test } from 'vitest';
import { testDatabases } from '../test-databases.js';
import { Outcomes } from './outcomes.js';
import { runSeed, type SeedOptions } from './run-seed.js';
import { Tally } from './tally.js';

const STEPS = 40;

const play = (more: Pick<SeedOptions, 'database' | 'seed'> & Partial<SeedOptions>) =>
  runSeed({ steps: STEPS, tally: new Tally(), outcomes: new Outcomes(), ...more });

test.each(testDatabases())('a seed tells the same story alone and behind another, on %s', async (database) => {
  const alone = await play({ database, seed: 17 });
  await play({ database, seed: 5 });
  const behind = await play({ database, seed: 17 });
  expect(behind.history).toEqual(alone.history);
  expect(alone.violations).toEqual([]);
});

test('a seed tells the same story on every database', async () => {
  const stories = [];
  for (const database of testDatabases()) stories.push((await play({ database, seed: 16 })).history);
  for (const story of stories) expect(story).toEqual(stories[0]);
});

test('a step that is left out is not played, and the others pick what they picked', async () => {
  const [database = 'embedded'] = testDatabases();
  const whole = await play({ database, seed: 17 });
  const last = whole.history.at(-1) ?? '';
  const shorter = await play({ database, seed: 17, without: new Set([Number.parseInt(last, 10)]) });
  expect(shorter.history).toEqual(whole.history.filter((line) => !line.startsWith(`${Number.parseInt(last, 10)} `)));
});

test.each(testDatabases())(
  'INV-7: a refund somebody asks for may take along the thousandths that no excess could give back, on %s',
  async (database) => {
    const { violations } = await play({ database, seed: 362, steps: 200 });
    expect(violations).toEqual([]);
  },
);

test.each(testDatabases())(
  'OUT-1: a message that failed five times may come after the next one of its object, on %s',
  async (database) => {
    // Its host stays down for hours, which few seeds tell.
    const { violations } = await play({ database, seed: 1_795_834_150, steps: 200 });
    expect(violations).toEqual([]);
  },
);
