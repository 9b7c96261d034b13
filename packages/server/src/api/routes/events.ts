import { EVENT_TYPES } from '@tollbridge/core';
import { z } from 'zod';
import { eventToJson } from '../../json/event.js';
import { findEvent, listEvents } from '../../store/events.js';
import { callerOf, sendFound, sendPage } from '../answer.js';
import { eventTypeExamples } from '../event-type-examples.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const types = Object.keys(EVENT_TYPES) as (keyof typeof EVENT_TYPES)[];

const event = z
  .object({
    object: z.literal('event'),
    id: z.string(),
    type: z.string().describe('One of `/v1/event_types`; new ones may come.'),
    created_at: instantText,
    sequence: z.number().int().describe('Counts the events of one object from 1 without gaps.'),
    object_id: z.string(),
    data: z.object({ object: z.record(z.string(), z.unknown()) }).loose(),
  })
  .meta({ id: 'Event' });

const eventType = z
  .object({
    object: z.literal('event_type'),
    type: z.string(),
    description: z.string(),
    example: event.nullable(),
  })
  .meta({ id: 'EventType' });

const tags = ['Events'];

export const eventsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/events',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listEvents',
        summary: 'List what happened',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          type: z.enum(types).optional(),
          object_id: z.string().max(100).optional(),
        }),
        response: { 200: listOf(event), ...errorResponses },
      },
    },
    async (request, reply) => {
      const filter = { type: request.query.type ?? null, objectId: request.query.object_id ?? null };
      const environmentId = callerOf(request).environment.id;
      const page = await listEvents(context.db, environmentId, filter, pageRequestOf(request.query));
      return sendPage(request, reply, page, eventToJson);
    },
  );

  app.get(
    '/v1/events/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getEvent',
        summary: 'Show an event, as it was sent',
        tags,
        params: idParams,
        response: { 200: event, ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findEvent(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, found === null ? null : eventToJson(found));
    },
  );

  app.get(
    '/v1/event_types',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listEventTypes',
        summary: 'Every type of event there is, with an example',
        tags,
        response: { 200: listOf(eventType), ...errorResponses },
      },
    },
    async (_request, reply) => {
      const examples = eventTypeExamples(app.swagger());
      const data = types.map((type) => ({
        object: 'event_type' as const,
        type,
        description: EVENT_TYPES[type],
        example: examples.get(type) ?? null,
      }));
      return reply.send({ object: 'list' as const, data, has_more: false });
    },
  );
};
