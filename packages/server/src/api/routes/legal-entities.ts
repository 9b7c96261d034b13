import { NUMBER_PREFIX_FORM } from '@tollbridge/core';
import { z } from 'zod';
import { createLegalEntity } from '../../actions/create-legal-entity.js';
import { updateLegalEntity } from '../../actions/update-legal-entity.js';
import { legalEntityToJson } from '../../json/legal-entity.js';
import { findLegalEntity, listLegalEntities } from '../../store/legal-entities.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { errorResponses, idParams, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const part = z.string().trim().min(1).max(200).nullable();
const addressInput = z.strictObject({
  line1: part.optional(),
  line2: part.optional(),
  city: part.optional(),
  postal_code: part.optional(),
  state: part.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two upper-case letters of ISO 3166-1')
    .nullable()
    .optional(),
});
const taxIds = z
  .array(z.strictObject({ type: z.string().min(1).max(50), value: z.string().trim().min(1).max(50) }))
  .max(10);
const fields = {
  name: z.string().trim().min(1).max(200),
  number_prefix: z.string().regex(NUMBER_PREFIX_FORM, 'up to 12 capitals, digits and hyphens'),
  address: addressInput,
  tax_ids: taxIds,
  footer: z.string().trim().min(1).max(1_000).nullable(),
};

const legalEntity = z
  .object({
    object: z.literal('legal_entity'),
    id: z.string(),
    name: z.string(),
    address: z.record(z.string(), z.string().nullable()),
    tax_ids: z.array(z.object({ type: z.string(), value: z.string() })),
    number_prefix: z.string(),
    next_number: z.number().int().describe('The number that the next finalized invoice gets.'),
    footer: z.string().nullable(),
    is_default: z.boolean(),
    created_at: instantText,
  })
  .meta({ id: 'LegalEntity' });

const tags = ['Legal entities'];

/** What of an address was given; what was not stays as it is. */
function addressOf(input: z.output<typeof addressInput> | undefined) {
  const { postal_code: postalCode, ...same } = input ?? {};
  const given = Object.entries({ ...same, postalCode }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | null>;
}

export const legalEntitiesRoutes: Routes = (app, context) => {
  app.post(
    '/v1/legal_entities',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createLegalEntity',
        summary: 'Make an issuer of invoices, with a number series of its own',
        tags,
        body: z.strictObject({
          ...fields,
          address: addressInput.default({}),
          tax_ids: taxIds.default([]),
          footer: fields.footer.default(null),
          is_default: z.boolean().default(false),
        }),
        response: { 201: legalEntity, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { name, number_prefix: numberPrefix, footer, tax_ids: taxIdsGiven, is_default: isDefault } = request.body;
      const address = addressOf(request.body.address);
      const input = { name, numberPrefix, footer, taxIds: taxIdsGiven, isDefault, address };
      return sendAnswer(request, reply, await createLegalEntity(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/legal_entities',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLegalEntities',
        summary: 'List the issuers',
        tags,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(legalEntity), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { environment } = callerOf(request);
      const page = await listLegalEntities(context.db, environment.id, pageRequestOf(request.query));
      return sendPage(request, reply, page, legalEntityToJson);
    },
  );

  app.get(
    '/v1/legal_entities/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getLegalEntity',
        summary: 'Read an issuer',
        tags,
        params: idParams,
        response: { 200: legalEntity, ...errorResponses },
      },
    },
    async (request, reply) => {
      const entity = await findLegalEntity(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, entity === null ? null : legalEntityToJson(entity));
    },
  );

  app.patch(
    '/v1/legal_entities/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateLegalEntity',
        summary: 'Change an issuer for the invoices to come',
        tags,
        params: idParams,
        body: z.strictObject({
          name: fields.name.optional(),
          number_prefix: fields.number_prefix.optional().describe('Only until its first number was given out.'),
          address: addressInput.optional(),
          tax_ids: taxIds.optional(),
          footer: fields.footer.optional(),
          is_default: z.literal(true).optional().describe('Makes it the default in place of the present one.'),
        }),
        response: { 200: legalEntity, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { name, number_prefix: numberPrefix, tax_ids: taxIdsGiven, footer } = request.body;
      const change = {
        ...(name === undefined ? {} : { name }),
        ...(numberPrefix === undefined ? {} : { numberPrefix }),
        ...(taxIdsGiven === undefined ? {} : { taxIds: taxIdsGiven }),
        ...(footer === undefined ? {} : { footer }),
      };
      const makeDefault = request.body.is_default === true;
      const input = { id: request.params.id, change, address: addressOf(request.body.address), makeDefault };
      return sendAnswer(request, reply, await updateLegalEntity(context, commandOf(request), input));
    },
  );
};
