import { type Instant, isoFromInstant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { instant, integer, nullable, text, textArray } from './column.js';
import type { Database } from './database.js';
import { type IdempotencyRecord, idempotencyKeysTable } from './idempotency.js';
import { type Environment, environmentsTable } from './organizations.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const API_KEY_SCOPES = ['read', 'write', 'ingest'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A secret key of one environment (ENV-4). The secret itself is shown once and never stored. */
export interface ApiKey {
  readonly environmentId: string;
  readonly id: string;
  readonly name: string;
  /** The beginning and the end of the secret, by which a person recognises it. */
  readonly hint: string;
  readonly secretHash: string;
  readonly scopes: ApiKeyScope[];
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  /** Set when it is rotated: the old secret goes on working until then. */
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly version: number;
}

export const apiKeysTable = table<ApiKey>(
  'api_keys',
  {
    environmentId: text(),
    id: text(),
    name: text(),
    hint: text(),
    secretHash: text(),
    scopes: textArray<ApiKeyScope>(),
    createdAt: instant(),
    lastUsedAt: nullable(instant()),
    expiresAt: nullable(instant()),
    revokedAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export interface KeyHolder {
  readonly key: ApiKey;
  readonly environment: Environment;
  /** What came before under the idempotency key that was sent along; null when nothing did, or none was sent. */
  readonly record: IdempotencyRecord | null;
}

/**
 * Who holds this secret, and what he asked for before under this idempotency key: one indexed read a request. Keys of a
 * deleted environment are nobody's any more.
 */
export async function findKeyHolder(
  database: Database,
  secretHash: string,
  idempotencyKey: string | null,
): Promise<KeyHolder | null> {
  const [row] = await database.query({
    name: 'find_key_holder',
    together: TEXTS_TOGETHER,
    text: `
select to_jsonb(e) - 'clock_frozen_at' - 'created_at' as environment, e.clock_frozen_at as environment_clock_frozen_at,
  e.created_at as environment_created_at, e.clock_offset_milliseconds, ${selectList(apiKeysTable, 'k')},
  i.key as record_key, i.request_hash, i.status, i.resource_id, i.answer_status, i.answer_body,
  i.created_at as record_created_at, i.version as record_version
from api_keys k
join environments e on e.id = k.environment_id
left join idempotency_keys i on i.environment_id = k.environment_id
  and i.key = $2
where k.secret_hash = $1
  and e.deleted_at is null`,
    values: [secretHash, idempotencyKey],
  });
  if (row === undefined) return null;
  const environment = {
    ...(row.environment as Record<string, unknown>),
    clock_offset_milliseconds: row.clock_offset_milliseconds,
    clock_frozen_at: row.environment_clock_frozen_at,
    created_at: row.environment_created_at,
  };
  const record = { ...row, key: row.record_key, created_at: row.record_created_at, version: row.record_version };
  return {
    key: fromRow(apiKeysTable, row),
    environment: fromRow(environmentsTable, environment),
    record: row.record_key === null ? null : fromRow(idempotencyKeysTable, record),
  };
}

export async function findApiKey(database: Database, environmentId: string, id: string): Promise<ApiKey | null> {
  const [row] = await database.query({
    text: `select ${selectList(apiKeysTable)} from api_keys where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(apiKeysTable, row);
}

export async function listApiKeys(
  database: Database,
  environmentId: string,
  request: PageRequest,
): Promise<Page<ApiKey> | null> {
  return pageOf(database, apiKeysTable, { environmentId, request, conditions: [] });
}

/** Remembers the last use, at most once a minute for each key, so that reading does not become writing. */
export async function touchApiKey(database: Database, key: ApiKey, now: Instant): Promise<void> {
  await database.query({
    name: 'touch_api_key',
    text: `
update api_keys
set last_used_at = $3
where environment_id = $1
  and id = $2
  and (last_used_at is null or last_used_at < $3::timestamptz - interval '1 minute')`,
    values: [key.environmentId, key.id, isoFromInstant(now)],
  });
}
