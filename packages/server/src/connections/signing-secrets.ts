import type { Connection, Instant } from '@tollbridge/core';
import type { ConnectionCredentials } from '../store/connection-credentials.js';

/**
 * A signing secret that somebody brings. Beside an endpoint of ours it is a second one without an end, such as the one
 * of `stripe listen`; where the endpoint is made by hand it takes the place of the old one, which stays valid a while.
 */
export function withAddedSecret(
  connection: Pick<Connection, 'webhookMode'>,
  credentials: ConnectionCredentials,
  { sealed, oldUntil }: { readonly sealed: string; readonly oldUntil: Instant },
): ConnectionCredentials {
  if (connection.webhookMode === 'managed')
    return { ...credentials, secondWebhookSecretSealed: sealed, secondWebhookSecretExpiresAt: null };
  return withNewSecret(credentials, { sealed, oldUntil });
}

/** A new first secret; the old one is valid until then, so that what was signed before still counts. */
export function withNewSecret(
  credentials: ConnectionCredentials,
  { sealed, oldUntil }: { readonly sealed: string; readonly oldUntil: Instant },
): ConnectionCredentials {
  const { webhookSecretSealed: old } = credentials;
  return {
    ...credentials,
    webhookSecretSealed: sealed,
    secondWebhookSecretSealed: old ?? credentials.secondWebhookSecretSealed,
    secondWebhookSecretExpiresAt: old === null ? credentials.secondWebhookSecretExpiresAt : oldUntil,
  };
}

/** Without what was brought by hand; the secret of an endpoint of ours stays. */
export function withoutSecretByHand(
  connection: Pick<Connection, 'webhookMode'>,
  credentials: ConnectionCredentials,
): ConnectionCredentials {
  return {
    ...credentials,
    webhookSecretSealed: connection.webhookMode === 'managed' ? credentials.webhookSecretSealed : null,
    secondWebhookSecretSealed: null,
    secondWebhookSecretExpiresAt: null,
  };
}
