import { type Instant, isoFromInstant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/** A write that named a key: what was asked, and what was answered or where to go on (API-1). */
export interface IdempotencyRecord {
  readonly environmentId: string;
  readonly key: string;
  readonly requestHash: string;
  /** `open`: the intent is committed, its outcome is not; `resourceId` says where to go on. */
  readonly status: 'open' | 'done';
  readonly resourceId: string | null;
  readonly answerStatus: number | null;
  readonly answerBody: unknown;
  readonly createdAt: Instant;
  readonly version: number;
}

export const idempotencyKeysTable = table<IdempotencyRecord>(
  'idempotency_keys',
  {
    environmentId: text(),
    key: text(),
    requestHash: text(),
    status: text<IdempotencyRecord['status']>(),
    resourceId: nullable(text()),
    answerStatus: nullable(integer()),
    answerBody: json<unknown>(),
    createdAt: instant(),
    version: integer(),
  },
  { key: ['environmentId', 'key'], versioned: true },
);

export async function findIdempotencyRecord(
  database: Database,
  environmentId: string,
  key: string,
): Promise<IdempotencyRecord | null> {
  const [row] = await database.query({
    name: 'find_idempotency_record',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(idempotencyKeysTable)} from idempotency_keys where environment_id = $1 and key = $2`,
    values: [environmentId, key],
  });
  return row === undefined ? null : fromRow(idempotencyKeysTable, row);
}

/** Keys are kept for 24 hours (API-1). Gives how many were forgotten, at most a batch. */
export async function forgetIdempotencyRecords(database: Database, before: Instant, batchMax: number): Promise<number> {
  const rows = await database.query({
    text: `
delete from idempotency_keys
where (environment_id, key) in (
  select environment_id, key
  from idempotency_keys
  where created_at < $1
  order by created_at
  limit $2
)
returning 1`,
    values: [isoFromInstant(before), batchMax],
  });
  return rows.length;
}
