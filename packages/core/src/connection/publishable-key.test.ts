import { expect, test } from 'vitest';
import type { StripeHost } from './host-rule.js';
import { checkPublishableKey } from './publishable-key.js';
import { parseStripeKey, type StripeKey } from './stripe-key.js';

function keyOf(text: string): StripeKey {
  const key = parseStripeKey(text);
  if (!key.ok) throw new Error(text);
  return key.value;
}

test.each<[string, string, StripeHost, string | null]>([
  ['pk_test_51AbCdEfGhIjKlMnOne', 'sk_test_51AbCdEfGhIjKlMnTwo', 'stripe', null],
  ['pk_test_51AbCdEfGhIjKlMnOne', 'rk_test_51AbCdEfGhIjKlMnTwo', 'stripe', null],
  ['pk_test_51AbCdEfGhIjKlMnOne', 'sk_test_51ZzCdEfGhIjKlMnTwo', 'stripe', 'publishable_key_other_account'],
  ['pk_test_olderAndShort', 'sk_test_51ZzCdEfGhIjKlMnTwo', 'stripe', null],
  ['pk_live_51AbCdEfGhIjKlMnOne', 'sk_test_51AbCdEfGhIjKlMnTwo', 'stripe', 'publishable_key_other_mode'],
  ['sk_test_51AbCdEfGhIjKlMnOne', 'sk_test_51AbCdEfGhIjKlMnTwo', 'stripe', 'key_is_not_publishable'],
  ['pk_test_sandbox_shop', 'sk_test_sandbox_shop', 'sandbox', null],
  ['pk_test_sandbox_shop', 'sk_test_sandbox_other', 'sandbox', 'publishable_key_other_account'],
  ['pk_test_unmarkedshop', 'sk_test_sandbox_shop', 'sandbox', 'publishable_key_other_mode'],
])('%s beside %s at %s: %s', (publishable, secret, host, code) => {
  const outcome = checkPublishableKey(keyOf(publishable), { secret: keyOf(secret), host });
  expect(outcome).toEqual(code === null ? { ok: true, value: null } : { ok: false, error: { code } });
});
