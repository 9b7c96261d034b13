import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { connectionsTable } from '../store/connections.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { deauthorize } from '../stripe/oauth.js';
import { clientIdOfPlatform, platformAccess } from '../stripe-platform.js';
import { consentReturnOf } from './consent-addresses.js';
import { isSharedAccount } from './shared-account.js';

/**
 * The last call to an account whose owner had let our platform in (CON-7): it leaves the account, unless it acts there for
 * another environment, too.
 */
export async function lastCallOauth(context: Context, connection: Connection): Promise<Result<Changes, StripeFailure>> {
  const { stripeAccountId } = connection;
  if (stripeAccountId === null || (await isSharedAccount(context, connection, stripeAccountId)))
    return ok(parted(connection, null));
  const left = await leaveAccount(context, connection, stripeAccountId);
  if (left.ok) return ok(parted(connection, null));
  if (isPassing(left.error)) return err(left.error);
  return ok(parted(connection, stillInstalled(left.error.message)));
}

/** Takes our platform out of an account at Stripe. */
export async function leaveAccount(
  context: Context,
  place: Pick<Connection, 'host' | 'livemode'>,
  stripeAccountId: string,
): Promise<Result<null, StripeFailure>> {
  const platform = platformAccess(context.settings, place);
  if (platform === null) return ok(null);
  const clientId = await clientIdOfPlatform(context, platform, { place, redirectUri: consentReturnOf(context) });
  if (!clientId.ok) return clientId;
  if (clientId.value === null) return ok(null);
  return deauthorize(context.stripe, platform, { clientId: clientId.value, stripeAccountId });
}

/** Stripe could not be asked for so long: it is parted with all the same. */
export const appLeft = (connection: Connection): Changes =>
  parted(connection, stillInstalled('it could not be asked.'));

const stillInstalled = (said: string): string =>
  `The app may still be installed at Stripe: its owner removes it there under Settings, Installed apps. Stripe said: ${said}`;

const parted = (connection: Connection, statusMessage: string | null): Changes =>
  new Changes().update(connectionsTable, { ...connection, statusMessage, webhookMode: 'none', webhookProblem: null });
