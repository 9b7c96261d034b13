import type { Instant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { bigint, boolean, instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

export interface Organization {
  readonly id: string;
  readonly name: string;
  /** Made by the first start of the installation; there is one such organization at most. */
  readonly isFirst: boolean;
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
  /** Only test environments can be deleted; what they hold stays for the books, and nobody can ask for it any more. */
  readonly deletedAt: Instant | null;
  readonly version: number;
}

export const organizationsTable = table<Organization>(
  'organizations',
  { id: text(), name: text(), isFirst: boolean(), createdAt: instant(), version: integer() },
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
    deletedAt: nullable(instant()),
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
    together: TEXTS_TOGETHER,
    text: `select ${selectList(environmentsTable)} from environments where id = $1`,
    values: [environmentId],
  });
  return row === undefined ? null : fromRow(environmentsTable, row);
}

/** Those of these environments that there are, by their ids. */
export async function findEnvironments(
  database: Database,
  environmentIds: readonly string[],
): Promise<Map<string, Environment>> {
  const rows = await database.query({
    name: 'find_environments',
    text: `select ${selectList(environmentsTable)} from environments where id = any($1::text[])`,
    values: [[...new Set(environmentIds)]],
  });
  return new Map(rows.map((row) => fromRow(environmentsTable, row)).map((each) => [each.id, each]));
}

/** How many environments an organization may have; creating one beyond is refused, so that this list is whole. */
export const ENVIRONMENTS_MAX = 100;

/** An organization's environments that are not deleted: production first, then by age. */
export async function listEnvironments(database: Database, organizationId: string): Promise<Environment[]> {
  const rows = await database.query({
    text: `
select ${selectList(environmentsTable)}
from environments
where organization_id = $1
  and deleted_at is null
order by kind, created_at, id
limit ${ENVIRONMENTS_MAX}`,
    values: [organizationId],
  });
  return rows.map((row) => fromRow(environmentsTable, row));
}

/** The environment of this id, or all of this kind, whatever their organization; those that are not deleted, the oldest first. */
export async function findEnvironmentsMeant(database: Database, idOrKind: string): Promise<Environment[]> {
  const rows = await database.query({
    text: `
select ${selectList(environmentsTable)}
from environments
where (id = $1 or kind = $1)
  and deleted_at is null
order by created_at, id
limit ${ENVIRONMENTS_MAX}`,
    values: [idOrKind],
  });
  return rows.map((row) => fromRow(environmentsTable, row));
}

/** Connections that have not been disconnected: what deleting the environment would stop. */
export async function countLiveConnections(database: Database, environmentId: string): Promise<number> {
  const [row] = await database.query({
    text: `
select count(*)::integer as count
from connections
where environment_id = $1
  and status <> 'disconnected'`,
    values: [environmentId],
  });
  return row?.count as number;
}
