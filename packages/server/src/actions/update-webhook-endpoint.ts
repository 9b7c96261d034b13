import { err, type Instant, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { type Problem, problem } from '../problem.js';
import {
  findFailingSince,
  findWebhookEndpoint,
  type WebhookEndpoint,
  webhookEndpointsTable,
} from '../store/webhook-endpoints.js';
import { checkWebhookUrl } from '../webhooks/webhook-url.js';

export interface UpdateWebhookEndpointInput {
  readonly id: string;
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  readonly eventTypes?: readonly string[] | null | undefined;
  readonly status?: WebhookEndpoint['status'] | undefined;
}

/** Changes what is given. Switched on again, an endpoint has three days of its own before it is switched off. */
export function updateWebhookEndpoint(
  context: Context,
  command: Command,
  input: UpdateWebhookEndpointInput,
): Promise<Result<Answer, Problem>> {
  const { environment } = command;
  return asked(context, command, {
    async decide() {
      const endpoint = await findWebhookEndpoint(context.db, environment.id, input.id);
      if (endpoint === null) return err(problem('not_found', 'There is no such webhook endpoint.'));
      const url = input.url === undefined ? ok(endpoint.url) : checkWebhookUrl(environment, input.url);
      if (!url.ok) return url;
      const updated = changed(endpoint, { ...input, url: url.value }, context.clock.machineNow());
      const failing = await findFailingSince(context.db, environment.id, [endpoint.id]);
      const failingSince = updated.enabledAt === endpoint.enabledAt ? (failing.get(endpoint.id) ?? null) : null;
      const after = webhookEndpointToJson(updated, { failingSince });
      const before = webhookEndpointToJson(endpoint);
      return ok({
        changes: new Changes().update(webhookEndpointsTable, updated),
        audit: [
          { action: 'webhook_endpoint.updated', objectKind: 'webhook_endpoint', objectId: endpoint.id, before, after },
        ],
        outcome: { answer: { status: 200, body: after } },
      });
    },
  });
}

function changed(endpoint: WebhookEndpoint, input: UpdateWebhookEndpointInput, now: Instant): WebhookEndpoint {
  const status = input.status ?? endpoint.status;
  const { eventTypes } = input;
  return {
    ...endpoint,
    url: input.url ?? endpoint.url,
    description: input.description === undefined ? endpoint.description : input.description,
    eventTypes: eventTypes === undefined ? endpoint.eventTypes : eventTypes === null ? null : [...eventTypes],
    status,
    disabledReason: status === 'enabled' ? null : (endpoint.disabledReason ?? 'by_hand'),
    enabledAt: status === 'enabled' && endpoint.status === 'disabled' ? now : endpoint.enabledAt,
  };
}
