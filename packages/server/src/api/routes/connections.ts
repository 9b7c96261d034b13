import { err, ok, type Result } from '@tollbridge/core';
import { z } from 'zod';
import { connectByConsent } from '../../actions/connect-by-consent.js';
import { type ConnectManagedInput, connectManaged } from '../../actions/connect-managed.js';
import { type CreateConnectionInput, createConnection } from '../../actions/create-connection.js';
import { connectionCard } from '../../connections/connection-card.js';
import { waysToConnect } from '../../connections/ways-to-connect.js';
import { connectionToJson, connectionTransitionToJson } from '../../json/connection.js';
import { wayToConnectToJson } from '../../json/way-to-connect.js';
import { type Problem, problem } from '../../problem.js';
import { listConnectionTransitions } from '../../store/connection-transitions.js';
import { findConnection, listConnections } from '../../store/connections.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import {
  connection,
  connectionCardSchema,
  connectionTransition,
  pollIntervalSeconds,
  wayToConnect,
  webhookSecret,
} from '../connection-schemas.js';
import { sendProblem } from '../errors.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Connections'];

const createBody = z.strictObject({
  mode: z
    .enum(['key', 'managed', 'oauth'])
    .default('key')
    .describe(
      'How the account is connected: `key`: one that exists, by one of its keys. `managed`: a new one, which the platform of this installation makes. `oauth`: one that exists, whose owner lets the platform in on a page of Stripe.',
    ),
  secret_key: z
    .string()
    .max(300)
    .optional()
    .describe('Mode key: a secret (sk_…) or, better, a restricted key (rk_…) of the account.'),
  publishable_key: z.string().max(300).optional().describe('Mode key.'),
  webhook_secret: webhookSecret
    .optional()
    .describe('Mode key: the signing secret (whsec_…) of an endpoint made by hand.'),
  contact_email: z.email().max(200).optional().describe('Mode managed: whom Stripe writes to about the account.'),
  display_name: z.string().trim().min(1).max(100).optional().describe('Mode managed: what the account is called.'),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'two letters, such as DE')
    .optional()
    .describe('Mode managed: where the business is; left out, its owner chooses during the onboarding.'),
  host: z
    .enum(['stripe', 'sandbox'])
    .optional()
    .describe(
      'Whom to talk to; left out, marked keys go to the sandbox and all others to Stripe; in the other modes to Stripe once the installation has a platform key.',
    ),
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

type CreateBody = z.infer<typeof createBody>;

/** What one mode takes, the others do not: dropped in silence, it would not be as whoever sent it believes. */
const OF_MODE: Readonly<Record<CreateBody['mode'], readonly (keyof CreateBody)[]>> = {
  key: ['secret_key', 'publishable_key', 'webhook_secret'],
  managed: ['contact_email', 'display_name', 'country'],
  oauth: [],
};

function strangerIn(body: CreateBody): Problem | null {
  const others = Object.entries(OF_MODE).flatMap(([mode, names]) => (mode === body.mode ? [] : names));
  const stranger = others.find((name) => body[name] !== undefined);
  if (stranger === undefined) return null;
  return problem('parameter_unknown', `Mode ${body.mode} takes no ${stranger}.`, { param: stranger });
}

const missing = (param: string, mode: string): Result<never, Problem> =>
  err(problem('parameter_missing', `Mode ${mode} needs ${param}.`, { param }));

const common = (body: CreateBody) => ({
  code: body.code ?? null,
  name: body.name ?? null,
  host: body.host ?? null,
  createCustomers: body.create_customers,
  enabled: body.enabled,
  pollIntervalSeconds: body.poll_interval_seconds,
});

function keyInputOf(body: CreateBody): Result<CreateConnectionInput, Problem> {
  const { secret_key: secretKey, publishable_key, webhook_secret } = body;
  if (secretKey === undefined) return missing('secret_key', body.mode);
  const keys = { secretKey, publishableKey: publishable_key ?? null, webhookSecret: webhook_secret ?? null };
  return ok({ ...common(body), ...keys });
}

function managedInputOf(body: CreateBody): Result<ConnectManagedInput, Problem> {
  const { contact_email: contactEmail, country, display_name: displayName } = body;
  if (contactEmail === undefined) return missing('contact_email', body.mode);
  const account = {
    contactEmail,
    displayName: displayName ?? null,
    country: country?.toLowerCase() ?? null,
    askedAt: null,
  };
  return ok({ ...common(body), account });
}

export const connectionsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/connections',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createConnection',
        summary: 'Connect a Stripe account',
        description:
          'A key is tried before it is stored; one that lacks a needed right is refused with a checklist. An account of mode managed is there at once, and its card names the details that Stripe still wants.',
        tags,
        body: createBody,
        response: {
          201: connectionCardSchema,
          202: connectionCardSchema.describe('Stripe has not made the account yet; this goes on by itself.'),
          ...errorResponses,
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const stranger = strangerIn(body);
      if (stranger !== null) return sendProblem(request, reply, stranger);
      if (body.mode === 'managed') {
        const input = managedInputOf(body);
        if (!input.ok) return sendProblem(request, reply, input.error);
        return sendAnswer(request, reply, await connectManaged(context, commandOf(request), input.value));
      }
      if (body.mode === 'oauth')
        return sendAnswer(request, reply, await connectByConsent(context, commandOf(request), common(body)));
      const input = keyInputOf(body);
      if (!input.ok) return sendProblem(request, reply, input.error);
      return sendAnswer(request, reply, await createConnection(context, commandOf(request), input.value));
    },
  );

  app.get(
    '/v1/connection_modes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listConnectionModes',
        summary: 'List the ways to connect a Stripe account',
        description: 'What each needs and cannot do, before anything is connected.',
        tags,
        response: { 200: z.object({ data: z.array(wayToConnect) }), ...errorResponses },
      },
    },
    async (request, reply) =>
      reply.send({ data: waysToConnect(context, callerOf(request).environment).map(wayToConnectToJson) }),
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
