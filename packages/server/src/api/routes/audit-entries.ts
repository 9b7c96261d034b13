import { z } from 'zod';
import { auditEntryToJson } from '../../json/audit-entry.js';
import { listAuditEntries } from '../../store/audit-entries.js';
import { callerOf, sendPage } from '../answer.js';
import { errorResponses, instantInput, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const ACTOR_KINDS = ['api_key', 'person', 'stripe', 'system', 'payer'] as const;

const auditEntry = z
  .object({
    object: z.literal('audit_entry'),
    id: z.string(),
    actor: z.object({ kind: z.enum(ACTOR_KINDS), id: z.string().nullable(), address: z.string().nullable() }),
    request_id: z.string().nullable(),
    action: z.string(),
    object_kind: z.string(),
    object_id: z.string(),
    before: z.unknown().describe('The object before; null when it was made.'),
    after: z.unknown().describe('The object after; null when it was deleted.'),
    occurred_at: instantText,
  })
  .meta({ id: 'AuditEntry' });

export const auditEntriesRoutes: Routes = (app, context) => {
  app.get(
    '/v1/audit_entries',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listAuditEntries',
        summary: 'Who did what, when, from where, and what it changed',
        tags: ['Audit log'],
        querystring: z.strictObject({
          ...pageQuery,
          object_id: z.string().max(100).optional(),
          actor_id: z.string().max(100).optional(),
          actor_kind: z.enum(ACTOR_KINDS).optional(),
          action: z.string().max(100).optional(),
          from: instantInput.optional().describe('Entries at or after this instant.'),
          until: instantInput.optional().describe('Entries before this instant.'),
        }),
        response: { 200: listOf(auditEntry), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        objectId: query.object_id ?? null,
        actorId: query.actor_id ?? null,
        actorKind: query.actor_kind ?? null,
        action: query.action ?? null,
        from: query.from ?? null,
        until: query.until ?? null,
      };
      const environmentId = callerOf(request).environment.id;
      const page = await listAuditEntries(context.db, environmentId, filter, pageRequestOf(query));
      return sendPage(request, reply, page, auditEntryToJson);
    },
  );
};
