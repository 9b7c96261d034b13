import type { Instant } from '@tollbridge/core';
import type { JobError, Lane } from '../changes.js';
import { instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

/** A job that gave up, kept for people to see and to put back to work. */
export interface DeadLetter {
  readonly environmentId: string;
  readonly id: string;
  readonly lane: Lane;
  readonly kind: string;
  readonly connectionId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly firstAttemptAt: Instant | null;
  readonly deadAt: Instant;
  readonly lastError: JobError | null;
  readonly createdAt: Instant;
}

/** Jobs as far as dead letters show them; only read by this, never written. */
const deadLettersTable = table<DeadLetter>(
  'jobs',
  {
    environmentId: text(),
    id: text(),
    lane: text<Lane>(),
    kind: text(),
    connectionId: nullable(text()),
    payload: json<DeadLetter['payload']>(),
    attempts: integer(),
    firstAttemptAt: nullable(instant()),
    deadAt: instant(),
    lastError: nullable(json<JobError>()),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

export interface DeadLetterFilter {
  readonly kind: string | null;
  readonly lane: Lane | null;
}

export async function findDeadLetter(
  database: Database,
  environmentId: string,
  id: string,
): Promise<DeadLetter | null> {
  const [row] = await database.query({
    name: 'find_dead_letter',
    text: `
select ${selectList(deadLettersTable)}
from jobs
where environment_id = $1
  and id = $2
  and dead_at is not null`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(deadLettersTable, row);
}

export async function listDeadLetters(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: DeadLetterFilter },
): Promise<Page<DeadLetter> | null> {
  const conditions: Condition[] = [{ sql: 't.dead_at is not null' }];
  if (filter.kind !== null) conditions.push({ sql: 't.kind = $?', value: filter.kind });
  if (filter.lane !== null) conditions.push({ sql: 't.lane = $?', value: filter.lane });
  return pageOf(database, deadLettersTable, { environmentId, request, conditions });
}

/** The oldest dead letters of a kind and a lane, or of any, to put back to work together. */
export async function listDeadLettersToRevive(
  database: Database,
  environmentId: string,
  wanted: DeadLetterFilter & { readonly limit: number },
): Promise<DeadLetter[]> {
  const rows = await database.query({
    name: 'list_dead_letters_to_revive',
    text: `
select ${selectList(deadLettersTable)}
from jobs
where environment_id = $1
  and dead_at is not null
  and ($2::text is null or kind = $2)
  and ($3::text is null or lane = $3)
order by seq
limit $4`,
    values: [environmentId, wanted.kind, wanted.lane, wanted.limit],
  });
  return rows.map((row) => fromRow(deadLettersTable, row));
}
