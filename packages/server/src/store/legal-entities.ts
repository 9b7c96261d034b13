import type { LegalEntity } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { boolean, instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const legalEntitiesTable = table<LegalEntity>(
  'legal_entities',
  {
    environmentId: text(),
    id: text(),
    name: text(),
    address: json<LegalEntity['address']>(),
    taxIds: json<LegalEntity['taxIds']>(),
    numberPrefix: text(),
    nextNumber: integer(),
    footer: nullable(text()),
    isDefault: boolean(),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true, counters: ['nextNumber'] },
);

export async function findLegalEntity(
  database: Database,
  environmentId: string,
  id: string,
): Promise<LegalEntity | null> {
  const [row] = await database.query({
    name: 'find_legal_entity',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(legalEntitiesTable)} from legal_entities where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(legalEntitiesTable, row);
}

/** Who issues what nobody named an issuer for; every environment has one from its making. */
export async function findDefaultLegalEntity(database: Database, environmentId: string): Promise<LegalEntity | null> {
  const [row] = await database.query({
    name: 'find_default_legal_entity',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(legalEntitiesTable)}
from legal_entities
where environment_id = $1
  and is_default`,
    values: [environmentId],
  });
  return row === undefined ? null : fromRow(legalEntitiesTable, row);
}

export async function findLegalEntityByPrefix(
  database: Database,
  environmentId: string,
  numberPrefix: string,
): Promise<LegalEntity | null> {
  const [row] = await database.query({
    text: `
select ${selectList(legalEntitiesTable)}
from legal_entities
where environment_id = $1
  and number_prefix = $2`,
    values: [environmentId, numberPrefix],
  });
  return row === undefined ? null : fromRow(legalEntitiesTable, row);
}

export async function listLegalEntities(
  database: Database,
  environmentId: string,
  request: PageRequest,
): Promise<Page<LegalEntity> | null> {
  return pageOf(database, legalEntitiesTable, { environmentId, request, conditions: [] });
}
