import type { Customer, LegalEntity } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { customersTable } from './customers.js';
import type { Database } from './database.js';
import { legalEntitiesTable } from './legal-entities.js';
import { fromJoinedRow, joinedList } from './table.js';

/**
 * Whom an invoice goes to and who issues it, as they stand at one moment: the legal entity named, or the environment's
 * default one, which it has from its making. Each is null when there is none; a deleted customer is found.
 */
export async function findCustomerWithIssuer(
  database: Database,
  environmentId: string,
  wanted: { readonly customerId: string; readonly legalEntityId: string | null },
): Promise<{ readonly customer: Customer | null; readonly entity: LegalEntity | null }> {
  const [row = {}] = await database.query({
    name: 'find_customer_with_issuer',
    together: TEXTS_TOGETHER,
    text: `
select ${joinedList(customersTable, 'c')}, ${joinedList(legalEntitiesTable, 'l')}
from (select $1::text as id) e
left join customers c on c.environment_id = e.id
  and c.id = $2
left join legal_entities l on l.environment_id = e.id
  and case when $3::text is null then l.is_default else l.id = $3::text end`,
    values: [environmentId, wanted.customerId, wanted.legalEntityId],
  });
  return { customer: fromJoinedRow(customersTable, row, 'c'), entity: fromJoinedRow(legalEntitiesTable, row, 'l') };
}
