import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import type { Connection } from './connection.js';
import { noticesOf } from './notices.js';
import { CONNECTION_REASONS, type ConnectionReason } from './states.js';

const connection: Connection = {
  environmentId: 'env_1',
  id: 'con_1',
  code: 'stripe',
  name: 'Stripe',
  mode: 'key',
  status: 'connected',
  reason: 'key_proven',
  statusMessage: null,
  statusChangedAt: instantOf(1_000),
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
  webhookMode: 'managed',
  webhookEndpointId: 'we_1',
  webhookProblem: null,
  lastPushAt: instantOf(500),
  lastEventAt: null,
  version: 1,
  createdAt: instantOf(0),
};

const seen = (changes: Partial<Connection>, isSilent = false) =>
  noticesOf({ ...connection, ...changes }, { isSilent }).map(({ code, severity }) => `${severity} ${code}`);

test.each<[string, Partial<Connection>, string[]]>([
  ['works', {}, []],
  ['is new', { status: 'connecting', reason: 'account_status_awaited' }, []],
  ['was switched off', { enabled: false }, []],
  ['was parted with', { status: 'disconnected', reason: 'disconnected_by_operator' }, []],
  ['is lost', { status: 'disconnected', reason: 'key_refused' }, ['critical connection_lost']],
  ['lacks a right', { status: 'error', reason: 'permission_missing' }, ['critical connection_trouble']],
  ['wants details and earns on', { status: 'in_progress', reason: 'requirements_due' }, ['warning details_wanted']],
  [
    'wants details and earns on, though switched off',
    { status: 'in_progress', reason: 'requirements_due', enabled: false },
    ['warning details_wanted'],
  ],
  [
    'wants details and takes no money',
    { status: 'in_progress', reason: 'card_payments_pending', cardPayments: 'pending' },
    ['critical details_wanted'],
  ],
])('CON-8: of a connection that %s: %s', (_what, changes, notices) => {
  expect(seen(changes)).toEqual(notices);
});

test('CON-8: an endpoint that Stripe does not reach is told beside the status, behind what is worse', () => {
  expect(seen({}, true)).toEqual(['warning endpoint_silent']);
  expect(seen({ status: 'error', reason: 'check_failed' }, true)).toEqual([
    'critical connection_trouble',
    'warning endpoint_silent',
  ]);
  expect(seen({ status: 'disconnected', reason: 'key_refused' }, true)).toEqual(['critical connection_lost']);
});

test('a notice says what Stripe said, since when, until when money still comes, and what to do', () => {
  const deadlineAt = instantOf(9_000);
  const wanted = { status: 'in_progress', reason: 'requirements_due', statusMessage: 'external_account', deadlineAt };
  expect(noticesOf({ ...connection, ...(wanted as Partial<Connection>) }, { isSilent: false })).toEqual([
    {
      code: 'details_wanted',
      severity: 'warning',
      sentence: 'Stripe wants details about the account. external_account',
      nextAction: expect.stringContaining('Give Stripe the details'),
      since: instantOf(1_000),
      deadlineAt,
    },
  ]);
});

test('whatever is lost, and whatever is in trouble, has a notice with a next step', () => {
  for (const reason of Object.keys(CONNECTION_REASONS) as ConnectionReason[]) {
    const { event } = CONNECTION_REASONS[reason];
    const status = event === 'access_lost' ? 'disconnected' : event === 'trouble_found' ? 'error' : null;
    if (status === null) continue;
    const [notice] = noticesOf({ ...connection, status, reason }, { isSilent: false });
    expect(notice).toMatchObject({ severity: 'critical', nextAction: expect.any(String) });
  }
});
