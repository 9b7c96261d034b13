import { expect, test } from 'vitest';
import { WAYS_TO_CONNECT } from './ways-to-connect.js';

test('KINDE-2: whoever has an account is warned where it cannot be attached, is told why, and finds a way that takes it', () => {
  const [managed] = WAYS_TO_CONNECT.filter(({ acceptsExistingAccount }) => !acceptsExistingAccount);
  expect(managed?.mode).toBe('managed');
  expect(managed?.cannot[0]).toMatch(/exists cannot be attached.*Stripe lets/);
  expect(
    WAYS_TO_CONNECT.filter(({ acceptsExistingAccount }) => acceptsExistingAccount).map(({ mode }) => mode),
  ).toEqual(['key', 'oauth']);
});

test('KINDE-3: what is carried over from an account that exists is said: business details, and nothing else', () => {
  const managed = WAYS_TO_CONNECT.find(({ mode }) => mode === 'managed');
  expect(managed?.cannot.join(' ')).toMatch(
    /business details.*nothing else: no customers, cards, subscriptions or prices/,
  );
});
