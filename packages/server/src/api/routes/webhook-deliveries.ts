import { z } from 'zod';
import { redeliverWebhook } from '../../actions/redeliver-webhook.js';
import { webhookDeliveryToJson } from '../../json/webhook-delivery.js';
import {
  DELIVERY_STATUSES,
  findDelivery,
  listDeliveries,
  listDeliveryAttempts,
} from '../../store/webhook-deliveries.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const attempt = z.object({
  attempted_at: instantText,
  duration_milliseconds: z.number().int(),
  response_status: z.number().int().nullable(),
  response_body: z.string().nullable().describe('Its first 1,000 characters.'),
  error: z.string().nullable().describe('Why there was no answer.'),
});

export const webhookDelivery = z
  .object({
    object: z.literal('webhook_delivery'),
    id: z.string(),
    event_id: z.string(),
    endpoint_id: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.number().int().describe('Since it was made, or last sent again by hand.'),
    last_attempt_at: instantText.nullable(),
    next_attempt_at: instantText.nullable(),
    last_response_status: z.number().int().nullable(),
    last_error: z.string().nullable(),
    delivered_at: instantText.nullable(),
    created_at: instantText,
    attempt_log: z.array(attempt).optional().describe('The latest 50 attempts; not in lists.'),
  })
  .meta({ id: 'WebhookDelivery' });

const tags = ['Webhooks'];

export const webhookDeliveriesRoutes: Routes = (app, context) => {
  app.get(
    '/v1/webhook_deliveries',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listWebhookDeliveries',
        summary: 'List what was sent to your endpoints, or waits to be',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          endpoint_id: z.string().max(100).optional(),
          event_id: z.string().max(100).optional(),
          status: z.enum(DELIVERY_STATUSES).optional(),
        }),
        response: { 200: listOf(webhookDelivery), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { endpoint_id, event_id, status } = request.query;
      const filter = { endpointId: endpoint_id ?? null, eventId: event_id ?? null, status: status ?? null };
      const environmentId = callerOf(request).environment.id;
      const page = await listDeliveries(context.db, environmentId, filter, pageRequestOf(request.query));
      return sendPage(request, reply, page, (delivery) => webhookDeliveryToJson(delivery));
    },
  );

  app.get(
    '/v1/webhook_deliveries/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getWebhookDelivery',
        summary: 'Show a delivery with its attempts',
        tags,
        params: idParams,
        response: { 200: webhookDelivery, ...errorResponses },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const delivery = await findDelivery(context.db, environmentId, request.params.id);
      if (delivery === null) return sendFound(request, reply, null);
      const log = await listDeliveryAttempts(context.db, environmentId, delivery.id);
      return sendFound(request, reply, webhookDeliveryToJson(delivery, log));
    },
  );

  app.post(
    '/v1/webhook_deliveries/:id/redeliver',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'redeliverWebhookDelivery',
        summary: 'Send it again, now',
        tags,
        params: idParams,
        response: { 200: webhookDelivery, 202: webhookDelivery, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await redeliverWebhook(context, commandOf(request), request.params.id)),
  );
};
