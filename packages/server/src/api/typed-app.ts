import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Context } from '../context.js';

export const typedApp = (app: FastifyInstance) => app.withTypeProvider<ZodTypeProvider>();

/** The app as routes see it: their zod schemas type what they get. */
export type TypedApp = ReturnType<typeof typedApp>;
export type Routes = (app: TypedApp, context: Context) => void;
