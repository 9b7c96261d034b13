import { expect, test } from 'vitest';
import type { ConnectedBy, Connection } from './connection.js';
import { mayReconnect } from './reconnect-rule.js';

const anna: ConnectedBy = { kind: 'person', id: 'anna' };
const ben: ConnectedBy = { kind: 'person', id: 'ben' };
const key: ConnectedBy = { kind: 'api_key', id: 'key_1' };
const lost = { mode: 'oauth', status: 'disconnected', reason: 'check_failed', connectedBy: anna } as const;

type Facts = Partial<Pick<Connection, 'mode' | 'status' | 'reason' | 'connectedBy'>>;

test.each<[string, Facts, ConnectedBy, string]>([
  ['whoever connected it', {}, anna, 'may'],
  ['somebody else', {}, ben, 'reconnect_other_person'],
  ['somebody else, after the app was uninstalled inside Stripe', { reason: 'deauthorized_in_stripe' }, ben, 'may'],
  [
    'somebody else, after we parted with it ourselves',
    { reason: 'disconnected_by_operator' },
    ben,
    'reconnect_other_person',
  ],
  ['a key of ours', {}, key, 'may'],
  ['a person, after a key of ours', { connectedBy: key }, ben, 'may'],
  ['a person, after nobody who is known', { connectedBy: null }, ben, 'may'],
  ['somebody else by a key of the same account', { mode: 'key' }, ben, 'may'],
  [
    'whoever connected it, while it works',
    { status: 'connected', reason: 'account_active' },
    anna,
    'connection_not_lost',
  ],
  ['whoever connected it, while details are due', { status: 'in_progress' }, anna, 'connection_not_lost'],
  ['whoever connected it, while it is in trouble', { status: 'error' }, anna, 'may'],
  ['whoever begins it', { status: 'connecting', reason: 'consent_awaited' }, anna, 'may'],
  ['whoever had the account made', { mode: 'managed', reason: 'disconnected_by_operator' }, anna, 'connection_over'],
  ['whoever connected an account that was closed', { reason: 'account_closed' }, anna, 'connection_over'],
])('CON-9: %s: %j by %j: %s', (_who, facts, by, expected) => {
  const outcome = mayReconnect({ ...lost, ...facts }, by);
  expect(outcome.ok ? 'may' : outcome.error.code).toBe(expected);
});
