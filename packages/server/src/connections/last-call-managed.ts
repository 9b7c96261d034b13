import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { connectionsTable } from '../store/connections.js';
import { closeCoreAccount } from '../stripe/core-accounts.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { platformAccess, WITHOUT_PLATFORM } from '../stripe-platform.js';
import { isSharedAccount } from './shared-account.js';

/**
 * The last call for an account that our platform made (CON-7): it is closed where Stripe allows it. Where Stripe does not, such
 * as with money on it, it stays its owner's, and nothing is asked of it any more. The platform's endpoint hears of other
 * accounts, too, and stays.
 */
export async function lastCallManaged(
  context: Context,
  connection: Connection,
): Promise<Result<Changes, StripeFailure>> {
  const { stripeAccountId } = connection;
  if (stripeAccountId === null) return ok(parted(connection, null));
  if (await isSharedAccount(context, connection, stripeAccountId))
    return ok(
      parted(connection, accountLeft(stripeAccountId, 'nothing; it is connected to another environment, too.')),
    );
  const platform = platformAccess(context.settings, connection);
  if (platform === null) return err(WITHOUT_PLATFORM);
  const closed = await closeCoreAccount(context.stripe, platform, stripeAccountId);
  if (closed.ok) return ok(parted(connection, null));
  // A key that is refused at this moment may be put right: the account must not stay open for that.
  if (isPassing(closed.error) || closed.error.kind === 'unauthorized') return err(closed.error);
  // An account that is out of the platform's reach already needs nothing any more.
  const isGone = closed.error.code === 'account_invalid' || closed.error.kind === 'missing';
  return ok(parted(connection, isGone ? null : accountLeft(stripeAccountId, closed.error.message)));
}

/** Stripe could not be asked for so long: the account stays as it is. */
export const accountDetached = (connection: Connection): Changes =>
  parted(
    connection,
    connection.stripeAccountId === null ? null : accountLeft(connection.stripeAccountId, 'it could not be asked.'),
  );

const accountLeft = (stripeAccountId: string, said: string): string =>
  `The account ${stripeAccountId} stays open at Stripe, where its owner can close it. Stripe said: ${said}`;

const parted = (connection: Connection, statusMessage: string | null): Changes =>
  new Changes().update(connectionsTable, {
    ...connection,
    statusMessage,
    accountWanted: null,
    webhookMode: 'none',
    webhookProblem: null,
  });
