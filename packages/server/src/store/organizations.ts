import type { Instant } from '@tollbridge/core';
import { bigint, boolean, instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly version: number;
}

export type EnvironmentKind = 'production' | 'test';

/** A part of an organization in which nothing is shared with any other (ENV-1). */
export interface Environment {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: EnvironmentKind;
  readonly name: string;
  readonly clockMode: 'real' | 'offset' | 'frozen';
  readonly clockOffsetMilliseconds: bigint;
  readonly clockFrozenAt: Instant | null;
  /** Host applications on private addresses may be called; loopback is always allowed in test environments (OUT-1). */
  readonly allowPrivateWebhookUrls: boolean;
  readonly createdAt: Instant;
  readonly version: number;
}

export const organizationsTable = table<Organization>(
  'organizations',
  { id: text(), name: text(), createdAt: instant(), version: integer() },
  { key: ['id'], versioned: true },
);

export const environmentsTable = table<Environment>(
  'environments',
  {
    id: text(),
    organizationId: text(),
    kind: text<EnvironmentKind>(),
    name: text(),
    clockMode: text<Environment['clockMode']>(),
    clockOffsetMilliseconds: bigint(),
    clockFrozenAt: nullable(instant()),
    allowPrivateWebhookUrls: boolean(),
    createdAt: instant(),
    version: integer(),
  },
  { key: ['id'], versioned: true },
);

export async function hasOrganizations(database: Database): Promise<boolean> {
  const [row] = await database.query({ text: 'select exists (select 1 from organizations) as found' });
  return row?.found === true;
}

export async function findEnvironment(database: Database, environmentId: string): Promise<Environment | null> {
  const [row] = await database.query({
    name: 'find_environment',
    text: `select ${selectList(environmentsTable)} from environments where id = $1`,
    values: [environmentId],
  });
  return row === undefined ? null : fromRow(environmentsTable, row);
}

export async function listEnvironments(database: Database, organizationId: string): Promise<Environment[]> {
  const rows = await database.query({
    text: `
select ${selectList(environmentsTable)}
from environments
where organization_id = $1
order by kind, created_at, id
limit 100`,
    values: [organizationId],
  });
  return rows.map((row) => fromRow(environmentsTable, row));
}
