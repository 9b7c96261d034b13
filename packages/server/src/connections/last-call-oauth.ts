import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { connectionsTable } from '../store/connections.js';
import { readAccountState } from '../stripe/account.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { deauthorize } from '../stripe/oauth.js';
import { clientIdOfPlatform, platformAccess, WITHOUT_PLATFORM } from '../stripe-platform.js';
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
  // A key that is refused at this moment may be put right: the app must not stay installed for that.
  if (isPassing(left.error) || left.error.kind === 'unauthorized') return err(left.error);
  return ok(parted(connection, stillInstalled(left.error.message)));
}

/** Takes our platform out of an account at Stripe, and believes it when the account does not answer any more. */
async function leaveAccount(
  context: Context,
  place: Pick<Connection, 'host' | 'livemode'>,
  stripeAccountId: string,
): Promise<Result<null, StripeFailure>> {
  const platform = platformAccess(context.settings, place);
  if (platform === null) return err(WITHOUT_PLATFORM);
  const clientId = await clientIdOfPlatform(context, platform, { place, redirectUri: consentReturnOf(context) });
  if (!clientId.ok) return clientId;
  if (clientId.value === null) return err(WITHOUT_PLATFORM);
  const left = await deauthorize(context.stripe, platform, { clientId: clientId.value, stripeAccountId });
  if (left.ok || left.error.code !== 'invalid_client') return left;
  // Stripe says the same of an account that is not connected, and of a client id that is none of the platform's.
  const answers = await readAccountState(context.stripe, { ...platform, accountId: stripeAccountId });
  return !answers.ok && answers.error.code === 'account_invalid' ? ok(null) : left;
}

/** Stripe could not be asked for so long: it is parted with all the same. */
export const appLeft = (connection: Connection): Changes =>
  parted(connection, stillInstalled('it could not be asked.'));

const stillInstalled = (said: string): string =>
  `The app may still be installed at Stripe: its owner removes it there under Settings, Installed apps. Stripe said: ${said}`;

const parted = (connection: Connection, statusMessage: string | null): Changes =>
  new Changes().update(connectionsTable, { ...connection, statusMessage, webhookMode: 'none', webhookProblem: null });
