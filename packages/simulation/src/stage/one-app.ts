import { buildApp } from '@tollbridge/server/api/app';
import type { Context } from '@tollbridge/server/context';
import type { FastifyInstance } from 'fastify';

let built: { readonly app: FastifyInstance; readonly link: { context: Context } } | null = null;

/**
 * The routes, built once for the process: they keep nothing between requests but the rates of callers, and building them
 * for each of thousands of seeds would cost more than the seeds. The context behind them is the current world's.
 */
export async function appOf(context: Context): Promise<FastifyInstance> {
  if (built !== null) {
    built.link.context = context;
    return built.app;
  }
  const link = { context };
  const forwarding = new Proxy(context, {
    get: (_target, field) => link.context[field as keyof Context],
  });
  built = { app: await buildApp(forwarding), link };
  return built.app;
}
