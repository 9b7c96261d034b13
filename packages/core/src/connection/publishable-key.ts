import { err, ok, type Result } from '../result.js';
import type { StripeHost } from './host-rule.js';
import type { StripeKey } from './stripe-key.js';

export interface PublishableKeyRefused {
  readonly code: 'key_is_not_publishable' | 'publishable_key_other_mode' | 'publishable_key_other_account';
}

// Keys that Stripe makes today begin with `51` and the id of their account without its `acct_1`; older ones do not, and
// of those nothing can be said. Observed in its dashboard, nowhere promised: so a difference refuses, equality proves nothing.
const ACCOUNT_PART = /^[rsp]k_(?:test|live)_(51[A-Za-z0-9]{14})/;

/**
 * Whether a publishable key can be the secret key's sister: of the same account and the same mode.
 *
 * Errors: `key_is_not_publishable`; `publishable_key_other_mode` when one is for testing and the other is not, or only one
 * is a sandbox's; `publishable_key_other_account` as far as the keys' texts tell.
 */
export function checkPublishableKey(
  publishable: StripeKey,
  { secret, host }: { readonly secret: StripeKey; readonly host: StripeHost },
): Result<null, PublishableKeyRefused> {
  if (publishable.kind !== 'publishable') return err({ code: 'key_is_not_publishable' });
  if (publishable.mode !== secret.mode || publishable.isMarked !== secret.isMarked)
    return err({ code: 'publishable_key_other_mode' });
  // Keys of one account of the sandbox differ in their prefix alone.
  const [left, right] =
    host === 'sandbox'
      ? [bodyOf(publishable), bodyOf(secret)]
      : [ACCOUNT_PART.exec(publishable.text)?.[1], ACCOUNT_PART.exec(secret.text)?.[1]];
  if (left !== undefined && right !== undefined && left !== right)
    return err({ code: 'publishable_key_other_account' });
  return ok(null);
}

const bodyOf = (key: StripeKey): string => key.text.split('_').slice(2).join('_');
