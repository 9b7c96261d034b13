import { z } from 'zod';
import { REPLAY_BATCH_MAX, replayStripeEvent, replayStripeEvents } from '../../actions/replay-stripe-events.js';
import { stripeEventToJson, stripeEventWithPayloadToJson } from '../../json/stripe-event.js';
import { findStripeEvent, listStripeEventRows, STRIPE_EVENT_STATUSES } from '../../store/stripe-events.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Stripe events'];
const status = z.enum(STRIPE_EVENT_STATUSES);

const eventFields = {
  object: z.literal('stripe_event'),
  id: z.string(),
  connection_id: z.string(),
  stripe_event_id: z.string(),
  type: z.string(),
  api_version: z.string().nullable(),
  livemode: z.boolean(),
  account: z.string().nullable(),
  object_id: z.string().nullable().describe('The id of the object at Stripe that it is about.'),
  occurred_at: instantText,
  received_via: z
    .enum(['push', 'poll', 'reread'])
    .describe('reread: a sign to look that was given here, after a gap longer than Stripe keeps events.'),
  received_at: instantText,
  status: status.describe(
    'pending: waits; applied; ignored: nobody listens to this type; foreign: not about ours; dead: given up, replay it.',
  ),
  attempts: z.number().int(),
  last_error: z.string().nullable(),
  processed_at: instantText.nullable(),
};
const stripeEvent = z.object(eventFields).meta({ id: 'StripeEvent' });
const stripeEventWithPayload = z
  .object({ ...eventFields, payload: z.record(z.string(), z.unknown()).describe('As Stripe sent it.') })
  .meta({ id: 'StripeEventWithPayload' });

export const stripeEventsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/stripe_events',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listStripeEvents',
        summary: 'List what Stripe told us',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          type: z.string().min(1).max(200).optional(),
          status: status.optional(),
          connection_id: z.string().min(1).max(100).optional(),
          object_id: z.string().min(1).max(255).optional(),
        }),
        response: { 200: listOf(stripeEvent), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        connectionId: query.connection_id ?? null,
        type: query.type ?? null,
        status: query.status ?? null,
        objectId: query.object_id ?? null,
      };
      const wanted = { request: pageRequestOf(query), filter };
      const page = await listStripeEventRows(context.db, callerOf(request).environment.id, wanted);
      return sendPage(request, reply, page, stripeEventToJson);
    },
  );

  app.get(
    '/v1/stripe_events/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getStripeEvent',
        summary: 'Read one event with what Stripe sent',
        tags,
        params: idParams,
        response: { 200: stripeEventWithPayload, ...errorResponses },
      },
    },
    async (request, reply) => {
      const row = await findStripeEvent(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, row === null ? null : stripeEventWithPayloadToJson(row));
    },
  );

  app.post(
    '/v1/stripe_events/:id/replay',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'replayStripeEvent',
        summary: 'Apply an event again',
        tags,
        params: idParams,
        response: { 200: stripeEvent, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await replayStripeEvent(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/stripe_events/replay',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'replayStripeEvents',
        summary: 'Apply all events of a status again',
        description: `The oldest ${REPLAY_BATCH_MAX} a call; \`has_more\` says whether to call again.`,
        tags,
        body: z.strictObject({
          status: status.exclude(['pending']).default('dead'),
          type: z.string().min(1).max(200).optional(),
        }),
        response: {
          200: z.object({
            object: z.literal('stripe_event_replay'),
            replayed: z.number().int(),
            has_more: z.boolean(),
          }),
          ...errorResponses,
        },
      },
    },
    async (request, reply) => {
      const input = { status: request.body.status, type: request.body.type ?? null };
      return sendAnswer(request, reply, await replayStripeEvents(context, commandOf(request), input));
    },
  );
};
