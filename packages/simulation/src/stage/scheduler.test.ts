import { expect, it } from 'vitest';
import { SeededRandom } from '../seeded-random.js';
import { Scheduler } from './scheduler.js';

const schedulerOf = (seed: number) => {
  const random = new SeededRandom();
  random.reseed(seed, 0, 1);
  return new Scheduler(random);
};

it('a crash reaches also who waits for another: his client is told that no answer comes', async () => {
  const scheduler = schedulerOf(1);
  const ends: string[] = [];
  scheduler.spawn('who waits', async () => {
    await scheduler.wait(new Promise(() => {})).catch((error: Error) => ends.push(error.name));
  });
  await scheduler.drain(10);
  expect(ends).toEqual([]);
  await scheduler.crash('before');
  expect(ends).toEqual(['ProcessGone']);
});

it('who waited for another goes on in a turn of his own', async () => {
  const scheduler = schedulerOf(1);
  const ends: string[] = [];
  let bring = (_: string) => {};
  const outcome = new Promise<string>((resolve) => {
    bring = resolve;
  });
  scheduler.spawn('who waits', async () => void ends.push(await scheduler.wait(outcome)));
  scheduler.spawn('who brings', async () => {
    await scheduler.gate('something', async () => {});
    bring('brought');
    ends.push('left');
  });
  await scheduler.drain(10);
  expect(ends).toEqual(['left', 'brought']);
});

it('names who was let go on and has not come to his next call', async () => {
  const scheduler = schedulerOf(1);
  expect(scheduler.goingOn).toBeNull();
  let end = () => {};
  scheduler.spawn('refund', async () => {
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  const step = scheduler.step();
  expect(scheduler.goingOn).toBe('refund: start');
  end();
  await step;
  expect(scheduler.goingOn).toBeNull();
});

it('who is killed right after his start comes to his end before anything else goes on, however late he first calls', async () => {
  const scheduler = schedulerOf(1);
  const ends: string[] = [];
  scheduler.spawn('a request whose body is read first', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await scheduler.gate('something', async () => ends.push('called')).catch((error: Error) => ends.push(error.name));
  });
  expect(await scheduler.crash('after')).toBe('after a request whose body is read first: start');
  expect(ends).toEqual(['ProcessGone']);
});

it('who is killed before his start never begins', async () => {
  const scheduler = schedulerOf(1);
  const ends: string[] = [];
  scheduler.spawn('a request', async () => void ends.push('begun'));
  await scheduler.crash('before');
  await scheduler.drain(10);
  expect(ends).toEqual([]);
});
