import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { changeConnectionStatus } from './change-status.js';
import type { Connection } from './connection.js';
import {
  CONNECTION_REASONS,
  CONNECTION_STATES,
  type ConnectionEvent,
  type ConnectionReason,
  type ConnectionStatus,
  isLoss,
  isPartedWith,
} from './states.js';

const now = instantOf(5_000);
const connection: Connection = {
  environmentId: 'env_1',
  id: 'con_1',
  code: 'stripe',
  name: 'Stripe',
  mode: 'key',
  status: 'connected',
  reason: 'key_proven',
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
  deadlineAt: null,
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

const change = (from: Partial<Connection>, reason: ConnectionReason, message: string | null = null) =>
  changeConnectionStatus({ ...connection, ...from }, { reason, message, now });

test.each<[ConnectionStatus, ConnectionReason, ConnectionReason, ConnectionStatus, string]>([
  ['connecting', 'account_status_awaited', 'key_proven', 'connected', 'connection.connected'],
  ['connecting', 'account_status_awaited', 'requirements_due', 'in_progress', 'connection.updated'],
  ['in_progress', 'requirements_due', 'account_active', 'connected', 'connection.connected'],
  ['in_progress', 'requirements_due', 'verification_pending', 'in_progress', 'connection.updated'],
  ['connected', 'account_active', 'requirements_due', 'in_progress', 'connection.updated'],
  ['connected', 'key_proven', 'permission_missing', 'error', 'connection.updated'],
  ['connected', 'key_proven', 'key_refused', 'disconnected', 'connection.lost'],
  ['connected', 'account_active', 'deauthorized_in_stripe', 'disconnected', 'connection.lost'],
  ['connected', 'key_proven', 'disconnected_by_operator', 'disconnected', 'connection.disconnected'],
  ['error', 'events_missing', 'key_proven', 'connected', 'connection.connected'],
  ['disconnected', 'key_refused', 'disconnected_by_operator', 'disconnected', 'connection.disconnected'],
  ['disconnected', 'disconnected_by_operator', 'reconnected', 'connecting', 'connection.updated'],
  ['disconnected', 'key_refused', 'reconnected', 'connecting', 'connection.updated'],
])('%s (%s), then %s: %s, told as %s', (status, before, reason, to, type) => {
  expect(change({ status, reason: before }, reason, 'said Stripe')).toEqual({
    ok: true,
    value: {
      connection: { ...connection, status: to, reason, statusMessage: 'said Stripe', statusChangedAt: now },
      transition: { from: status, to, reason, at: now },
      events: [{ type, objectKind: 'connection', objectId: 'con_1', customerId: null }],
    },
  });
});

test('the same news again is no line of history and is told to nobody', () => {
  expect(change({}, 'key_proven', 'other words')).toEqual({
    ok: true,
    value: { connection: { ...connection, statusMessage: 'other words' }, transition: null, events: [] },
  });
});

const reasons = Object.keys(CONNECTION_REASONS) as ConnectionReason[];

const byPeople: readonly ConnectionReason[] = ['reconnected', 'disconnected_by_operator'];

test.each(reasons.filter((reason) => !byPeople.includes(reason)))(
  'news that comes late (%s) does not bring a disconnected connection back',
  (reason) => {
    const { event } = CONNECTION_REASONS[reason];
    expect(change({ status: 'disconnected' }, reason)).toEqual({
      ok: false,
      error: { code: 'connection_transition_illegal', state: 'disconnected', event },
    });
  },
);

test('a connection that works cannot be reconnected', () => {
  expect(change({}, 'reconnected')).toMatchObject({ ok: false, error: { event: 'reconnect' } });
});

test('every event of the table has a reason, and every reason an event of the table', () => {
  const events = new Set<string>(Object.values(CONNECTION_STATES).flatMap((row) => Object.keys(row)));
  const given = new Set<ConnectionEvent>(reasons.map((reason) => CONNECTION_REASONS[reason].event));
  expect([...given].sort()).toEqual([...events].sort());
});

test('a loss is what nobody of the organization asked for', () => {
  expect(reasons.filter(isLoss)).toEqual(['key_refused', 'deauthorized_in_stripe', 'account_closed']);
});

test('parted with is only what somebody of the organization disconnected and nobody has brought back', () => {
  expect(isPartedWith({ status: 'disconnected', reason: 'disconnected_by_operator' })).toBe(true);
  expect(isPartedWith({ status: 'disconnected', reason: 'key_refused' })).toBe(false);
  expect(isPartedWith({ status: 'connecting', reason: 'reconnected' })).toBe(false);
});
