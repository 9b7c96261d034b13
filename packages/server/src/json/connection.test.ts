import { type Connection, instantOf } from '@tollbridge/core';
import { expect, test } from 'vitest';
import { connectionToJson } from './connection.js';

const connection: Connection = {
  environmentId: 'env_1',
  id: 'con_1',
  code: 'stripe',
  name: 'Stripe',
  mode: 'key',
  status: 'in_progress',
  reason: 'requirements_due',
  statusMessage: null,
  statusChangedAt: instantOf(0),
  enabled: true,
  createCustomers: false,
  isDefault: true,
  stripeAccountId: 'acct_1',
  livemode: false,
  host: 'sandbox',
  apiVersion: '2026-10-28.endive',
  publishableKey: null,
  secretKeyHint: 'sk_test_…abcd',
  cardPayments: 'active',
  requirements: [],
  deadlineAt: instantOf(Date.parse('2027-04-01T12:00:00Z')),
  checklist: [],
  accountWanted: null,
  connectedBy: null,
  webhookMode: 'none',
  webhookEndpointId: null,
  webhookProblem: null,
  lastPushAt: null,
  lastEventAt: null,
  version: 1,
  createdAt: instantOf(0),
};

const shown = (changes: Partial<Connection>) => connectionToJson({ ...connection, ...changes });

test('CON-5: an account with requirements due later collects, and the sentence says until when; it publishes nothing', () => {
  expect(shown({})).toMatchObject({
    sentence: expect.stringMatching(/ Payments still work until 2027-04-01\.$/),
    may_collect: { allowed: true, reason: null },
    may_publish: { allowed: false, reason: 'connection_not_connected' },
  });
  expect(shown({ deadlineAt: null }).sentence).toMatch(/ Payments still work\.$/);
});

test.each<[string, Partial<Connection>, string]>([
  ['no active card payments', { cardPayments: 'inactive' }, 'card_payments_not_active'],
  ['its switch off', { enabled: false }, 'connection_not_enabled'],
  ['its link lost', { status: 'disconnected', reason: 'key_refused' }, 'connection_disconnected'],
])('CON-5: with %s it promises no payments, and the refusal carries its reason', (_what, changes, reason) => {
  const card = shown(changes);
  expect(card.sentence).not.toContain('still work');
  expect(card.may_collect).toEqual({ allowed: false, reason });
});
