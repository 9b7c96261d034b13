import { isoFromInstant } from '@tollbridge/core';
import type { AuditEntry } from '../store/audit-entries.js';

export const auditEntryToJson = (entry: AuditEntry) => ({
  object: 'audit_entry' as const,
  id: entry.id,
  actor: { kind: entry.actorKind, id: entry.actorId, address: entry.actorAddress },
  request_id: entry.requestId,
  action: entry.action,
  object_kind: entry.objectKind,
  object_id: entry.objectId,
  before: entry.before,
  after: entry.after,
  occurred_at: isoFromInstant(entry.occurredAt),
});
