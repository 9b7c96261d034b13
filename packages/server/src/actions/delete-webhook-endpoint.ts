import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { type Problem, problem } from '../problem.js';
import { findWebhookEndpoint, webhookEndpointsTable } from '../store/webhook-endpoints.js';

/** Deletes an endpoint at once; what still waits for it is canceled, and its log of deliveries stays. */
export function deleteWebhookEndpoint(
  context: Context,
  command: Command,
  id: string,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const endpoint = await findWebhookEndpoint(context.db, command.environment.id, id);
      if (endpoint === null) return err(problem('not_found', 'There is no such webhook endpoint.'));
      const before = webhookEndpointToJson(endpoint);
      return ok({
        changes: new Changes().delete(webhookEndpointsTable, endpoint),
        audit: [
          { action: 'webhook_endpoint.deleted', objectKind: 'webhook_endpoint', objectId: id, before, after: null },
        ],
        outcome: { answer: { status: 200, body: { object: 'webhook_endpoint', id, deleted: true } } },
      });
    },
  });
}
