import { expect, test } from 'vitest';
import {
  checkHostRule,
  checkKeyForHost,
  type EnvironmentKind,
  modeOfEnvironment,
  type StripeHost,
} from './host-rule.js';
import type { StripeMode } from './stripe-key.js';

type Marking = 'marked' | 'unmarked';

// Every combination there is; `null` means that the key may be used.
test.each<[Marking, StripeMode, EnvironmentKind, StripeHost, string | null]>([
  ['unmarked', 'test', 'test', 'stripe', null],
  ['unmarked', 'test', 'test', 'sandbox', null],
  ['unmarked', 'live', 'production', 'stripe', null],
  ['marked', 'live', 'production', 'sandbox', null],
  ['marked', 'test', 'test', 'sandbox', null],
  ['unmarked', 'live', 'production', 'sandbox', 'key_live_needs_stripe'],
  ['marked', 'live', 'production', 'stripe', 'key_marked_needs_sandbox'],
  ['marked', 'test', 'test', 'stripe', 'key_marked_needs_sandbox'],
  ['unmarked', 'live', 'test', 'stripe', 'key_live_in_test_environment'],
  ['unmarked', 'live', 'test', 'sandbox', 'key_live_in_test_environment'],
  ['marked', 'live', 'test', 'stripe', 'key_live_in_test_environment'],
  ['marked', 'live', 'test', 'sandbox', 'key_live_in_test_environment'],
  ['unmarked', 'test', 'production', 'stripe', 'key_test_in_production'],
  ['unmarked', 'test', 'production', 'sandbox', 'key_test_in_production'],
  ['marked', 'test', 'production', 'stripe', 'key_test_in_production'],
  ['marked', 'test', 'production', 'sandbox', 'key_test_in_production'],
])('ENV-2: %s %s key in %s against %s: %s', (marking, mode, environmentKind, host, code) => {
  const outcome = checkHostRule({ mode, isMarked: marking === 'marked' }, { environmentKind, host });
  expect(outcome).toEqual(code === null ? { ok: true, value: null } : { ok: false, error: { code } });
});

test('ENV-2: an unmarked live key is sent nowhere but to Stripe, whatever the environment', () => {
  expect(checkKeyForHost({ mode: 'live', isMarked: false }, 'sandbox')).toMatchObject({ ok: false });
  expect(checkKeyForHost({ mode: 'live', isMarked: false }, 'stripe')).toMatchObject({ ok: true });
});

test('ENV-2: the environment decides the mode of Stripe', () => {
  expect([modeOfEnvironment('production'), modeOfEnvironment('test')]).toEqual(['live', 'test']);
});
