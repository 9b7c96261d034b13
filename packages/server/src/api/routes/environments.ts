import { z } from 'zod';
import { createEnvironment } from '../../actions/create-environment.js';
import { deleteEnvironment } from '../../actions/delete-environment.js';
import { renameEnvironment } from '../../actions/rename-environment.js';
import { connectionNotices } from '../../connections/connection-notices.js';
import { environmentToJson } from '../../json/environment.js';
import { noticeToJson } from '../../json/notice.js';
import { listEnvironments } from '../../store/organizations.js';
import { callerOf, commandOf, sendAnswer } from '../answer.js';
import { errorResponses, idParams, instantText, listOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const environment = z
  .object({
    object: z.literal('environment'),
    id: z.string(),
    kind: z.enum(['production', 'test']),
    name: z.string(),
    allow_private_webhook_urls: z.boolean(),
    secret_key: z.string().optional().describe('Its first secret API key; only in the answer that makes it.'),
    created_at: instantText,
    deleted_at: instantText.nullable(),
  })
  .meta({ id: 'Environment' });

const notice = z
  .object({
    object: z.literal('notice'),
    code: z.enum(['connection_lost', 'connection_trouble', 'details_wanted', 'endpoint_silent']),
    severity: z
      .enum(['critical', 'warning'])
      .describe('Critical: money does not come in. Warning: it still does, and somebody has to act.'),
    connection_id: z.string(),
    connection_code: z.string(),
    reason: z.string(),
    sentence: z.string(),
    next_action: z.string().nullable(),
    since: instantText.nullable(),
    deadline_at: instantText.nullable().describe('From when on Stripe may stop payments.'),
  })
  .meta({ id: 'Notice' });

const name = z.string().trim().min(1).max(100);
const tags = ['Environments'];

export const environmentsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/environment',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getOwnEnvironment',
        summary: 'Show the environment of this key',
        tags,
        response: { 200: environment, ...errorResponses },
      },
    },
    async (request, reply) => reply.send(environmentToJson(callerOf(request).environment)),
  );

  app.get(
    '/v1/environment/notices',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listNotices',
        summary: 'List what every page has to tell, the worst first',
        description: 'What is wrong with the connections to Stripe, and who must do what. Empty when all is well.',
        tags,
        response: { 200: listOf(notice), ...errorResponses },
      },
    },
    async (request, reply) => {
      const notices = await connectionNotices(context, callerOf(request).environment.id);
      return reply.send({ object: 'list' as const, data: notices.map(noticeToJson), has_more: false });
    },
  );

  app.get(
    '/v1/environments',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listEnvironments',
        summary: 'List the environments of the organization; all of them, there are few',
        tags,
        response: { 200: listOf(environment), ...errorResponses },
      },
    },
    async (request, reply) => {
      const environments = await listEnvironments(context.db, callerOf(request).environment.organizationId);
      const data = environments.map((each) => environmentToJson(each));
      return reply.send({ object: 'list' as const, data, has_more: false });
    },
  );

  app.post(
    '/v1/environments',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createEnvironment',
        summary: 'Make another test environment, with its first secret key',
        tags,
        body: z.strictObject({ name }),
        response: { 201: environment, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await createEnvironment(context, commandOf(request), request.body)),
  );

  app.patch(
    '/v1/environments/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateEnvironment',
        summary: 'Rename an environment',
        tags,
        params: idParams,
        body: z.strictObject({ name }),
        response: { 200: environment, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, name: request.body.name };
      return sendAnswer(request, reply, await renameEnvironment(context, commandOf(request), input));
    },
  );

  app.delete(
    '/v1/environments/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteEnvironment',
        summary: 'Delete a test environment; its keys stop working at once',
        tags,
        params: idParams,
        querystring: z.strictObject({
          confirm: z.string().max(100).optional().describe('Its name, needed while it has connections to Stripe.'),
        }),
        response: { 200: environment, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, confirm: request.query.confirm ?? null };
      return sendAnswer(request, reply, await deleteEnvironment(context, commandOf(request), input));
    },
  );
};
