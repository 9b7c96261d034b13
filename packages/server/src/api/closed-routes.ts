import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const NO_QUERY = z.strictObject({});
/** Some clients send `{}` or `null` with every write. */
export const NO_BODY = z.strictObject({}).nullish();
const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/**
 * What a route of the API does not declare, it refuses: a choice in the wrong place, such as `?in_stripe=delete`, would
 * otherwise be dropped in silence and the opposite be done.
 */
export function closeRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === undefined || route.schema === undefined) return;
    route.schema.querystring ??= NO_QUERY;
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    if (!methods.some((method) => WITHOUT_BODY.has(method))) route.schema.body ??= NO_BODY;
  });
}
