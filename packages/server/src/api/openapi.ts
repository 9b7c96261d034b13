import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

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
  transform: jsonSchemaTransform,
  transformObject: jsonSchemaTransformObject,
});
