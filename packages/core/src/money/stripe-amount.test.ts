import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, currencyOf } from './currency.js';
import { money } from './money.js';
import { moneyFromStripeAmount, stripeAmountFromMoney, wholeAtStripe } from './stripe-amount.js';

test.each([
  ['eur', 1500n, 1500n],
  ['jpy', 1500n, 1500n],
  ['huf', 150_000n, 150_000n],
  ['kwd', 1230n, 1230n],
  ['isk', 15n, 1500n],
  ['ugx', 15n, 1500n],
  ['mga', 1500n, 15n],
  ['mga', -1500n, -15n],
])('%s %i is %i at Stripe, and back', (code, minor, stripeAmount) => {
  const amount = money(minor, currencyOf(code));
  expect(stripeAmountFromMoney(amount)).toEqual({ ok: true, value: stripeAmount });
  expect(moneyFromStripeAmount(stripeAmount, amount.currency)).toEqual({ ok: true, value: amount });
});

test.each([
  ['mga', 1550n, 100n],
  ['kwd', 1234n, 10n],
  ['tnd', -1n, 10n],
])('%s %i cannot be asked of Stripe, which knows multiples of %i only', (code, minor, multipleOfMinor) => {
  expect(stripeAmountFromMoney(money(minor, currencyOf(code)))).toEqual({
    ok: false,
    error: { code: 'amount_not_exact_at_stripe', currency: code, multipleOfMinor },
  });
});

test.each([
  ['mga', 1550n, 1500n],
  ['kwd', 1239n, 1230n],
  ['kwd', 9n, 0n],
  ['eur', 1239n, 1239n],
  ['isk', 15n, 15n],
])('of %s %i Stripe can move %i', (code, minor, whole) => {
  expect(wholeAtStripe(money(minor, currencyOf(code)))).toEqual(money(whole, currencyOf(code)));
});

test.each(['isk', 'ugx'])('a part of a %s at Stripe is no amount of ours', (code) => {
  expect(moneyFromStripeAmount(1550n, currencyOf(code))).toEqual({
    ok: false,
    error: { code: 'stripe_amount_not_exact', currency: code },
  });
});

test('an amount that Stripe takes comes back as it was, in every currency', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
      fc.constantFrom(...CURRENCIES),
      (minor, currency) => {
        const sent = stripeAmountFromMoney(money(minor, currency));
        if (sent.ok)
          expect(moneyFromStripeAmount(sent.value, currency)).toEqual({ ok: true, value: money(minor, currency) });
      },
    ),
  );
});
