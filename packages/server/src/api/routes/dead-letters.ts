import { z } from 'zod';
import { REVIVE_BATCH_MAX, reviveDeadLetter, reviveDeadLetters } from '../../actions/revive-dead-letters.js';
import { deadLetterToJson } from '../../json/dead-letter.js';
import { findDeadLetter, listDeadLetters } from '../../store/dead-letters.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Dead letters'];

const kind = z.string().min(1).max(100).describe('What was to be done.');
const lane = z.enum(['intake', 'money', 'delivery', 'bulk']).describe('The queue it waited in.');

const deadLetter = z
  .object({
    object: z.literal('dead_letter'),
    id: z.string(),
    lane,
    kind,
    connection_id: z.string().nullable(),
    object_ids: z.array(z.string()).describe('The objects it is about.'),
    attempts: z.number().int(),
    last_error: z.object({ code: z.string(), message: z.string() }).nullable().describe('Why it gave up.'),
    created_at: instantText,
    first_attempt_at: instantText.nullable(),
    dead_at: instantText,
  })
  .meta({
    id: 'DeadLetter',
    examples: [
      {
        object: 'dead_letter',
        id: 'job_0h4x2m8k6t1r9w3q5z7y0v2n',
        lane: 'money',
        kind: 'create_stripe_refund',
        connection_id: 'con_1c8f3k5m7p9r2t4v6x8z0b2d',
        object_ids: ['ref_0h4x2m8k6t1r9w3q5z7y0v2n'],
        attempts: 20,
        last_error: { code: 'invalid', message: 'Stripe refused the request.' },
        created_at: '2027-03-01T09:00:00.000Z',
        first_attempt_at: '2027-03-01T09:00:00.000Z',
        dead_at: '2027-03-01T21:14:05.000Z',
      },
    ],
  });

const revival = z
  .object({ object: z.literal('dead_letter_revival'), revived: z.number().int(), has_more: z.boolean() })
  .meta({ id: 'DeadLetterRevival', examples: [{ object: 'dead_letter_revival', revived: 1, has_more: false }] });

export const deadLettersRoutes: Routes = (app, context) => {
  app.get(
    '/v1/dead_letters',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDeadLetters',
        summary: 'List work that gave up',
        tags,
        querystring: z.strictObject({ ...pageQuery, kind: kind.optional(), lane: lane.optional() }),
        response: { 200: listOf(deadLetter), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = { kind: query.kind ?? null, lane: query.lane ?? null };
      const wanted = { request: pageRequestOf(query), filter };
      const page = await listDeadLetters(context.db, callerOf(request).environment.id, wanted);
      return sendPage(request, reply, page, deadLetterToJson);
    },
  );

  app.get(
    '/v1/dead_letters/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDeadLetter',
        summary: 'Read one dead letter',
        tags,
        params: idParams,
        response: { 200: deadLetter, ...errorResponses },
      },
    },
    async (request, reply) => {
      const letter = await findDeadLetter(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, letter === null ? null : deadLetterToJson(letter));
    },
  );

  app.post(
    '/v1/dead_letters/:id/revive',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'reviveDeadLetter',
        summary: 'Put one back to work',
        description: 'It is a dead letter no more, and due at once with all its attempts before it.',
        tags,
        params: idParams,
        response: { 200: revival, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await reviveDeadLetter(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/dead_letters/revive',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'reviveDeadLetters',
        summary: 'Put all of a kind or a lane back to work',
        description: `The oldest ${REVIVE_BATCH_MAX} a call; \`has_more\` says whether to call again.`,
        tags,
        body: z.strictObject({ kind: kind.optional(), lane: lane.optional() }),
        response: { 200: revival, ...errorResponses },
      },
    },
    async (request, reply) => {
      const filter = { kind: request.body.kind ?? null, lane: request.body.lane ?? null };
      return sendAnswer(request, reply, await reviveDeadLetters(context, commandOf(request), filter));
    },
  );
};
