import { z } from 'zod';
import { checkConnection } from '../../actions/check-connection.js';
import { disconnectConnection, previewDisconnect } from '../../actions/disconnect-connection.js';
import { openAccountLink } from '../../actions/open-account-link.js';
import { openConsentLink } from '../../actions/open-consent-link.js';
import { rotateConnectionKey } from '../../actions/rotate-connection-key.js';
import { rotateSigningSecret } from '../../actions/rotate-signing-secret.js';
import { setDefaultConnection } from '../../actions/set-default-connection.js';
import { updateConnection } from '../../actions/update-connection.js';
import { callerOf, commandOf, sendAnswer } from '../answer.js';
import {
  accountLink,
  connection,
  connectionCardSchema,
  consentLink,
  disconnectPreview,
  pageAddress,
  pollIntervalSeconds,
  webhookSecret,
} from '../connection-schemas.js';
import { sendProblem } from '../errors.js';
import { errorResponses, idParams } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Connections'];
const card = connectionCardSchema;
const cardOrLater = { 200: card, 202: card.describe('Stripe has not answered yet; this goes on by itself.') };

/** What can be done with a connection that is there. */
export const connectionActionsRoutes: Routes = (app, context) => {
  app.patch(
    '/v1/connections/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateConnection',
        summary: 'Change the switches of a connection',
        tags,
        params: idParams,
        body: z.strictObject({
          name: z.string().trim().min(1).max(100).optional(),
          enabled: z.boolean().optional().describe('Off stops new sales and collection; what runs is kept.'),
          create_customers: z.boolean().optional().describe('Existing customers are not touched by it.'),
          webhook_secret: webhookSecret
            .nullable()
            .optional()
            .describe('A signing secret by hand, such as that of `stripe listen`; null takes it away.'),
          poll_interval_seconds: pollIntervalSeconds.optional(),
        }),
        response: { 200: card, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const input = {
        id: params.id,
        name: body.name,
        enabled: body.enabled,
        createCustomers: body.create_customers,
        webhookSecret: body.webhook_secret,
        pollIntervalSeconds: body.poll_interval_seconds,
      };
      return sendAnswer(request, reply, await updateConnection(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/connections/:id/rotate_key',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateConnectionKey',
        summary: 'Put a new key of the same account in place',
        description: 'Also the way back when Stripe no longer accepts the old key.',
        tags,
        params: idParams,
        body: z.strictObject({
          secret_key: z.string().max(300),
          publishable_key: z.string().max(300).optional(),
        }),
        response: { 200: card, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const input = { id: params.id, secretKey: body.secret_key, publishableKey: body.publishable_key ?? null };
      return sendAnswer(request, reply, await rotateConnectionKey(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/connections/:id/rotate_webhook_secret',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateSigningSecret',
        summary: 'Replace the webhook signing secret',
        description: 'Both secrets are valid during the overlap. Without a secret our own endpoint is made anew.',
        tags,
        params: idParams,
        body: z.strictObject({
          webhook_secret: webhookSecret.optional(),
          overlap_hours: z.number().int().min(0).max(168).default(24),
        }),
        response: { ...cardOrLater, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const input = { id: params.id, webhookSecret: body.webhook_secret ?? null, overlapHours: body.overlap_hours };
      return sendAnswer(request, reply, await rotateSigningSecret(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/connections/:id/check',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'checkConnection',
        summary: 'Look at the connection again, now',
        tags,
        params: idParams,
        response: { ...cardOrLater, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await checkConnection(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/connections/:id/account_link',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'openAccountLink',
        summary: 'Update the Stripe information',
        description:
          "Makes a fresh link to Stripe's page for the details of an account of mode managed. It opens once, within minutes, and is not kept: ask again for another.",
        tags,
        params: idParams,
        body: z.strictObject({
          return_url: pageAddress.optional().describe('Where the page leads back to; left out, to a page of ours.'),
          refresh_url: pageAddress
            .optional()
            .describe('Where it leads when the link has expired or was used: there a fresh one is asked for.'),
        }),
        response: { 201: accountLink, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const input = { id: params.id, returnUrl: body.return_url ?? null, refreshUrl: body.refresh_url ?? null };
      return sendAnswer(request, reply, await openAccountLink(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/connections/:id/consent_link',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'openConsentLink',
        summary: 'Connect, or connect again, on the page of Stripe',
        description:
          'Makes a fresh link to the page of consent for a connection of mode oauth. Only an administrator of the Stripe account can allow it there, and what was lost comes back onto the same account only.',
        tags,
        params: idParams,
        body: z.strictObject({
          return_url: pageAddress
            .optional()
            .describe(
              'Where to lead back to, with `connection` and `outcome` in the address; left out, to a page of ours.',
            ),
        }),
        response: { 201: consentLink, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, returnUrl: request.body.return_url ?? null };
      return sendAnswer(request, reply, await openConsentLink(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/connections/:id/disconnect',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'previewDisconnect',
        summary: 'See what disconnecting would stop',
        tags,
        params: idParams,
        response: { 200: disconnectPreview, ...errorResponses },
      },
    },
    async (request, reply) => {
      const preview = await previewDisconnect(context, callerOf(request).environment.id, request.params.id);
      return preview.ok ? reply.send(preview.value) : sendProblem(request, reply, preview.error);
    },
  );

  app.post(
    '/v1/connections/:id/disconnect',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'disconnectConnection',
        summary: 'Disconnect from Stripe',
        description:
          'By key: removes our webhook endpoint at Stripe and erases the keys; a key of the same account brings it back. Mode managed: closes the account where Stripe allows it, for good. Nothing else is deleted.',
        tags,
        params: idParams,
        body: z.strictObject({
          confirm: z.string().max(100).optional().describe('Its code, typed by whoever means it.'),
        }),
        response: { ...cardOrLater, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, confirm: request.body.confirm ?? null };
      return sendAnswer(request, reply, await disconnectConnection(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/connections/:id/set_default',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'setDefaultConnection',
        summary: 'Take this connection where none is named',
        tags,
        params: idParams,
        response: { 200: connection, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await setDefaultConnection(context, commandOf(request), request.params.id)),
  );
};
