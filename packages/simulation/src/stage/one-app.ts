import { buildApp } from '@tollbridge/server/api/app';
import type { Context } from '@tollbridge/server/context';
import type { FastifyInstance } from 'fastify';

interface Link {
  context: Context;
  onError: (error: Error) => void;
}

let built: { readonly app: FastifyInstance; readonly link: Link } | null = null;

/**
 * The routes, built once for the process: they keep nothing between requests but the rates of callers, and building them
 * for each of thousands of seeds would cost more than the seeds. The context behind them is the current world's.
 */
export async function appOf(context: Context, onError: (error: Error) => void): Promise<FastifyInstance> {
  if (built !== null) {
    built.link.context = context;
    built.link.onError = onError;
    return built.app;
  }
  const link: Link = { context, onError };
  const forwarding = new Proxy(context, {
    get: (_target, field) => link.context[field as keyof Context],
  });
  const app = await buildApp(forwarding);
  app.addHook('onError', async (_request, _reply, error) => link.onError(error));
  built = { app, link };
  return app;
}
