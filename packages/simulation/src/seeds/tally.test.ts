import { expect, test } from 'vitest';
import { ACTIONS } from '../story/actions.js';
import { FAULTS } from './faults.js';
import { CELL_COUNT_MIN, SEEDS_FOR_EVERY_CELL, Tally } from './tally.js';

const named = (...names: string[]) => names.map((name) => ({ name }));
const actions = named('pay', 'refund');
const faults = named('none', 'crash');

/** Every cell often enough but one. */
function tallyWith(action: string, fault: string, count: number): Tally {
  const tally = new Tally();
  for (const one of actions) for (const other of faults) tally.count(one.name, other.name, CELL_COUNT_MIN);
  tally.count(action, fault, count - CELL_COUNT_MIN);
  return tally;
}

test.each([
  ['one too few', 2_000, 99, [{ action: 'refund', fault: 'crash', count: 99 }]],
  ['just enough', 2_000, 100, []],
  ['one too few in a longer run', 5_000, 99, [{ action: 'refund', fault: 'crash', count: 99 }]],
  ['none at all', 2_000, 0, [{ action: 'refund', fault: 'crash', count: 0 }]],
  ['one too few in a run that is too short to be judged', 1_999, 99, []],
])('a cell that came %s is told of, with its count', (_name, seeds, count, short) => {
  expect(tallyWith('refund', 'crash', count).shortAfter(seeds, actions, faults)).toEqual(short);
});

test('an action that nobody did and a fault that never came are short in each of their cells', () => {
  const tally = tallyWith('pay', 'none', CELL_COUNT_MIN);
  const short = tally.shortAfter(2_000, [...actions, ...named('void')], [...faults, ...named('outage')]);
  expect(short.map(({ action, fault, count }) => `${action} ${fault} ${count}`)).toEqual([
    'pay outage 0',
    'refund outage 0',
    'void none 0',
    'void crash 0',
    'void outage 0',
  ]);
});

test('a run in which nothing happened is short in every cell that the story has', () => {
  const short = new Tally().shortAfter(SEEDS_FOR_EVERY_CELL, ACTIONS, FAULTS);
  expect(short).toHaveLength(ACTIONS.length * FAULTS.length);
});

test('no two actions and no two faults have the same name, or a cell would be two', () => {
  for (const items of [ACTIONS, FAULTS]) expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
});
