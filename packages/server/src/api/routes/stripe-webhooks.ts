import { z } from 'zod';
import { receivePlatformEvent } from '../../actions/receive-platform-event.js';
import { receiveStripeEvent } from '../../actions/receive-stripe-event.js';
import { sendProblem } from '../errors.js';
import { errorResponses } from '../schemas.js';
import type { Routes } from '../typed-app.js';

/** Stripe's own limit for an event is not published; the largest seen are invoices of some hundred kilobytes. */
const BODY_BYTES_MAX = 1_048_576;

const receivedOr = <Reason extends string>(reasons: readonly [Reason, ...Reason[]]) =>
  z.object({
    received: z.literal(true),
    ignored: z.enum(reasons).nullable().describe('Why nothing was stored; null when it is stored.'),
  });

const NO_BYTES = new Uint8Array();

/** Where Stripe pushes events. No API key: the signature over the raw body is the proof, so the body stays raw here. */
export const stripeWebhooksRoutes: Routes = (app, context) => {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { connectionId: string }; Body: Buffer | undefined }>(
      '/stripe/webhooks/:connectionId',
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          operationId: 'receiveStripeEvent',
          summary: 'Take an event that Stripe pushes',
          description: 'The address of a connection for Stripe itself. It answers 2xx once the event is stored.',
          tags: ['Stripe events'],
          security: [],
          params: z.strictObject({ connectionId: z.string().min(1).max(100) }),
          response: {
            200: receivedOr(['other_mode']),
            ...errorResponses,
          },
        },
      },
      async (request, reply) => {
        const signature = request.headers['stripe-signature'];
        const result = await receiveStripeEvent(context, {
          connectionId: request.params.connectionId,
          rawBody: request.body ?? NO_BYTES,
          signature: typeof signature === 'string' ? signature : null,
        });
        return result.ok ? reply.send(result.value) : sendProblem(request, reply, result.error);
      },
    );
    scope.post<{ Params: { platformId: string }; Body: Buffer | undefined }>(
      '/stripe/platforms/:platformId',
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          operationId: 'receivePlatformEvent',
          summary: 'Take an event of a connected account that Stripe pushes',
          description:
            'The address of the platform of this installation for Stripe itself, for snapshot and thin events alike. It answers 2xx once the event is stored.',
          tags: ['Stripe events'],
          security: [],
          params: z.strictObject({ platformId: z.string().min(1).max(100) }),
          response: { 200: receivedOr(['other_mode', 'no_connection']), ...errorResponses },
        },
      },
      async (request, reply) => {
        const signature = request.headers['stripe-signature'];
        const result = await receivePlatformEvent(context, {
          platformId: request.params.platformId,
          rawBody: request.body ?? NO_BYTES,
          signature: typeof signature === 'string' ? signature : null,
        });
        return result.ok ? reply.send(result.value) : sendProblem(request, reply, result.error);
      },
    );
  });
};
