import { err, ok, type Result } from '../result.js';
import type { StripeKey, StripeMode } from './stripe-key.js';

export type EnvironmentKind = 'production' | 'test';
/** Whom a connection talks to: Stripe, or our emulator of it. Chosen once, stored with the connection. */
export type StripeHost = 'stripe' | 'sandbox';

export interface HostRuleBroken {
  readonly code:
    | 'key_live_in_test_environment'
    | 'key_test_in_production'
    | 'key_marked_needs_sandbox'
    | 'key_live_needs_stripe';
}

/** The mode of Stripe that an environment lives in. */
export function modeOfEnvironment(kind: EnvironmentKind): StripeMode {
  return kind === 'production' ? 'live' : 'test';
}

/**
 * Whether a key may be used in such an environment against such a host. Test keys only in test environments, live keys
 * only in production; a marked key only against a sandbox, since Stripe never issued it; an unmarked live key only
 * against Stripe, since it moves real money and is nobody else's to see. An unmarked test key may go to either.
 *
 * Errors: `key_live_in_test_environment`, `key_test_in_production`, `key_marked_needs_sandbox`, `key_live_needs_stripe`.
 */
export function checkHostRule(
  key: Pick<StripeKey, 'mode' | 'isMarked'>,
  { environmentKind, host }: { readonly environmentKind: EnvironmentKind; readonly host: StripeHost },
): Result<null, HostRuleBroken> {
  if (key.mode !== modeOfEnvironment(environmentKind)) {
    return err({ code: key.mode === 'live' ? 'key_live_in_test_environment' : 'key_test_in_production' });
  }
  return checkKeyForHost(key, host);
}

/**
 * The half of the rule that guards every single call: whether the key may be sent to this host at all.
 *
 * Errors: `key_marked_needs_sandbox`, `key_live_needs_stripe`.
 */
export function checkKeyForHost(
  key: Pick<StripeKey, 'mode' | 'isMarked'>,
  host: StripeHost,
): Result<null, HostRuleBroken> {
  if (key.isMarked && host === 'stripe') return err({ code: 'key_marked_needs_sandbox' });
  if (!key.isMarked && key.mode === 'live' && host === 'sandbox') return err({ code: 'key_live_needs_stripe' });
  return ok(null);
}
