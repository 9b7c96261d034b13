import { type Connection, invariant } from '@tollbridge/core';
import type { Context } from '../context.js';
import { TEXTS_TOGETHER } from './asked-together.js';
import { accessFromRow, type ConnectionWithAccess, CREDENTIALS, connectionsTable } from './connections.js';
import { type Environment, environmentsTable } from './organizations.js';
import { fromJoinedRow, fromRow, joinedList, selectList, type Table } from './table.js';

/** What reading on in a list of Stripe's goes by, as it stands at one moment. */
export interface ConnectionWithCursor<Cursor> extends ConnectionWithAccess {
  readonly environment: Environment;
  /** Null where the list was never read. */
  readonly cursor: Cursor | null;
}

/**
 * The connection and the right to call Stripe through it, with how far something of its was read, which is a row a
 * connection; null when there is none, or its keys were erased, or its environment deleted.
 */
export async function findConnectionWithCursor<Cursor extends { readonly connectionId: string }>(
  context: Context,
  { environmentId, id }: Pick<Connection, 'environmentId' | 'id'>,
  cursors: Table<Cursor>,
): Promise<ConnectionWithCursor<Cursor> | null> {
  const [row] = await context.db.query({
    name: `find_connection_with_${cursors.name}`,
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(connectionsTable, 'c')}, ${CREDENTIALS}, ${joinedList(environmentsTable, 'e')},
  ${joinedList(cursors, 'r')}
from connections c
join environments e on e.id = c.environment_id
  and e.deleted_at is null
left join connection_credentials d on d.environment_id = c.environment_id
  and d.connection_id = c.id
left join ${cursors.name} r on r.environment_id = c.environment_id
  and r.connection_id = c.id
where c.environment_id = $1
  and c.id = $2`,
    values: [environmentId, id],
  });
  if (row === undefined) return null;
  const connection = fromRow(connectionsTable, row);
  const environment = fromJoinedRow(environmentsTable, row, 'e');
  invariant(environment !== null, 'a connection has its environment');
  const access = accessFromRow(context, connection, row);
  return access === null ? null : { connection, access, environment, cursor: fromJoinedRow(cursors, row, 'r') };
}
