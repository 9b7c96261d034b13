import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { type AccountState, judgeAccount, judgeConnection } from './account-state.js';
import { mayCollect, mayPublish } from './capabilities.js';
import { changeConnectionStatus } from './change-status.js';
import type { Connection } from './connection.js';
import type { ConnectionMode } from './mode.js';
import { nextActionOf } from './next-action.js';
import { noticesOf } from './notices.js';
import { permissionChecklist, STRIPE_PERMISSIONS } from './permissions.js';
import { mayReconnect } from './reconnect-rule.js';
import { CONNECTION_REASONS, CONNECTION_STATES, type ConnectionReason, isOver } from './states.js';

/** What somebody asks for, Stripe tells or a check finds, in any order. */
type Step =
  | { readonly kind: 'happens'; readonly reason: ConnectionReason }
  | { readonly kind: 'seen'; readonly account: AccountState; readonly missing: readonly string[] }
  | { readonly kind: 'switched' }
  | { readonly kind: 'reconnects'; readonly person: string };

const account: fc.Arbitrary<AccountState> = fc.record({
  cardPayments: fc.constantFrom('active', 'pending', 'inactive', 'unknown'),
  requirements: fc.array(
    fc.record({
      field: fc.constantFrom('company.name', 'external_account', 'individual.verification.document'),
      deadlineAt: fc.option(fc.integer({ min: 0, max: 100 }).map(instantOf)),
      stopsPayments: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  isVerificationPending: fc.boolean(),
  disabledReason: fc.option(fc.constantFrom('requirements.past_due', 'rejected.fraud', 'under_review')),
  isClosed: fc.boolean(),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('happens' as const),
    reason: fc.constantFrom(...(Object.keys(CONNECTION_REASONS) as ConnectionReason[])),
  }),
  fc.record({
    kind: fc.constant('seen' as const),
    account,
    missing: fc.subarray(
      STRIPE_PERMISSIONS.map(({ permission }) => permission),
      { maxLength: 2 },
    ),
  }),
  fc.record({ kind: fc.constant('switched' as const) }),
  fc.record({ kind: fc.constant('reconnects' as const), person: fc.constantFrom('anna', 'ben') }),
);

const begun = (mode: ConnectionMode): Connection => ({
  environmentId: 'env_1',
  id: 'con_1',
  code: 'stripe',
  name: 'Stripe',
  mode,
  status: 'connecting',
  reason: mode === 'oauth' ? 'consent_awaited' : 'account_status_awaited',
  statusMessage: null,
  statusChangedAt: instantOf(0),
  enabled: true,
  createCustomers: false,
  isDefault: true,
  stripeAccountId: 'acct_1',
  connectedBy: { kind: 'person', id: 'anna' },
  livemode: false,
  host: 'sandbox',
  apiVersion: '2026-10-28.endive',
  publishableKey: null,
  secretKeyHint: null,
  cardPayments: 'unknown',
  requirements: [],
  deadlineAt: null,
  checklist: [],
  accountWanted: null,
  webhookMode: 'none',
  webhookEndpointId: null,
  webhookProblem: null,
  lastPushAt: null,
  lastEventAt: null,
  version: 1,
  createdAt: instantOf(0),
});

/** What happens to it, as the doors let it happen; a refusal leaves it as it was. */
function after(connection: Connection, { each, now }: { readonly each: Step; readonly now: number }): Connection {
  const at = instantOf(now);
  if (each.kind === 'switched') return { ...connection, enabled: !connection.enabled };
  if (each.kind === 'reconnects') {
    if (!mayReconnect(connection, { kind: 'person', id: each.person }).ok) return connection;
    const back = changeConnectionStatus(connection, { reason: 'reconnected', message: null, now: at });
    return back.ok ? back.value.connection : connection;
  }
  if (each.kind === 'happens') {
    // Only a person who may brings a connection back.
    if (CONNECTION_REASONS[each.reason].event === 'reconnect') return connection;
    const next = changeConnectionStatus(connection, { reason: each.reason, message: null, now: at });
    return next.ok ? next.value.connection : connection;
  }
  const granted = new Map(STRIPE_PERMISSIONS.map(({ permission }) => [permission, !each.missing.includes(permission)]));
  const verdict =
    connection.mode === 'key'
      ? judgeConnection(permissionChecklist(granted), each.account)
      : judgeAccount(each.account, 'account_active');
  const { cardPayments, requirements } = each.account;
  const next = changeConnectionStatus({ ...connection, cardPayments, requirements }, { ...verdict, now: at });
  return next.ok ? next.value.connection : connection;
}

test('10,000 random walks of commands and of what Stripe says never reach a pair that the table does not have', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<ConnectionMode>('key', 'managed', 'oauth'),
      fc.array(step, { minLength: 1, maxLength: 30 }),
      (mode, steps) => {
        let connection = begun(mode);
        for (const [index, each] of steps.entries()) {
          const before = connection;
          connection = after(before, { each, now: index + 1 });
          const { reason, status } = connection;
          // The status is the one that its reason's event leads to, from the status before.
          if (status !== before.status || reason !== before.reason)
            expect(CONNECTION_STATES[before.status][CONNECTION_REASONS[reason].event]).toBe(status);
          // What was lost or parted with comes back by a person who may, and by nothing else.
          if (before.status === 'disconnected' && status !== 'disconnected') {
            expect(each.kind).toBe('reconnects');
            expect(isOver(before)).toBe(false);
            if (each.kind === 'reconnects' && before.reason !== 'deauthorized_in_stripe' && mode === 'oauth')
              expect(each.person).toBe('anna');
          }
          // What it allows follows from what it is.
          expect(mayPublish(connection).ok).toBe(status === 'connected');
          if (mayCollect(connection).ok) expect([status !== 'disconnected', connection.enabled]).toEqual([true, true]);
          // Nothing that needs somebody is without a word of what to do, and nothing that is lost is without a notice.
          const isFine = ['key_proven', 'account_active', 'reconnected'].includes(reason);
          expect(nextActionOf(connection) === null).toBe(isFine);
          const isLost = status === 'disconnected' && reason !== 'disconnected_by_operator';
          if (isLost || status === 'error')
            expect(noticesOf(connection, { isSilent: false })[0]?.severity).toBe('critical');
        }
      },
    ),
    { numRuns: 10_000 },
  );
});
