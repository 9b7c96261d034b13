import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { type Problem, problem } from '../problem.js';
import { deliveryIdOf, deliveryJobIdOf } from '../store/webhook-deliveries.js';
import { findWebhookEndpoint } from '../store/webhook-endpoints.js';
import { performDelivery } from '../webhooks/perform-delivery.js';

/** Sends an event of the type `webhook_endpoint.test` to one endpoint, now, and says what came of it. */
export function testWebhookEndpoint(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const endpoint = await findWebhookEndpoint(context.db, environmentId, id);
      if (endpoint === null) return err(problem('not_found', 'There is no such webhook endpoint.'));
      if (endpoint.status === 'disabled') return err(switchedOff());
      const eventId = context.newId('event');
      const object = webhookEndpointToJson(endpoint);
      const about = { objectKind: 'webhookEndpoint', objectId: id, data: { object } };
      return ok({
        changes: new Changes().tell({ environmentId, id: eventId, type: 'webhook_endpoint.test', ...about }),
        audit: [
          {
            action: 'webhook_endpoint.tested',
            objectKind: 'webhook_endpoint',
            objectId: id,
            before: null,
            after: null,
          },
        ],
        outcome: { resumeWith: deliveryIdOf(eventId, id) },
      });
    },
    async resume(deliveryId) {
      const jobId = deliveryJobIdOf(deliveryId);
      const answer = await performDelivery(context, { environmentId, deliveryId, jobId, token: null });
      return answer === null ? err(switchedOff()) : ok(answer);
    },
  });
}

const switchedOff = () => problem('webhook_endpoint_disabled', 'The endpoint is switched off. Switch it on first.');
