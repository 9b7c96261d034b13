import type { Instant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/** The secrets of a connection, sealed with the connection's id as their owner (CON-12); kept apart from what is shown. */
export interface ConnectionCredentials {
  readonly environmentId: string;
  readonly connectionId: string;
  /** Null once the keys were erased. */
  readonly secretKeySealed: string | null;
  readonly webhookSecretSealed: string | null;
  /** While one signing secret replaces another both are valid; without an end it is one added by hand beside ours. */
  readonly secondWebhookSecretSealed: string | null;
  readonly secondWebhookSecretExpiresAt: Instant | null;
  readonly version: number;
}

export const connectionCredentialsTable = table<ConnectionCredentials>(
  'connection_credentials',
  {
    environmentId: text(),
    connectionId: text(),
    secretKeySealed: nullable(text()),
    webhookSecretSealed: nullable(text()),
    secondWebhookSecretSealed: nullable(text()),
    secondWebhookSecretExpiresAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'connectionId'], versioned: true },
);

export async function findConnectionCredentials(
  database: Database,
  environmentId: string,
  connectionId: string,
): Promise<ConnectionCredentials | null> {
  const [row] = await database.query({
    name: 'find_connection_credentials',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(connectionCredentialsTable)}
from connection_credentials
where environment_id = $1
  and connection_id = $2`,
    values: [environmentId, connectionId],
  });
  return row === undefined ? null : fromRow(connectionCredentialsTable, row);
}

/** A batch of all credentials there are, for giving them a new seal. */
export async function listCredentialsAfter(
  database: Database,
  after: { readonly environmentId: string; readonly connectionId: string },
  limit: number,
): Promise<ConnectionCredentials[]> {
  const rows = await database.query({
    text: `
select ${selectList(connectionCredentialsTable)}
from connection_credentials
where (environment_id, connection_id) > ($1, $2)
order by environment_id, connection_id
limit $3`,
    values: [after.environmentId, after.connectionId, limit],
  });
  return rows.map((row) => fromRow(connectionCredentialsTable, row));
}
