import { expect, test } from 'vitest';
import { parseStripeKey, redactKey } from './stripe-key.js';

const body = '51AbCdEfGhIjKlMnOpQr';

test.each([
  [`sk_test_${body}`, 'secret', 'test', false],
  [`rk_test_${body}`, 'restricted', 'test', false],
  [`pk_test_${body}`, 'publishable', 'test', false],
  [`sk_live_${body}`, 'secret', 'live', false],
  [`rk_live_${body}`, 'restricted', 'live', false],
  [`sk_live_sandbox_${body}`, 'secret', 'live', true],
  [`rk_live_sandbox_${body}`, 'restricted', 'live', true],
  [`pk_test_sandbox_${body}`, 'publishable', 'test', true],
  [`sk_test_my_sandbox_${body}`, 'secret', 'test', false],
])('%s is a %s key of %s mode, marked: %s', (text, kind, mode, isMarked) => {
  expect(parseStripeKey(text)).toEqual({ ok: true, value: { text, kind, mode, isMarked } });
});

test('white space that copying brought along is not part of a key', () => {
  expect(parseStripeKey(`  sk_test_${body}\n`)).toMatchObject({ ok: true, value: { text: `sk_test_${body}` } });
});

test.each([
  ['', 'key_missing'],
  [' \n', 'key_missing'],
  ['sk_test_...Qr12', 'key_masked'],
  ['sk_test_****Qr12', 'key_masked'],
  ['sk_live_51Ab\u2026Qr12', 'key_masked'],
  ['sk_live_\u2022\u2022\u2022\u2022Qr12', 'key_masked'],
  [`whsec_${body}`, 'key_is_webhook_secret'],
  ['acct_1032D82eZvKYlo2C', 'key_is_account_id'],
  ['ca_FkyHCg7X8mlvCUdMDao4mMxagUfhIwXb', 'key_is_client_id'],
  ['sk_test_', 'key_malformed'],
  ['sk_test_short', 'key_malformed'],
  [`sk_prod_${body}`, 'key_malformed'],
  [`xk_test_${body}`, 'key_malformed'],
  [`SK_TEST_${body}`, 'key_malformed'],
  [`sk_test_${body} x`, 'key_malformed'],
  [`sk_test_${body}-${body}`, 'key_malformed'],
  [`sk_test_${'a'.repeat(248)}`, 'key_malformed'],
  ['constructor', 'key_malformed'],
])('%j is refused as %s', (text, code) => {
  expect(parseStripeKey(text)).toEqual({ ok: false, error: { code } });
});

test.each([
  [`sk_test_${body}`, 'sk_test_…OpQr'],
  [`rk_live_${body}`, 'rk_live_…OpQr'],
  [`pk_live_sandbox_${body}`, 'pk_live_sandbox_…OpQr'],
])('of %s only what it is and its end may be shown', (text, shown) => {
  const key = parseStripeKey(text);
  expect(key.ok && redactKey(key.value)).toBe(shown);
});
