import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import {
  type ConnectionCredentials,
  connectionCredentialsTable,
  findConnectionCredentials,
} from '../store/connection-credentials.js';
import { connectionsTable } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { deleteWebhookEndpoint } from '../stripe/webhook-endpoints.js';
import { accessOf } from '../stripe-access.js';

/** The last call by a key (CON-7): our endpoint at Stripe is removed, and then the keys are erased. */
export async function lastCallByKey(context: Context, connection: Connection): Promise<Result<Changes, StripeFailure>> {
  const credentials = await findConnectionCredentials(context.db, connection.environmentId, connection.id);
  const access = credentials === null ? null : accessOf(context, connection, credentials);
  if (credentials === null || access === null) return ok(new Changes());
  const { webhookEndpointId } = connection;
  if (webhookEndpointId === null) return ok(withoutKeys(connection, credentials, { endpointLeft: null }));
  const deleted = await deleteWebhookEndpoint(context.stripe, access, webhookEndpointId);
  if (deleted.ok) return ok(withoutKeys(connection, credentials, { endpointLeft: null }));
  const { kind } = deleted.error;
  const isRefused = kind === 'unauthorized' || kind === 'forbidden' || kind === 'invalid';
  return isRefused ? ok(withoutKeys(connection, credentials, { endpointLeft: webhookEndpointId })) : err(deleted.error);
}

/** Stripe could not be asked for so long: the keys go all the same. */
export async function keysErased(context: Context, connection: Connection): Promise<Changes> {
  const credentials = await findConnectionCredentials(context.db, connection.environmentId, connection.id);
  if (credentials?.secretKeySealed == null) return new Changes();
  return withoutKeys(connection, credentials, { endpointLeft: connection.webhookEndpointId });
}

function withoutKeys(
  connection: Connection,
  credentials: ConnectionCredentials,
  { endpointLeft }: { readonly endpointLeft: string | null },
): Changes {
  const message =
    endpointLeft === null ? null : `The webhook endpoint ${endpointLeft} stays at Stripe: delete it there.`;
  return new Changes()
    .update(connectionsTable, {
      ...connection,
      statusMessage: message,
      secretKeyHint: null,
      webhookMode: 'none',
      webhookEndpointId: null,
      webhookProblem: null,
    })
    .update(connectionCredentialsTable, {
      ...credentials,
      secretKeySealed: null,
      webhookSecretSealed: null,
      secondWebhookSecretSealed: null,
      secondWebhookSecretExpiresAt: null,
    });
}
