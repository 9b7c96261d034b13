import { DELIVERY_ATTEMPTS_MAX, err, invariant, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes, type NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { leasedHere } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findDelivery, type WebhookDelivery, webhookDeliveriesTable } from '../store/webhook-deliveries.js';
import { findWebhookEndpoint } from '../store/webhook-endpoints.js';
import { performDelivery } from '../webhooks/perform-delivery.js';

/** Sends a delivery again, now, with all its retries anew; also one that arrived before (OUT-1). */
export function redeliverWebhook(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  let token: string | null = null;
  return asked(context, command, {
    async decide() {
      const delivery = await findDelivery(context.db, environmentId, id);
      if (delivery === null) return err(problem('not_found', 'There is no such delivery.'));
      const endpoint = await findWebhookEndpoint(context.db, environmentId, delivery.endpointId);
      if (endpoint === null || endpoint.status === 'disabled')
        return err(problem('webhook_delivery_not_sendable', 'Its endpoint was deleted or is switched off.'));
      const job = redeliveryJob(context, delivery);
      token = job.lease?.token ?? null;
      const again: WebhookDelivery = { ...delivery, status: 'pending', attempts: 0, nextAttemptAt: job.dueAt };
      return ok({
        changes: new Changes().update(webhookDeliveriesTable, again).enqueue(job),
        audit: [
          {
            action: 'webhook_delivery.redelivered',
            objectKind: 'webhook_delivery',
            objectId: id,
            before: null,
            after: null,
          },
        ],
        outcome: { resumeWith: `${id} ${job.id}` },
      });
    },
    async resume(resourceId) {
      const [deliveryId = '', jobId = ''] = resourceId.split(' ');
      const answer = await performDelivery(context, { environmentId, deliveryId, jobId, token });
      invariant(answer !== null, 'a delivery that was sent again is still there');
      return ok(answer);
    },
  });
}

/** Out of turn on purpose: a person asked for it now, whatever else waits for the same endpoint. */
function redeliveryJob(context: Context, delivery: WebhookDelivery): NewJob {
  return leasedHere(context, {
    environmentId: delivery.environmentId,
    id: context.newId('job'),
    lane: 'delivery',
    kind: 'deliver_webhook',
    key: null,
    dedupeKey: null,
    connectionId: null,
    payload: { deliveryId: delivery.id, endpointId: delivery.endpointId },
    dueAt: context.clock.machineNow(),
    attemptsMax: DELIVERY_ATTEMPTS_MAX,
    lease: null,
  });
}
