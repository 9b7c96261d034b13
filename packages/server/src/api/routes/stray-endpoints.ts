import { z } from 'zod';
import { deleteStrayEndpoint, listStrayEndpoints } from '../../actions/stray-endpoints.js';
import { strayEndpointToJson } from '../../json/stray-endpoint.js';
import { callerOf, commandOf, sendAnswer } from '../answer.js';
import { sendProblem } from '../errors.js';
import { errorResponses, idParams, instantText, listOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Connections'];

const strayEndpoint = z
  .object({
    object: z.literal('stray_endpoint'),
    stripe_id: z.string(),
    url: z.string(),
    status: z.string(),
    connection_id: z.string().nullable().describe('For which connection it was made, here or in another installation.'),
    created_at: instantText,
  })
  .meta({ id: 'StrayEndpoint' });

const deletedEndpoint = z.object({
  object: z.literal('stray_endpoint'),
  stripe_id: z.string(),
  deleted: z.boolean(),
});

/** Endpoints at Stripe that we made and nobody uses: what to clear away at Stripe's limit. */
export const strayEndpointsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/connections/:id/stray_endpoints',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listStrayEndpoints',
        summary: 'List webhook endpoints of ours at Stripe that are not used',
        tags,
        params: idParams,
        response: { 200: listOf(strayEndpoint), ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await listStrayEndpoints(context, callerOf(request).environment.id, request.params.id);
      if (!found.ok) return sendProblem(request, reply, found.error);
      return reply.send({ object: 'list', data: found.value.map(strayEndpointToJson), has_more: false });
    },
  );

  app.delete(
    '/v1/connections/:id/stray_endpoints/:stripe_id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteStrayEndpoint',
        summary: 'Delete one of them at Stripe',
        tags,
        params: idParams.extend({ stripe_id: z.string().min(1).max(255) }),
        response: { 200: deletedEndpoint, 202: deletedEndpoint, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, stripeId: request.params.stripe_id };
      return sendAnswer(request, reply, await deleteStrayEndpoint(context, commandOf(request), input));
    },
  );
};
