import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { type AccountState, earliestDeadline, judgeConnection } from './account-state.js';
import { permissionChecklist, STRIPE_PERMISSIONS } from './permissions.js';

const all = new Map(STRIPE_PERMISSIONS.map(({ permission }) => [permission, true]));
const account: AccountState = {
  cardPayments: 'active',
  requirements: [],
  isVerificationPending: false,
  disabledReason: null,
};
const field = { field: 'company.tax_id', deadlineAt: null };

test.each<[string, Partial<AccountState> | null, string, string | null]>([
  ['everything in order', {}, 'key_proven', null],
  ['an account that may not be read', null, 'key_proven', null],
  ['an account never asked about cards', { cardPayments: 'unknown' }, 'key_proven', null],
  ['details due', { requirements: [field] }, 'requirements_due', 'company.tax_id'],
  [
    'details due and cards pending',
    { requirements: [field], cardPayments: 'pending' },
    'requirements_due',
    'company.tax_id',
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

test.each([
  [[], null],
  [[null], null],
  [[5, 3, null, 9], 3],
])('of the deadlines %j the earliest is %s', (deadlines, earliest) => {
  const requirements = deadlines.map((at) => ({ field: 'any', deadlineAt: at === null ? null : instantOf(at) }));
  expect(earliestDeadline(requirements)).toBe(earliest);
});
