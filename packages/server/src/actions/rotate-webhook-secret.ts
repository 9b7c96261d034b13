import { addHours, err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { type Problem, problem } from '../problem.js';
import { findWebhookEndpoint, webhookEndpointsTable } from '../store/webhook-endpoints.js';
import { newWebhookSecret } from '../webhooks/sign-webhook.js';

/** A new signing secret; during the overlap messages carry a signature by each, so that the host can change over. */
export function rotateWebhookSecret(
  context: Context,
  command: Command,
  input: { readonly id: string; readonly overlapHours: number },
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const endpoint = await findWebhookEndpoint(context.db, command.environment.id, input.id);
      if (endpoint === null) return err(problem('not_found', 'There is no such webhook endpoint.'));
      const secret = newWebhookSecret(context);
      const keepsOld = input.overlapHours > 0;
      const rotated = {
        ...endpoint,
        secretSealed: context.secrets.seal(secret, endpoint.id),
        previousSecretSealed: keepsOld ? endpoint.secretSealed : null,
        previousSecretExpiresAt: keepsOld ? addHours(context.clock.machineNow(), input.overlapHours) : null,
      };
      const entry = { objectKind: 'webhook_endpoint', objectId: endpoint.id };
      const before = webhookEndpointToJson(endpoint);
      const after = webhookEndpointToJson(rotated);
      return ok({
        changes: new Changes().update(webhookEndpointsTable, rotated),
        audit: [{ ...entry, action: 'webhook_endpoint.secret_rotated', before, after }],
        outcome: { answer: { status: 200, body: webhookEndpointToJson(rotated, { secret }), isSecret: true } },
      });
    },
  });
}
