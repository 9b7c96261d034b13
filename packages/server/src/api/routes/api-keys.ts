import { z } from 'zod';
import { createApiKey } from '../../actions/create-api-key.js';
import { revokeApiKey } from '../../actions/revoke-api-key.js';
import { rotateApiKey } from '../../actions/rotate-api-key.js';
import { apiKeyToJson } from '../../json/api-key.js';
import { API_KEY_SCOPES, listApiKeys } from '../../store/api-keys.js';
import { callerOf, commandOf, sendAnswer, sendPage } from '../answer.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const scopes = z.array(z.enum(API_KEY_SCOPES));

const apiKey = z
  .object({
    object: z.literal('api_key'),
    id: z.string(),
    name: z.string(),
    hint: z.string().describe('The beginning and the end of the secret.'),
    scopes,
    secret: z.string().optional().describe('Only in the answer that makes it; it is not stored.'),
    created_at: instantText,
    last_used_at: instantText.nullable(),
    expires_at: instantText.nullable(),
    revoked_at: instantText.nullable(),
  })
  .meta({ id: 'ApiKey' });

const tags = ['API keys'];

export const apiKeysRoutes: Routes = (app, context) => {
  app.post(
    '/v1/api_keys',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createApiKey',
        summary: 'Make a secret API key',
        tags,
        body: z.strictObject({
          name: z.string().trim().min(1).max(100),
          scopes: scopes.min(1).default(['read', 'write']),
        }),
        response: { 201: apiKey, ...errorResponses },
      },
    },
    async (request, reply) => sendAnswer(request, reply, await createApiKey(context, commandOf(request), request.body)),
  );

  app.get(
    '/v1/api_keys',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listApiKeys',
        summary: 'List the API keys',
        tags,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(apiKey), ...errorResponses },
      },
    },
    async (request, reply) => {
      const page = await listApiKeys(context.db, callerOf(request).environment.id, pageRequestOf(request.query));
      return sendPage(request, reply, page, (key) => apiKeyToJson(key));
    },
  );

  app.post(
    '/v1/api_keys/:id/rotate',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateApiKey',
        summary: 'Replace the secret; the old one works on for a while',
        tags,
        params: idParams,
        body: z.strictObject({ overlap_hours: z.number().int().min(0).max(168).default(24) }),
        response: { 201: apiKey, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, overlapHours: request.body.overlap_hours };
      return sendAnswer(request, reply, await rotateApiKey(context, commandOf(request), input));
    },
  );

  app.delete(
    '/v1/api_keys/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'revokeApiKey',
        summary: 'Revoke an API key at once',
        tags,
        params: idParams,
        response: { 200: apiKey, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await revokeApiKey(context, commandOf(request), request.params.id)),
  );
};
