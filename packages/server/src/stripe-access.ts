import { type Connection, checkKeyForHost, invariant, parseStripeKey } from '@tollbridge/core';
import { Changes } from './changes.js';
import { checkConnectionJob } from './connection-jobs.js';
import type { Context } from './context.js';
import type { JobResult } from './jobs/handlers.js';
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

const WAIT_MILLISECONDS = 60_000;

/** While a connection is lost, what needs it waits for the reconnection; null when there is no need to wait. */
export function waitsForConnection(connection: Pick<Connection, 'status'>): JobResult | null {
  if (connection.status !== 'disconnected') return null;
  return {
    kind: 'later',
    delayMilliseconds: WAIT_MILLISECONDS,
    error: {
      code: 'connection_disconnected',
      message: 'the connection to Stripe is lost; this goes on when it is back',
    },
    uncounted: true,
  };
}

/** What a job comes to when Stripe refuses the key (401): it waits, and the connection is looked at. */
export function connectionUnauthorized(
  context: Context,
  connection: Pick<Connection, 'environmentId' | 'id'>,
): JobResult {
  return {
    kind: 'later',
    delayMilliseconds: WAIT_MILLISECONDS,
    error: { code: 'connection_unauthorized', message: 'Stripe does not accept the key of the connection' },
    uncounted: true,
    changes: new Changes().enqueue(checkConnectionJob(context, connection)),
  };
}
