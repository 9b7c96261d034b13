import { expect, test } from 'vitest';
import { mayCollect, mayPublish } from './capabilities.js';
import type { CardPayments } from './connection.js';
import type { ConnectionStatus } from './states.js';

test('CON-5: plans are published while the connection is in order', () => {
  expect(mayPublish({ status: 'connected', reason: 'key_proven' })).toEqual({ ok: true, value: null });
});

test.each<ConnectionStatus>(['connecting', 'in_progress', 'error', 'disconnected'])(
  'CON-5: no plan is published while it is %s',
  (status) => {
    expect(mayPublish({ status, reason: 'requirements_due' })).toEqual({
      ok: false,
      error: { code: 'connection_not_connected', status, reason: 'requirements_due' },
    });
  },
);

test.each<[ConnectionStatus, boolean, CardPayments, string | null]>([
  ['connected', true, 'active', null],
  ['in_progress', true, 'active', null],
  ['error', true, 'active', null],
  ['connected', true, 'unknown', null],
  ['connecting', true, 'unknown', 'card_payments_not_active'],
  ['in_progress', true, 'pending', 'card_payments_not_active'],
  ['connected', true, 'inactive', 'card_payments_not_active'],
  ['connected', false, 'active', 'connection_not_enabled'],
  ['disconnected', true, 'active', 'connection_disconnected'],
  ['disconnected', false, 'inactive', 'connection_disconnected'],
])('CON-5: collecting while %s, enabled: %s, card payments %s: %s', (status, enabled, cardPayments, code) => {
  const outcome = mayCollect({ status, reason: 'account_active', enabled, cardPayments });
  expect(outcome).toMatchObject(code === null ? { ok: true } : { ok: false, error: { code } });
});
