import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { neverEnded } from './never-ended.js';

const SOURCE = new URL('../../dist/seeds/never-ended.js', import.meta.url).href;

const standing = (goingOn: string | null, waiting: readonly string[] = [], history: readonly string[] = []) => ({
  history,
  universe: { scheduler: { goingOn, waiting } },
});

it('tells of a seed that waits for nothing any more who was let go on last, what is asked, and who waits', () => {
  expect(
    neverEnded('seed 7 on postgres', standing('worker: select jobs', ['job collect: timer'], ['4 first: refund'])),
  ).toBe(`seed 7 on postgres never ended: it waits for something that nothing brings
  latest: 4 first: refund
  going_on: worker: select jobs
  asked: nothing of the database
  waiting: job collect: timer`);
});

it('speaks when its process has nothing left to do, and is silent about a seed that ended', () => {
  const script = (play: string) => `
const { toldIfNeverEnded } = await import(${JSON.stringify(SOURCE)});
const standing = { history: [], universe: { scheduler: { goingOn: null, waiting: [] } } };
await toldIfNeverEnded('seed 7', standing, ${play});`;
  const run = (play: string) => {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script(play)], {
      encoding: 'utf8',
    });
    return { status, stderr };
  };
  const hung = run('() => new Promise(() => {})');
  expect(hung.status).toBe(13);
  expect(hung.stderr).toContain('seed 7 never ended');
  expect(run('async () => {}')).toEqual({ status: 0, stderr: '' });
});
