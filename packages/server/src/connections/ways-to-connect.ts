import { modeOfEnvironment, WAYS_TO_CONNECT } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { OfferedWay } from '../json/way-to-connect.js';
import type { Environment } from '../store/organizations.js';
import { hostOfPlatform } from '../stripe-platform.js';

/** The ways to connect a Stripe account to an environment, each with what this installation still lacks for it at Stripe. */
export function waysToConnect(
  { settings }: Pick<Context, 'settings'>,
  environment: Pick<Environment, 'kind'>,
): OfferedWay[] {
  const mode = modeOfEnvironment(environment.kind);
  const livemode = mode === 'live';
  const platformMissing = settings.stripePlatformKeys[mode] === null ? 'STRIPE_PLATFORM_KEY' : null;
  const clientSetting = livemode ? 'STRIPE_OAUTH_CLIENT_ID' : 'STRIPE_OAUTH_TEST_CLIENT_ID';
  const clientMissing = settings.stripeOauthClientIds[mode] === null ? clientSetting : null;
  const missing = { key: null, managed: platformMissing, oauth: platformMissing ?? clientMissing };
  return WAYS_TO_CONNECT.map((way) => ({
    way,
    livemode,
    host: way.mode === 'key' ? null : hostOfPlatform(settings, livemode),
    missingSetting: missing[way.mode],
  }));
}
