import type { Connection, Result, StripeHost } from '@tollbridge/core';
import type { ByMode, Settings } from './config.js';
import type { Context } from './context.js';
import type { StripeAccess, StripeFailure } from './stripe/gateway.js';

/** Which platform: an installation has at most one at each host and in each mode. */
export type PlatformPlace = Pick<Connection, 'host' | 'livemode'>;

/** Keys of the sandbox open an account of their own, so a platform is there without anybody having set it up. */
const SANDBOX_PLATFORM_KEYS: ByMode = { test: 'sk_test_sandbox_platform', live: 'sk_live_sandbox_platform' };

/** The key that acts for the accounts of a platform; null where none is set. */
export function platformKeyOf(settings: Pick<Settings, 'stripePlatformKeys'>, place: PlatformPlace): string | null {
  const keys = place.host === 'sandbox' ? SANDBOX_PLATFORM_KEYS : settings.stripePlatformKeys;
  return keys[place.livemode ? 'live' : 'test'];
}

/** Where accounts are made unless somebody names the host: at Stripe once a key is set for the mode. */
export function hostOfPlatform(settings: Pick<Settings, 'stripePlatformKeys'>, livemode: boolean): StripeHost {
  return settings.stripePlatformKeys[livemode ? 'live' : 'test'] === null ? 'sandbox' : 'stripe';
}

/** The right to call Stripe as the platform itself; null where no key is set. */
export function platformAccess(
  settings: Pick<Settings, 'stripePlatformKeys'>,
  place: PlatformPlace,
): StripeAccess | null {
  const secretKey = platformKeyOf(settings, place);
  return secretKey === null ? null : { host: place.host, secretKey, accountId: null };
}

/** The client id by which people let a platform in; null where none is set. Errors: of the sandbox, which is asked for its own. */
export function clientIdOfPlatform(
  context: Pick<Context, 'settings' | 'stripe'>,
  platform: StripeAccess,
  { place, redirectUri }: { readonly place: PlatformPlace; readonly redirectUri: string },
): Promise<Result<string | null, StripeFailure>> {
  const clientId = context.settings.stripeOauthClientIds[place.livemode ? 'live' : 'test'];
  return context.stripe.clientIdOf(platform, { clientId, redirectUri });
}
