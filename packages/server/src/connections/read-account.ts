import {
  type AccountState,
  type Connection,
  type ConnectionVerdict,
  invariant,
  judgeAccount,
  judgeConnection,
  type Result,
} from '@tollbridge/core';
import type { Context } from '../context.js';
import { findStripePlatformAt } from '../store/stripe-platforms.js';
import { readAccountState, readOwnAccountId } from '../stripe/account.js';
import { readCoreAccount } from '../stripe/core-accounts.js';
import type { StripeAccess, StripeFailure } from '../stripe/gateway.js';
import { platformAccess } from '../stripe-platform.js';
import { accountFields } from './new-connection.js';

/** The account behind a connection as Stripe has it now: by the platform that made it, or by the account's own right. */
export function readAccount(
  context: Pick<Context, 'stripe' | 'settings'>,
  { connection, access }: { readonly connection: Connection; readonly access: StripeAccess },
): Promise<Result<AccountState, StripeFailure>> {
  if (connection.mode !== 'managed') return readAccountState(context.stripe, access);
  const platform = platformAccess(context.settings, connection);
  invariant(platform !== null && connection.stripeAccountId !== null, 'who may call for an account has its platform');
  return readCoreAccount(context.stripe, platform, connection.stripeAccountId);
}

/** The connection as it is with what was read of its account, and what that makes of its status. */
export function accountSeen(
  connection: Connection,
  account: AccountState,
): { readonly connection: Connection; readonly verdict: ConnectionVerdict } {
  return {
    connection: { ...connection, ...accountFields(account) },
    verdict:
      connection.mode === 'key'
        ? judgeConnection(connection.checklist, account)
        : judgeAccount(account, 'account_active'),
  };
}

/**
 * What a refusal of the platform's key for an account means; null when it is the network's or Stripe's trouble and says
 * nothing. An account that the key does not reach any more was taken away from the platform (STRIPE: behaviour 28), unless the
 * key is one of another platform: that is whoever runs the installation's mistake, and no loss.
 */
export async function verdictOfPlatformRefusal(
  context: Pick<Context, 'db' | 'stripe' | 'settings'>,
  connection: Connection,
  failure: StripeFailure,
): Promise<ConnectionVerdict | null> {
  const { message } = failure;
  if (failure.kind === 'unauthorized') return { reason: 'platform_key_refused', message };
  if (failure.code === 'account_invalid') return verdictOfUnreached(context, connection, message);
  if (failure.kind === 'forbidden' || failure.kind === 'invalid' || failure.kind === 'missing')
    return { reason: 'check_failed', message };
  return null;
}

async function verdictOfUnreached(
  context: Pick<Context, 'db' | 'stripe' | 'settings'>,
  connection: Connection,
  message: string,
): Promise<ConnectionVerdict | null> {
  const platform = platformAccess(context.settings, connection);
  const known = await findStripePlatformAt(context.db, connection);
  if (platform === null || known?.accountId == null) return { reason: 'deauthorized_in_stripe', message };
  const own = await readOwnAccountId(context.stripe, platform);
  if (!own.ok) return null;
  if (own.value === known.accountId) return { reason: 'deauthorized_in_stripe', message };
  return {
    reason: 'platform_key_refused',
    message: `The key belongs to ${own.value}, and this account is connected to the platform ${known.accountId}.`,
  };
}
