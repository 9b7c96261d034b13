import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { connectionsTable } from '../store/connections.js';
import { closeCoreAccount, createCoreAccount, isRequestForgotten } from '../stripe/core-accounts.js';
import { isPassing, type StripeAccess, type StripeFailure } from '../stripe/gateway.js';
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
  if (connection.stripeAccountId === null && !mayBeMade(connection)) return ok(parted(connection, null));
  const platform = platformAccess(context.settings, connection);
  if (platform === null) return err(WITHOUT_PLATFORM);
  const known = await withAccount(context, connection, platform);
  if (!known.ok && isWorthWaiting(known.error)) return known;
  // What was made under a key is answered with that, so a request that is wrong made nothing; any other refusal says nothing of it.
  if (!known.ok) return ok(parted(connection, known.error.kind === 'invalid' ? null : PERHAPS_MADE));
  const { stripeAccountId } = known.value;
  if (stripeAccountId === null) return ok(parted(connection, PERHAPS_MADE));
  if (await isSharedAccount(context, connection, stripeAccountId))
    return ok(
      parted(known.value, accountLeft(stripeAccountId, 'nothing; it is connected to another environment, too.')),
    );
  const closed = await closeCoreAccount(context.stripe, platform, stripeAccountId);
  if (closed.ok) return ok(parted(known.value, null));
  if (isWorthWaiting(closed.error)) return closed;
  // An account that is out of the platform's reach already needs nothing any more.
  const isGone = closed.error.code === 'account_invalid' || closed.error.kind === 'missing';
  return ok(parted(known.value, isGone ? null : accountLeft(stripeAccountId, closed.error.message)));
}

/** Stripe was asked to make an account, and nobody has heard what came of it. */
const mayBeMade = ({ accountWanted, stripeAccountId }: Connection): boolean =>
  stripeAccountId === null && accountWanted !== null && accountWanted.askedAt !== null;

/** A key that is refused at this moment may be put right: the account must not stay open for that. */
const isWorthWaiting = (failure: StripeFailure): boolean => isPassing(failure) || failure.kind === 'unauthorized';

/**
 * The connection with its account; without one where that cannot be found out any more. Where Stripe was asked to make one and nobody heard what came of it, the same request under the
 * same key names the one that was made.
 */
async function withAccount(
  context: Context,
  connection: Connection,
  platform: StripeAccess,
): Promise<Result<Connection, StripeFailure>> {
  const { accountWanted, id: connectionId, stripeAccountId } = connection;
  if (stripeAccountId !== null || accountWanted === null || accountWanted.askedAt === null) return ok(connection);
  if (isRequestForgotten(accountWanted.askedAt, context.clock.machineNow())) return ok(connection);
  const made = await createCoreAccount(context.stripe, platform, { ...accountWanted, connectionId });
  return made.ok ? ok({ ...connection, stripeAccountId: made.value.stripeAccountId }) : made;
}

/** Stripe could not be asked for so long: the account stays as it is. */
export function accountDetached(connection: Connection): Changes {
  const { stripeAccountId } = connection;
  if (stripeAccountId !== null) return parted(connection, accountLeft(stripeAccountId, 'it could not be asked.'));
  return parted(connection, mayBeMade(connection) ? PERHAPS_MADE : null);
}

const PERHAPS_MADE = 'Stripe was asked to make an account, and could not be asked what came of it: look for it there.';

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
