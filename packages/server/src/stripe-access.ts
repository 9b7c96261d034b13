import type { Connection } from '@tollbridge/core';
import type { Context } from './context.js';
import type { ConnectionCredentials } from './store/connection-credentials.js';
import type { StripeAccess } from './stripe/gateway.js';
import { guarded, platformKeyOf } from './stripe-platform.js';

/**
 * The right to call Stripe through a connection; null where there is none: its keys were erased, its account is not made yet,
 * or the installation has no platform key for it.
 */
export function accessOf(
  context: Pick<Context, 'secrets' | 'settings'>,
  connection: Pick<Connection, 'id' | 'host' | 'livemode' | 'mode' | 'stripeAccountId'>,
  credentials: Pick<ConnectionCredentials, 'secretKeySealed'> | null,
): StripeAccess | null {
  const { host, mode, stripeAccountId } = connection;
  if (mode === 'key') {
    const sealed = credentials?.secretKeySealed ?? null;
    if (sealed === null) return null;
    return guarded({ host, secretKey: context.secrets.open(sealed, connection.id), accountId: null });
  }
  const secretKey = platformKeyOf(context.settings, connection);
  // Without an account named, the platform's key would act for the platform itself.
  if (secretKey === null || stripeAccountId === null) return null;
  return guarded({ host, secretKey, accountId: stripeAccountId });
}
