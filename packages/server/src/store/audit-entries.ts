import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Actor } from '../changes.js';
import { instant, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { table } from './table.js';

/** Who did what, when, from where, and what it changed (ENV-6). Written by `commit` alone, and never changed. */
export interface AuditEntry {
  readonly environmentId: string;
  readonly id: string;
  readonly actorKind: Actor['kind'];
  readonly actorId: string | null;
  readonly actorAddress: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly occurredAt: Instant;
}

export const auditEntriesTable = table<AuditEntry>(
  'audit_entries',
  {
    environmentId: text(),
    id: text(),
    actorKind: text<Actor['kind']>(),
    actorId: nullable(text()),
    actorAddress: nullable(text()),
    requestId: nullable(text()),
    action: text(),
    objectKind: text(),
    objectId: text(),
    before: json<unknown>(),
    after: json<unknown>(),
    occurredAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

export interface AuditFilter {
  readonly objectId: string | null;
  readonly actorId: string | null;
  readonly actorKind: Actor['kind'] | null;
  readonly action: string | null;
  /** `[from, until)`. */
  readonly from: Instant | null;
  readonly until: Instant | null;
}

export function listAuditEntries(
  database: Database,
  environmentId: string,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEntry> | null> {
  const conditions: Condition[] = [];
  if (filter.objectId !== null) conditions.push({ sql: 't.object_id = $?', value: filter.objectId });
  if (filter.actorId !== null) conditions.push({ sql: 't.actor_id = $?', value: filter.actorId });
  if (filter.actorKind !== null) conditions.push({ sql: 't.actor_kind = $?', value: filter.actorKind });
  if (filter.action !== null) conditions.push({ sql: 't.action = $?', value: filter.action });
  if (filter.from !== null)
    conditions.push({ sql: 't.occurred_at >= $?::timestamptz', value: isoFromInstant(filter.from) });
  if (filter.until !== null)
    conditions.push({ sql: 't.occurred_at < $?::timestamptz', value: isoFromInstant(filter.until) });
  return pageOf(database, auditEntriesTable, { environmentId, request, conditions });
}
