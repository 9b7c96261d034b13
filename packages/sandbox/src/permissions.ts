import { Refusal } from './errors.js';
import { masked } from './keys.js';

/** First segments of the API that only group nouns: /v1/checkout/sessions is about checkout sessions. */
const groups = new Set(['billing', 'billing_portal', 'checkout', 'core', 'test_helpers']);

/** The permission an operation needs: "customers" for /v1/customers/cus_1/tax_ids, "checkout_sessions" for its path. */
export const permissionOf = (path: string): string => {
  const [, , first = '', second = ''] = path.split('/');
  if (first === 'test_helpers') return second;
  return groups.has(first) ? `${first}_${second}` : first;
};

export interface PermissionCheck {
  readonly key: string;
  readonly accountId: string;
  readonly method: string;
  readonly path: string;
  /** Permission → right; null: all of them. */
  readonly permissions: Readonly<Record<string, 'none' | 'read' | 'write'>> | null;
}

/** 403 without a code, as seen (https://github.com/stripe/stripe-node/issues/2246); before any parameter is looked at. */
export const requirePermission = (check: PermissionCheck): void => {
  if (check.permissions === null) return;
  const permission = permissionOf(check.path);
  const wanted = check.method === 'GET' ? 'read' : 'write';
  const has = check.permissions[permission] ?? 'none';
  if (has === 'write' || has === wanted) return;
  throw new Refusal(403, {
    type: 'invalid_request_error',
    message: `The provided key '${masked(check.key)}' does not have the required permissions for this endpoint on account '${check.accountId}'. Having the 'rak_${permission}_${wanted}' permission would allow this request to continue.`,
  });
};

/** What a browser may call with a publishable key: reading and confirming an intent by its client secret, making a card. */
const publishableRoutes = [
  /^GET \/v1\/(payment_intents|setup_intents)\/:[a-z_]+$/,
  /^POST \/v1\/(payment_intents|setup_intents)\/:[a-z_]+(\/confirm)?$/,
  /^POST \/v1\/(payment_methods|tokens|confirmation_tokens)$/,
];

export const publishableMay = (route: string): boolean => publishableRoutes.some((form) => form.test(route));
