import { err, ok, type Result } from '../result.js';

export type StripeKeyKind = 'secret' | 'restricted' | 'publishable';
export type StripeMode = 'test' | 'live';

/** An API key of Stripe, or of the sandbox, as far as its text tells. Never log it: see `redactKey`. */
export interface StripeKey {
  readonly text: string;
  readonly kind: StripeKeyKind;
  readonly mode: StripeMode;
  /** Issued by the sandbox and marked as such, so that it can never be mistaken for a key of Stripe. */
  readonly isMarked: boolean;
}

export interface StripeKeyMalformed {
  readonly code:
    | 'key_missing'
    | 'key_masked'
    | 'key_is_webhook_secret'
    | 'key_is_account_id'
    | 'key_is_client_id'
    | 'key_malformed';
}

const KINDS: Readonly<Record<string, StripeKeyKind>> = { sk: 'secret', rk: 'restricted', pk: 'publishable' };
const MARK = 'sandbox_';
// Stripe's keys have grown from 32 to more than 100 characters; it tells people not to depend on a length.
const FORM = /^([srp]k)_(test|live)_([A-Za-z0-9_]{8,247})$/;
// The dashboard shows keys with dots or bullets in their middle, and that is what people copy by mistake.
const MASK = /[*\u2022\u2026]|\.{2,}/;

/**
 * What kind of key `text` is. Surrounding white space, which copying brings along, is not part of it.
 *
 * Errors: `key_missing` when there is nothing; `key_masked` when its middle is hidden; `key_is_webhook_secret`,
 * `key_is_account_id`, `key_is_client_id` when it is another thing of Stripe's; `key_malformed` when it is none.
 */
export function parseStripeKey(text: string): Result<StripeKey, StripeKeyMalformed> {
  const trimmed = text.trim();
  if (trimmed === '') return err({ code: 'key_missing' });
  if (MASK.test(trimmed)) return err({ code: 'key_masked' });
  if (trimmed.startsWith('whsec_')) return err({ code: 'key_is_webhook_secret' });
  if (trimmed.startsWith('acct_')) return err({ code: 'key_is_account_id' });
  if (trimmed.startsWith('ca_')) return err({ code: 'key_is_client_id' });
  const [, prefix = '', mode = '', body = ''] = FORM.exec(trimmed) ?? [];
  const kind = KINDS[prefix];
  if (kind === undefined) return err({ code: 'key_malformed' });
  return ok({ text: trimmed, kind, mode: mode === 'live' ? 'live' : 'test', isMarked: body.startsWith(MARK) });
}

const HINT_CHARACTERS = 4;

/** As much of a key as may be shown: what it is and its last four characters, such as `rk_live_…a1B2`. */
export function redactKey(key: StripeKey): string {
  const prefix = { secret: 'sk', restricted: 'rk', publishable: 'pk' }[key.kind];
  return `${prefix}_${key.mode}_${key.isMarked ? MARK : ''}…${key.text.slice(-HINT_CHARACTERS)}`;
}
