import type { Connection, Customer } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { connectionsTable } from './connections.js';
import { customersTable } from './customers.js';
import type { Database } from './database.js';
import { fromJoinedRow, joinedList } from './table.js';

/** By our id, which finds a deleted one too, or by the host's, which never does. */
export type CustomerKey = { readonly id: string } | { readonly externalId: string };

export interface CustomerWithConnection {
  readonly customer: Customer | null;
  readonly connection: Connection | null;
}

/**
 * What a write of a customer is decided by, as it stands at one moment: the customer, and of the connections the one of the
 * code given, or else his own, or, where he has none, the default one. Each is null when there is none.
 */
export async function findCustomerWithConnection(
  database: Database,
  environmentId: string,
  wanted: { readonly key: CustomerKey; readonly connectionCode: string | null },
): Promise<CustomerWithConnection> {
  const { key, connectionCode } = wanted;
  const [name, condition, value] =
    'id' in key
      ? ['find_customer_with_connection', 'c.id = $2', key.id]
      : ['find_customer_by_external_id_with_connection', 'c.external_id = $2 and c.deleted_at is null', key.externalId];
  const [row = {}] = await database.query({
    name,
    together: TEXTS_TOGETHER,
    text: `
select ${joinedList(customersTable, 'c')}, ${joinedList(connectionsTable, 'n')}
from (select $1::text as id) e
left join customers c on c.environment_id = e.id
  and ${condition}
left join connections n on n.environment_id = e.id
  and case
    when $3::text is not null then n.code = $3::text
    when c.connection_id is not null then n.id = c.connection_id
    else n.is_default
  end`,
    values: [environmentId, value, connectionCode],
  });
  return {
    customer: fromJoinedRow(customersTable, row, 'c'),
    connection: fromJoinedRow(connectionsTable, row, 'n'),
  };
}
