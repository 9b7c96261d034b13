import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACTIONS } from '../story/actions.js';
import { FAULTS } from './faults.js';
import { OUTCOME_NAMES, Outcomes } from './outcomes.js';
import { type LogHead, type PlayedSeed, SeedLog } from './seed-log.js';
import { smallNumbersFromText, textFromSmallNumbers } from './small-numbers.js';
import { Tally } from './tally.js';

const head: LogHead = {
  database: 'embedded',
  steps: 200,
  actions: ACTIONS.map(({ name }) => name),
  faults: FAULTS.map(({ name }) => name),
};
const first = { action: head.actions[0] ?? '', fault: head.faults[0] ?? '' };
const last = { action: head.actions.at(-1) ?? '', fault: head.faults.at(-1) ?? '' };

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seed-log-'));
  path = join(folder, 'log.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A seed that met the first cell twice, the last one once, and came to the first outcome so many times. */
function seedWith(seed: number, outcomeCount: number, broken: readonly string[] = []): PlayedSeed {
  const tally = new Tally();
  tally.count(first.action, first.fault, 2);
  tally.count(last.action, last.fault);
  const outcomes = new Outcomes();
  outcomes.add(OUTCOME_NAMES[0] ?? '', outcomeCount);
  return { seed, broken, tally, outcomes };
}

const facts = (played: readonly PlayedSeed[]) =>
  played.map(({ seed, broken, tally, outcomes }) => ({
    seed,
    broken,
    cells: tally.print(),
    outcomes: outcomes.print(),
  }));

test('whoever opens a log again finds each seed as it was played, in the order of their numbers', () => {
  const played = [seedWith(3, 150), seedWith(2, 0, ['one_twin'])];
  const log = new SeedLog(path, head);
  for (const one of played) log.append(one);
  expect(facts(new SeedLog(path, head).read())).toEqual(facts(played.toReversed()));
});

test('a line that was cut off is dropped, and its seed can be played again', () => {
  new SeedLog(path, head).append(seedWith(1, 1));
  appendFileSync(path, '{"s":2,"c":"');
  const log = new SeedLog(path, head);
  log.append(seedWith(2, 1));
  expect(log.read().map(({ seed }) => seed)).toEqual([1, 2]);
});

test('two logs of one run that were played side by side are put together by writing one behind the other', () => {
  const other = join(folder, 'other.jsonl');
  new SeedLog(path, head).append(seedWith(1, 1));
  new SeedLog(other, head).append(seedWith(2, 1));
  appendFileSync(path, readFileSync(other));
  expect(new SeedLog(path, head).read().map(({ seed }) => seed)).toEqual([1, 2]);
});

test.each([
  ['other steps', { ...head, steps: 40 }],
  ['another database', { ...head, database: 'postgres' as const }],
  ['another version', { ...head, version: '1.2.3' }],
  ['another story', { ...head, actions: head.actions.slice(1) }],
  ['other faults', { ...head, faults: head.faults.slice(1) }],
])('a run with %s does not go on with the log', (_name, other) => {
  new SeedLog(path, head).append(seedWith(1, 1));
  expect(() => new SeedLog(path, other)).toThrow('is of another run');
});

test.each([
  ['a seed that is there twice', 'twice', () => '{"s":1,"c":"","o":"0"}'],
  ['a line that is not JSON', 'a line that is none', () => 'seed 2 passed'],
  ['too few outcomes', 'outcomes', () => '{"s":2,"c":"","o":"0"}'],
  ['a cell behind the last one', 'a cell that the story has not', () => `{"s":2,"c":"${'-'.repeat(60)}0","o":"0"}`],
])('a log with %s is not judged', (_name, message, line) => {
  const log = new SeedLog(path, head);
  log.append(seedWith(1, 1));
  const zeros = textFromSmallNumbers(OUTCOME_NAMES.map(() => 0));
  appendFileSync(path, `${message === 'outcomes' ? line() : line().replace('"o":"0"', `"o":"${zeros}"`)}\n`);
  expect(() => log.read()).toThrow(message);
});

test('a file that is no log stays as it is', () => {
  writeFileSync(path, 'something else\nwithout an end');
  expect(() => new SeedLog(path, head)).toThrow('is of another run');
  expect(readFileSync(path, 'utf8')).toBe('something else\nwithout an end');
});

test('small numbers are the same after they were written, and great ones too', () => {
  const numbers = [0, 1, 9, 10, 35, 36, 61, 62, 63, 123, 124, 1_000];
  expect(smallNumbersFromText(textFromSmallNumbers(numbers))).toEqual(numbers);
  expect(textFromSmallNumbers([0, 9, 10, 36, 61, 62])).toBe('09aAZ-0');
  expect(() => smallNumbersFromText('1-')).toThrow('cut off');
  expect(() => smallNumbersFromText('1 2')).toThrow('no number is written with " "');
});
