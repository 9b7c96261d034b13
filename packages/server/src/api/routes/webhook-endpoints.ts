import { EVENT_TYPES } from '@tollbridge/core';
import { z } from 'zod';
import { createWebhookEndpoint } from '../../actions/create-webhook-endpoint.js';
import { deleteWebhookEndpoint } from '../../actions/delete-webhook-endpoint.js';
import { rotateWebhookSecret } from '../../actions/rotate-webhook-secret.js';
import { testWebhookEndpoint } from '../../actions/test-webhook-endpoint.js';
import { updateWebhookEndpoint } from '../../actions/update-webhook-endpoint.js';
import { webhookEndpointToJson } from '../../json/webhook-endpoint.js';
import { findFailingSince, findWebhookEndpoint, listWebhookEndpoints } from '../../store/webhook-endpoints.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { deletedAnswer, errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';
import { webhookDelivery } from './webhook-deliveries.js';

const eventTypes = z.array(z.enum(Object.keys(EVENT_TYPES) as [keyof typeof EVENT_TYPES]));
const url = z.string().max(2_000).describe('Where messages are posted.');
const description = z.string().trim().max(500).nullable();

const webhookEndpoint = z
  .object({
    object: z.literal('webhook_endpoint'),
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    event_types: z.array(z.string()).nullable().describe('Null: every type.'),
    status: z.enum(['enabled', 'disabled']),
    disabled_reason: z
      .enum(['failing', 'gone', 'by_hand'])
      .nullable()
      .describe('`failing`: it took nothing for three days; `gone`: it answered 410.'),
    failing_since: instantText.nullable(),
    secret: z.string().optional().describe('Only in the answer that makes it: `whsec_…`, of Standard Webhooks.'),
    previous_secret_expires_at: instantText.nullable(),
    created_at: instantText,
  })
  .meta({ id: 'WebhookEndpoint' });

const tags = ['Webhooks'];

export const webhookEndpointsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/webhook_endpoints',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createWebhookEndpoint',
        summary: 'Have events sent to an address of yours',
        tags,
        body: z.strictObject({
          url,
          description: description.default(null),
          event_types: eventTypes.min(1).nullable().default(null).describe('Left out or null: every type.'),
        }),
        response: { 201: webhookEndpoint, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { event_types, ...rest } = request.body;
      return sendAnswer(
        request,
        reply,
        await createWebhookEndpoint(context, commandOf(request), { ...rest, eventTypes: event_types }),
      );
    },
  );

  app.get(
    '/v1/webhook_endpoints',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listWebhookEndpoints',
        summary: 'List the webhook endpoints',
        tags,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(webhookEndpoint), ...errorResponses },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const page = await listWebhookEndpoints(context.db, environmentId, pageRequestOf(request.query));
      const ids = page?.items.map((endpoint) => endpoint.id) ?? [];
      const failing = await findFailingSince(context.db, environmentId, ids);
      return sendPage(request, reply, page, (endpoint) =>
        webhookEndpointToJson(endpoint, { failingSince: failing.get(endpoint.id) ?? null }),
      );
    },
  );

  app.get(
    '/v1/webhook_endpoints/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getWebhookEndpoint',
        summary: 'Show a webhook endpoint',
        tags,
        params: idParams,
        response: { 200: webhookEndpoint, ...errorResponses },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const endpoint = await findWebhookEndpoint(context.db, environmentId, request.params.id);
      if (endpoint === null) return sendFound(request, reply, null);
      const failing = await findFailingSince(context.db, environmentId, [endpoint.id]);
      return sendFound(
        request,
        reply,
        webhookEndpointToJson(endpoint, { failingSince: failing.get(endpoint.id) ?? null }),
      );
    },
  );

  app.patch(
    '/v1/webhook_endpoints/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateWebhookEndpoint',
        summary: 'Change a webhook endpoint, or switch it on or off',
        tags,
        params: idParams,
        body: z.strictObject({
          url: url.optional(),
          description: description.optional(),
          event_types: eventTypes.min(1).nullable().optional(),
          status: z.enum(['enabled', 'disabled']).optional(),
        }),
        response: { 200: webhookEndpoint, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { event_types, ...rest } = request.body;
      const input = { ...rest, id: request.params.id, eventTypes: event_types };
      return sendAnswer(request, reply, await updateWebhookEndpoint(context, commandOf(request), input));
    },
  );

  app.delete(
    '/v1/webhook_endpoints/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteWebhookEndpoint',
        summary: 'Delete a webhook endpoint; what waits for it is canceled',
        tags,
        params: idParams,
        response: { 200: deletedAnswer('webhook_endpoint'), ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await deleteWebhookEndpoint(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/webhook_endpoints/:id/rotate_secret',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateWebhookEndpointSecret',
        summary: 'Replace the signing secret; messages are signed by both for a while',
        tags,
        params: idParams,
        body: z.strictObject({ overlap_hours: z.number().int().min(0).max(168).default(24) }),
        response: { 200: webhookEndpoint, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, overlapHours: request.body.overlap_hours };
      return sendAnswer(request, reply, await rotateWebhookSecret(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/webhook_endpoints/:id/test',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'testWebhookEndpoint',
        summary: 'Send a test event to the endpoint, and see what it answers',
        tags,
        params: idParams,
        response: {
          200: webhookDelivery,
          202: webhookDelivery.describe('Not sent yet: earlier messages about the endpoint come first.'),
          ...errorResponses,
        },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await testWebhookEndpoint(context, commandOf(request), request.params.id)),
  );
};
