import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { type AccountState, earliestDeadline, judgeAccount, judgeConnection } from './account-state.js';
import { permissionChecklist, STRIPE_PERMISSIONS } from './permissions.js';

const all = new Map(STRIPE_PERMISSIONS.map(({ permission }) => [permission, true]));
const account: AccountState = {
  cardPayments: 'active',
  requirements: [],
  isVerificationPending: false,
  disabledReason: null,
  isClosed: false,
};
const field = { field: 'company.tax_id', deadlineAt: null, stopsPayments: true };

test.each<[string, Partial<AccountState> | null, string, string | null]>([
  ['everything in order', {}, 'key_proven', null],
  ['an account that may not be read', null, 'key_proven', null],
  ['an account never asked about cards', { cardPayments: 'unknown' }, 'key_proven', null],
  ['details due', { requirements: [field] }, 'requirements_due', 'tax details'],
  [
    'details due and cards pending',
    { requirements: [field], cardPayments: 'pending' },
    'requirements_due',
    'tax details',
  ],
  ['cards pending', { cardPayments: 'pending' }, 'card_payments_pending', null],
  [
    'cards pending while Stripe checks',
    { cardPayments: 'pending', isVerificationPending: true },
    'verification_pending',
    null,
  ],
  ['no cards', { cardPayments: 'inactive' }, 'card_payments_inactive', null],
  [
    'switched off by Stripe',
    { cardPayments: 'inactive', disabledReason: 'rejected.fraud' },
    'account_restricted',
    'rejected.fraud',
  ],
  [
    'switched off until details are given',
    { cardPayments: 'inactive', disabledReason: 'requirements.past_due', requirements: [field] },
    'requirements_due',
    'tax details',
  ],
  [
    'switched off while Stripe checks',
    { cardPayments: 'inactive', disabledReason: 'requirements.pending_verification', isVerificationPending: true },
    'verification_pending',
    null,
  ],
  ['closed', { isClosed: true, requirements: [field] }, 'account_closed', null],
  ['payouts off while cards still work', { disabledReason: 'under_review' }, 'key_proven', null],
])('%s: %s → %s', (_title, state, reason, message) => {
  const outcome = judgeConnection(permissionChecklist(all), state === null ? null : { ...account, ...state });
  expect(outcome).toEqual({ reason, message });
});

test('a required right that is missing comes before everything the account says', () => {
  const granted = new Map([...all, ['customers_write', false]] as const);
  expect(judgeConnection(permissionChecklist(granted), { ...account, requirements: [field] })).toEqual({
    reason: 'permission_missing',
    message: 'Missing: customers_write.',
  });
});

test('a comfort that is missing is no trouble', () => {
  const granted = new Map([...all, ['webhook_endpoints_write', false]] as const);
  expect(judgeConnection(permissionChecklist(granted), account).reason).toBe('key_proven');
});

test('an account that a platform acts for is active without any key', () => {
  expect(judgeAccount(account, 'account_active')).toEqual({ reason: 'account_active', message: null });
});

test('what stops payouts alone is no deadline of payments', () => {
  const requirements = [
    { field: 'external_account', deadlineAt: instantOf(3), stopsPayments: false },
    { field: 'company.name', deadlineAt: instantOf(5), stopsPayments: true },
  ];
  expect(earliestDeadline(requirements)).toBe(5);
});

test.each([
  [[], null],
  [[null], null],
  [[5, 3, null, 9], 3],
])('of the deadlines %j the earliest is %s', (deadlines, earliest) => {
  const requirements = deadlines.map((at) => ({
    field: 'any',
    deadlineAt: at === null ? null : instantOf(at),
    stopsPayments: true,
  }));
  expect(earliestDeadline(requirements)).toBe(earliest);
});
