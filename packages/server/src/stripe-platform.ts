import {
  type Connection,
  checkKeyForHost,
  invariant,
  parseStripeKey,
  type Result,
  type StripeHost,
} from '@tollbridge/core';
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

/**
 * Where accounts are connected unless somebody names the host. In test mode at Stripe once a key is set; in production always,
 * since money that nobody really takes must not be taken for money: there the sandbox is for whoever names it.
 */
export function hostOfPlatform(settings: Pick<Settings, 'stripePlatformKeys'>, livemode: boolean): StripeHost {
  return livemode || settings.stripePlatformKeys.test !== null ? 'stripe' : 'sandbox';
}

/** The right to call Stripe as the platform itself; null where no key is set. */
export function platformAccess(
  settings: Pick<Settings, 'stripePlatformKeys'>,
  place: PlatformPlace,
): StripeAccess | null {
  const secretKey = platformKeyOf(settings, place);
  return secretKey === null ? null : guarded({ host: place.host, secretKey, accountId: null });
}

/** The last guard of ENV-2, before every call: a live key of Stripe's is sent nowhere else, and a marked one never to Stripe. */
export function guarded(access: StripeAccess): StripeAccess {
  const key = parseStripeKey(access.secretKey);
  invariant(key.ok, 'only well-formed keys are stored or set');
  invariant(checkKeyForHost(key.value, access.host).ok, 'a key goes only to the host it belongs to');
  return access;
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

/** What a call comes to while nobody has set the key of its platform. */
export const WITHOUT_PLATFORM: StripeFailure = {
  kind: 'unauthorized',
  status: null,
  code: 'platform_key_missing',
  declineCode: null,
  adviceCode: null,
  message: 'This installation has no key, or no client id, of the Stripe platform that acts for the account.',
  param: null,
  requestId: null,
  replayed: false,
  paymentIntent: null,
  setupIntent: null,
};
