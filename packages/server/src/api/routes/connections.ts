import { z } from 'zod';
import { createConnection } from '../../actions/create-connection.js';
import { connectionCard } from '../../connections/connection-card.js';
import { connectionToJson, connectionTransitionToJson } from '../../json/connection.js';
import { listConnectionTransitions } from '../../store/connection-transitions.js';
import { findConnection, listConnections } from '../../store/connections.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import {
  connection,
  connectionCardSchema,
  connectionTransition,
  pollIntervalSeconds,
  webhookSecret,
} from '../connection-schemas.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Connections'];

const createBody = z.strictObject({
  mode: z.literal('key').default('key').describe('How the account is connected: by one of its keys.'),
  secret_key: z.string().max(300).describe('A secret (sk_…) or, better, a restricted key (rk_…) of the account.'),
  publishable_key: z.string().max(300).optional(),
  webhook_secret: webhookSecret.optional().describe('The signing secret (whsec_…) of an endpoint made by hand.'),
  host: z
    .enum(['stripe', 'sandbox'])
    .optional()
    .describe('Whom to talk to; left out, marked keys go to the sandbox and all others to Stripe.'),
  code: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,49}$/, 'small letters, digits, "-" and "_"')
    .optional(),
  name: z.string().trim().min(1).max(100).optional(),
  create_customers: z
    .boolean()
    .default(false)
    .describe('Whether customers are made in Stripe unless they say otherwise.'),
  enabled: z.boolean().default(true).describe('Off stops new sales and collection; what runs is kept.'),
  poll_interval_seconds: pollIntervalSeconds.default(10),
});

export const connectionsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/connections',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createConnection',
        summary: 'Connect a Stripe account',
        description:
          'The key is tried before it is stored; a key that lacks a needed right is refused with a checklist.',
        tags,
        body: createBody,
        response: { 201: connectionCardSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const input = {
        code: body.code ?? null,
        name: body.name ?? null,
        secretKey: body.secret_key,
        publishableKey: body.publishable_key ?? null,
        webhookSecret: body.webhook_secret ?? null,
        host: body.host ?? null,
        createCustomers: body.create_customers,
        enabled: body.enabled,
        pollIntervalSeconds: body.poll_interval_seconds,
      };
      return sendAnswer(request, reply, await createConnection(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/connections',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listConnections',
        summary: 'List the connections',
        tags,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(connection), ...errorResponses },
      },
    },
    async (request, reply) => {
      const page = await listConnections(context.db, callerOf(request).environment.id, pageRequestOf(request.query));
      return sendPage(request, reply, page, connectionToJson);
    },
  );

  app.get(
    '/v1/connections/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getConnection',
        summary: 'Read the card of a connection',
        tags,
        params: idParams,
        response: { 200: connectionCardSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findConnection(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, found === null ? null : await connectionCard(context, found));
    },
  );

  app.get(
    '/v1/connections/:id/history',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listConnectionHistory',
        summary: 'List how the connection came to its status',
        tags,
        params: idParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(connectionTransition), ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findConnection(context.db, callerOf(request).environment.id, request.params.id);
      if (found === null) return sendFound(request, reply, null);
      const page = await listConnectionTransitions(context.db, found, pageRequestOf(request.query));
      return sendPage(request, reply, page, connectionTransitionToJson);
    },
  );
};
