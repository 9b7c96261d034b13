import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { type Problem, problem } from '../problem.js';
import { countWebhookEndpoints, type WebhookEndpoint, webhookEndpointsTable } from '../store/webhook-endpoints.js';
import { newWebhookSecret } from '../webhooks/sign-webhook.js';
import { checkWebhookUrl } from '../webhooks/webhook-url.js';

/** Every event is fanned out to each of them. */
const ENDPOINTS_MAX = 20;

export interface CreateWebhookEndpointInput {
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly string[] | null;
}

/** A new address that is told what happens from now on; its signing secret is shown in this answer only (OUT-1). */
export function createWebhookEndpoint(
  context: Context,
  command: Command,
  input: CreateWebhookEndpointInput,
): Promise<Result<Answer, Problem>> {
  const { environment } = command;
  return asked(context, command, {
    async decide() {
      const url = checkWebhookUrl(environment, input.url);
      if (!url.ok) return url;
      if ((await countWebhookEndpoints(context.db, environment.id)) >= ENDPOINTS_MAX)
        return err(problem('webhook_endpoints_limit', `An environment has up to ${ENDPOINTS_MAX} webhook endpoints.`));
      const secret = newWebhookSecret(context);
      const endpoint = newEndpoint(context, environment.id, { ...input, url: url.value, secret });
      const after = webhookEndpointToJson(endpoint);
      return ok({
        changes: new Changes().insert(webhookEndpointsTable, endpoint),
        audit: [
          {
            action: 'webhook_endpoint.created',
            objectKind: 'webhook_endpoint',
            objectId: endpoint.id,
            before: null,
            after,
          },
        ],
        outcome: { answer: { status: 201, body: webhookEndpointToJson(endpoint, { secret }), isSecret: true } },
      });
    },
  });
}

function newEndpoint(
  context: Context,
  environmentId: string,
  input: CreateWebhookEndpointInput & { readonly secret: string },
): WebhookEndpoint {
  const id = context.newId('webhookEndpoint');
  const now = context.clock.machineNow();
  return {
    environmentId,
    id,
    url: input.url,
    description: input.description,
    eventTypes: input.eventTypes === null ? null : [...input.eventTypes],
    status: 'enabled',
    disabledReason: null,
    secretSealed: context.secrets.seal(input.secret, id),
    previousSecretSealed: null,
    previousSecretExpiresAt: null,
    enabledAt: now,
    createdAt: now,
    version: 1,
  };
}
