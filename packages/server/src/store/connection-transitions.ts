import type { ConnectionReason, ConnectionStatus, Instant } from '@tollbridge/core';
import { instant, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { table } from './table.js';

/** One line of the history on a connection's card (CON-4). */
export interface ConnectionTransitionRow {
  readonly environmentId: string;
  readonly id: string;
  readonly connectionId: string;
  /** Null for the first. */
  readonly fromStatus: ConnectionStatus | null;
  readonly toStatus: ConnectionStatus;
  readonly reason: ConnectionReason;
  readonly message: string | null;
  readonly occurredAt: Instant;
}

export const connectionTransitionsTable = table<ConnectionTransitionRow>(
  'connection_transitions',
  {
    environmentId: text(),
    id: text(),
    connectionId: text(),
    fromStatus: nullable(text<ConnectionStatus>()),
    toStatus: text<ConnectionStatus>(),
    reason: text<ConnectionReason>(),
    message: nullable(text()),
    occurredAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

export async function listConnectionTransitions(
  database: Database,
  connection: { readonly environmentId: string; readonly id: string },
  request: PageRequest,
): Promise<Page<ConnectionTransitionRow> | null> {
  return pageOf(database, connectionTransitionsTable, {
    environmentId: connection.environmentId,
    request,
    conditions: [{ sql: 't.connection_id = $?', value: connection.id }],
  });
}
