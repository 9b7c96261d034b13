import { currencyOf } from '@tollbridge/core';
import { expect, test } from 'vitest';
import { amountFromStripe, amountToStripe } from './amounts.js';

test.each([
  ['eur', 1_234n, 1_234],
  ['jpy', 500n, 500],
  ['isk', 500n, 50_000],
  ['ugx', 5_000n, 500_000],
  ['huf', 10_050n, 10_050],
  ['twd', 30_000n, 30_000],
  ['kwd', 1_230n, 1_230],
])('%s: %d of our units are sent to Stripe as %d and come back the same', (code, minor, stripeAmount) => {
  const currency = currencyOf(code);
  expect(amountToStripe(minor, currency)).toEqual({ ok: true, value: stripeAmount });
  expect(amountFromStripe(stripeAmount, code)).toBe(minor);
});

test('a third place that is not zero is not rounded away', () => {
  expect(amountToStripe(1_234n, currencyOf('kwd'))).toMatchObject({
    ok: false,
    error: { code: 'amount_not_exact_at_stripe', multipleOfMinor: 10n },
  });
});

test.each([
  ['isk', 50_050],
  ['xxx', 100],
])('an amount of %s that we have no unit for is none of ours', (currency, amount) => {
  expect(amountFromStripe(amount, currency)).toBeNull();
});
