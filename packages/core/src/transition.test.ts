import { expect, test } from 'vitest';
import { type StateTable, transition } from './transition.js';

const DOOR: StateTable<'open' | 'shut', 'push' | 'pull'> = { open: { push: 'shut' }, shut: { pull: 'open' } };

test('a pair in the table leads to its state', () => {
  expect(transition(DOOR, { state: 'open', event: 'push' }, 'door_stuck')).toEqual({ ok: true, value: 'shut' });
});

test('a pair that is not in the table is refused by name, with both parts', () => {
  expect(transition(DOOR, { state: 'open', event: 'pull' }, 'door_stuck')).toEqual({
    ok: false,
    error: { code: 'door_stuck', state: 'open', event: 'pull' },
  });
});
