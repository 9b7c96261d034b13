import { randomBytes } from 'node:crypto';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Context } from '../context.js';
import { loggerOptions, logStream } from '../log.js';
import { authenticate } from './auth.js';
import { closeRoutes } from './closed-routes.js';
import { answerBrokenRequest, installErrorAnswers, refuseWith } from './errors.js';
import { installMetrics } from './metrics.js';
import { openapiOptions } from './openapi.js';
import { installRateLimit } from './rate-limit.js';
import { ROUTES } from './routes/index.js';
import { installTextRefusal, readBodiesAsJson } from './storable-text.js';
import { swaggerLook } from './swagger-look.js';
import { typedApp } from './typed-app.js';

/** Writes are small; the largest body anybody needs is an invoice with a few thousand lines. */
const BODY_BYTES_MAX = 1_048_576;
const REQUEST_TIMEOUT_MILLISECONDS = 60_000;

/** The HTTP face: routes, sign-in by key, error answers, documentation. It listens only when `main.ts` says so. */
export async function buildApp(context: Context): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { ...loggerOptions(context.settings.logLevel), stream: logStream() },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    trustProxy: context.settings.trustedProxies.length > 0 ? [...context.settings.trustedProxies] : false,
    // Never a caller's own: request ids stand in our log and must be ours.
    genReqId: () => `req_${randomBytes(12).toString('hex')}`,
    requestIdHeader: false,
    // An address that cannot be read never reaches a hook or the error handler.
    frameworkErrors: (error, request, reply) =>
      void refuseWith(context)(error, request, reply.header('request-id', request.id)),
    clientErrorHandler: answerBrokenRequest,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  });
  readBodiesAsJson(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id);
  });
  closeAnsweredConnections(app);
  ignoreExpectations(app);
  installErrorAnswers(app, context);
  installMetrics(app, context);
  await app.register(fastifySwagger, openapiOptions(context.settings.publicUrl));
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', ...swaggerLook });
  installRateLimit(app, context);
  app.addHook('onRequest', authenticate(context));
  installTextRefusal(app);
  closeRoutes(app);
  for (const routes of ROUTES) routes(typedApp(app), context);
  await app.ready();
  return app;
}

/** Node would answer 417 by itself, outside the envelope. What we do not know we may ignore (RFC 9110, 10.1.1), and then refuse like others. */
function ignoreExpectations(app: FastifyInstance): void {
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
}

/** A connection whose request was under way when the end began would otherwise stay open, and hold up the end, for long. */
function closeAnsweredConnections(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}
