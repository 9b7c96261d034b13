import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { PROBLEMS } from '../problems/index.js';
import { NO_BODY } from './closed-routes.js';

/** How the OpenAPI document is made from the routes (API-2). */
export const openapiOptions = (publicUrl: string): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Tollbridge',
      version: '0.1.0',
      description:
        'Billing through Stripe. Amounts are integers in minor units; times are ISO 8601 in UTC; lists are paged by cursor, newest first; every write takes an `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'A secret API key: `tb_test_…` or `tb_live_…`.' },
      },
    },
    security: [{ secretKey: [] }],
  },
  transform: (route) => jsonSchemaTransform({ ...route, schema: withoutNoBody(route.schema) }),
  transformObject: (input) => finished(jsonSchemaTransformObject(input) as Document),
});

/** That no body is taken needs no description of that body. */
function withoutNoBody<Schema extends { body?: unknown }>(schema: Schema): Schema {
  if (schema?.body !== NO_BODY) return schema;
  const { body: _noBody, ...rest } = schema;
  return rest as Schema;
}

interface Operation {
  parameters?: unknown[];
}

interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { schemas?: Record<string, unknown> };
}

interface ErrorSchema {
  readonly properties?: { readonly error?: Record<string, unknown> };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Asked again with the same key within 24 hours, the same request is done once and answered the same.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Adds what holds for all writes, and leaves out the twins that zod's schemas have for requests nobody makes. */
function finished(document: Document): Document {
  for (const [path, operations] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(operations))
      if (method !== 'get' && path.startsWith('/v1/'))
        operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  const schemas = document.components?.schemas;
  if (schemas === undefined || document.components === undefined) return document;
  document.components.schemas = withoutUnusedTwins(schemas, JSON.stringify(document.paths));
  const error = (schemas.Error as ErrorSchema | undefined)?.properties?.error;
  // Not an enumeration: a program must not break when a later version has another code.
  if (error !== undefined) error['x-codes'] = Object.keys(PROBLEMS).sort();
  return document;
}

const TWIN_SUFFIX = 'Input';

function withoutUnusedTwins(schemas: Record<string, unknown>, paths: string): Record<string, unknown> {
  const isTwin = (name: string) =>
    name.endsWith(TWIN_SUFFIX) && schemas[name.slice(0, -TWIN_SUFFIX.length)] !== undefined;
  const kept = Object.entries(schemas).filter(([name]) => !isTwin(name) || paths.includes(`schemas/${name}"`));
  return Object.fromEntries(kept);
}
