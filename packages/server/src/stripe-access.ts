import { type Connection, checkKeyForHost, invariant, parseStripeKey } from '@tollbridge/core';
import type { Context } from './context.js';
import type { ConnectionCredentials } from './store/connection-credentials.js';
import type { StripeAccess } from './stripe/gateway.js';

/**
 * The right to call Stripe through a connection. The last guard of ENV-2 stands here, before every call: a live key of
 * Stripe's is never sent anywhere else, and a marked one never to Stripe.
 */
export function accessOf(
  context: Pick<Context, 'secrets'>,
  connection: Pick<Connection, 'id' | 'host' | 'mode' | 'stripeAccountId'>,
  credentials: Pick<ConnectionCredentials, 'secretKeySealed'>,
): StripeAccess {
  invariant(credentials.secretKeySealed !== null, 'a connection whose keys were erased is not asked for access');
  const secretKey = context.secrets.open(credentials.secretKeySealed, connection.id);
  const key = parseStripeKey(secretKey);
  invariant(key.ok, 'only well-formed keys are stored');
  invariant(checkKeyForHost(key.value, connection.host).ok, 'a key goes only to the host it belongs to');
  return { host: connection.host, secretKey, accountId: connection.mode === 'key' ? null : connection.stripeAccountId };
}
