import { type AccountState, err, ok, type Result } from '@tollbridge/core';
import { accountStateFromStripe } from './account.js';
import { isPassing, type Stripe, type StripeAccess, type StripeFailure, type StripeGateway } from './gateway.js';

/** What a key turned out to be able to do. */
export interface ProbeReport {
  /** Null when the key may not read the account and no refusal named it. */
  readonly accountId: string | null;
  /** Null when the key may not read it. */
  readonly account: AccountState | null;
  /** Permission (of core's list) → granted. */
  readonly granted: ReadonlyMap<string, boolean>;
  /** Unix seconds of the newest event there is: polling begins there. 0 when there is none. */
  readonly newestEventSeconds: number;
}

/** How each right of core's list is tried: a list of one, or a write that Stripe must refuse. */
const PROBES: Readonly<Record<string, { readonly method: 'GET' | 'POST'; readonly path: string }>> = {
  balance_transactions_read: { method: 'GET', path: '/v1/balance_transactions' },
  charges_write: { method: 'POST', path: '/v1/refunds' },
  customers_write: { method: 'POST', path: '/v1/customers' },
  disputes_read: { method: 'GET', path: '/v1/disputes' },
  events_read: { method: 'GET', path: '/v1/events' },
  payment_intents_write: { method: 'POST', path: '/v1/payment_intents' },
  payment_methods_write: { method: 'POST', path: '/v1/payment_methods' },
  setup_intents_write: { method: 'POST', path: '/v1/setup_intents' },
  products_write: { method: 'POST', path: '/v1/products' },
  prices_write: { method: 'POST', path: '/v1/prices' },
  checkout_sessions_write: { method: 'POST', path: '/v1/checkout/sessions' },
  webhook_endpoints_write: { method: 'POST', path: '/v1/webhook_endpoints' },
};

/** Stripe answers 400 to a parameter it does not know, before it does anything: so a granted write changes nothing. */
const REFUSED_PARAMETER = { tollbridge_permission_probe: '1' };

/**
 * Tries a key without changing anything at Stripe. `runId` makes the idempotency keys of this probe its own, so that
 * no answer of an earlier one is repeated.
 *
 * Errors: what Stripe said when it refused the key as such, or could not be reached: then nothing is proven.
 */
export async function probeKey(
  stripe: StripeGateway,
  access: StripeAccess,
  runId: string,
): Promise<Result<ProbeReport, StripeFailure>> {
  const account = await readAccount(stripe, access);
  if (!account.ok) return account;
  const granted = new Map<string, boolean>([['account_read', account.value.isReadable]]);
  let accountId = account.value.accountId;
  let newestEventSeconds = 0;
  for (const [permission, { method, path }] of Object.entries(PROBES)) {
    const idempotencyKey = `probe ${runId} ${permission}`;
    const answer = await stripe.call(access, (sdk) =>
      method === 'GET'
        ? sdk.rawRequest('GET', `${path}?limit=1`)
        : sdk.rawRequest('POST', path, REFUSED_PARAMETER, { idempotencyKey }),
    );
    if (!answer.ok && isFatal(answer.error)) return answer;
    const verdict = answer.ok ? true : verdictOf(answer.error);
    if (verdict !== null) granted.set(permission, verdict);
    if (answer.ok && permission === 'events_read') newestEventSeconds = newestOf(answer.value);
    if (!answer.ok) accountId ??= accountNamedIn(answer.error);
  }
  return ok({ accountId, account: account.value.state, granted, newestEventSeconds });
}

const isFatal = (failure: StripeFailure): boolean => failure.kind === 'unauthorized' || isPassing(failure);

/** Null: an answer that proves neither. */
function verdictOf(failure: StripeFailure): boolean | null {
  if (failure.kind === 'forbidden') return false;
  return failure.kind === 'invalid' ? true : null;
}

interface OwnAccount {
  readonly accountId: string | null;
  readonly isReadable: boolean;
  readonly state: AccountState | null;
}

async function readAccount(stripe: StripeGateway, access: StripeAccess): Promise<Result<OwnAccount, StripeFailure>> {
  const answer = await stripe.call(access, (sdk) => sdk.accounts.retrieveCurrent());
  if (answer.ok) {
    const account: Stripe.Account = answer.value;
    return ok({ accountId: accountIdIn(account.id), isReadable: true, state: accountStateFromStripe(account) });
  }
  if (answer.error.kind !== 'forbidden') return err(answer.error);
  return ok({ accountId: accountNamedIn(answer.error), isReadable: false, state: null });
}

/** The refusal of a restricted key names the account it belongs to; no other answer does (STRIPE: Connect and keys). */
const accountNamedIn = (failure: StripeFailure): string | null =>
  failure.kind === 'forbidden' ? accountIdIn(failure.message) : null;

const accountIdIn = (text: string): string | null => /\bacct_[A-Za-z0-9]+/.exec(text)?.[0] ?? null;

function newestOf(list: unknown): number {
  const [newest] = (list as { data?: readonly { created?: number }[] }).data ?? [];
  return newest?.created ?? 0;
}

/**
 * Whether Stripe knows a publishable key at all. It may do next to nothing, so it is tried with a write that Stripe must
 * refuse: 401 means that there is no such key.
 */
export async function probePublishableKey(
  stripe: StripeGateway,
  access: StripeAccess,
  runId: string,
): Promise<Result<boolean, StripeFailure>> {
  const options = { idempotencyKey: `probe ${runId} publishable` };
  const answer = await stripe.call(access, (sdk) =>
    sdk.rawRequest('POST', '/v1/payment_methods', REFUSED_PARAMETER, options),
  );
  if (answer.ok) return ok(true);
  if (answer.error.kind === 'unauthorized') return ok(false);
  return isPassing(answer.error) ? err(answer.error) : ok(true);
}
