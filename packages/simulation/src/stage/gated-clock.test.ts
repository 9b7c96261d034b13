import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.js';
import { SeededRandom } from '../seeded-random.js';
import { gatedClock } from './gated-clock.js';
import { Scheduler } from './scheduler.js';

it('who waits for a timer when his process is killed comes to his end, too: at his next call outside', async () => {
  const random = new SeededRandom();
  random.reseed(1, 0, 1);
  const scheduler = new Scheduler(random);
  const clock = gatedClock(new ManualClock('2027-01-31T22:00:00Z'), scheduler);
  const ends: string[] = [];
  scheduler.spawn('who pauses', async () => {
    await new Promise<void>((resolve) => void clock.after(50, resolve));
    await scheduler.gate('something', async () => {}).catch((error: Error) => ends.push(error.name));
  });
  await scheduler.step();
  await scheduler.crash('before');
  expect(ends).toEqual(['ProcessGone']);
});
