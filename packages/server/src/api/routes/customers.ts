import { z } from 'zod';
import { deleteCustomer } from '../../actions/delete-customer.js';
import { updateCustomer } from '../../actions/update-customer.js';
import { upsertCustomer } from '../../actions/upsert-customer.js';
import { customerToJson } from '../../json/customer.js';
import { findCustomer, listCustomers } from '../../store/customers.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import {
  customerFields,
  customerSchema,
  customerWishFrom,
  deletedCustomerSchema,
  externalId,
  INCONSISTENT,
  isConsistent,
} from '../customer-schemas.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Customers'];
const underWay = customerSchema.describe('Not finished in Stripe yet; it goes on by itself.');

export const customersRoutes: Routes = (app, context) => {
  app.post(
    '/v1/customers',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'upsertCustomer',
        summary: 'Make a customer, or change the one with this external id',
        tags,
        body: z.strictObject({ external_id: externalId, ...customerFields }).refine(isConsistent, INCONSISTENT),
        response: { 200: customerSchema, 201: customerSchema, 202: underWay, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { external_id, ...fields } = request.body;
      const wanted = { externalId: external_id, wish: customerWishFrom(fields) };
      return sendAnswer(request, reply, await upsertCustomer(context, commandOf(request), wanted));
    },
  );

  app.get(
    '/v1/customers',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCustomers',
        summary: 'List the customers',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          external_id: z.string().min(1).max(255).optional(),
          email: z.string().min(1).max(320).optional(),
        }),
        response: { 200: listOf(customerSchema), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { external_id, email } = request.query;
      const page = await listCustomers(context.db, callerOf(request).environment.id, {
        request: pageRequestOf(request.query),
        filter: { externalId: external_id ?? null, email: email ?? null },
      });
      return sendPage(request, reply, page, customerToJson);
    },
  );

  app.get(
    '/v1/customers/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getCustomer',
        summary: 'Get a customer; a deleted one too, for the books',
        tags,
        params: idParams,
        response: { 200: customerSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const customer = await findCustomer(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, customer === null ? null : customerToJson(customer));
    },
  );

  app.patch(
    '/v1/customers/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateCustomer',
        summary: 'Change a customer',
        tags,
        params: idParams,
        body: z.strictObject(customerFields).refine(isConsistent, INCONSISTENT),
        response: { 200: customerSchema, 202: underWay, ...errorResponses },
      },
    },
    async (request, reply) => {
      const wanted = { id: request.params.id, wish: customerWishFrom(request.body) };
      return sendAnswer(request, reply, await updateCustomer(context, commandOf(request), wanted));
    },
  );

  app.delete(
    '/v1/customers/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteCustomer',
        summary: 'Delete or erase a customer, here and if wanted in Stripe',
        tags,
        params: idParams,
        body: z
          .strictObject({
            in_stripe: z.enum(['keep', 'delete']).default('keep'),
            erase: z.boolean().default(false).describe('Blanks his personal data; the books keep their amounts.'),
            open_invoices: z.enum(['refuse', 'keep']).default('refuse'),
          })
          .nullish(),
        response: { 200: deletedCustomerSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { in_stripe = 'keep', erase = false, open_invoices = 'refuse' } = request.body ?? {};
      const input = { id: request.params.id, inStripe: in_stripe, erase, openInvoices: open_invoices };
      return sendAnswer(request, reply, await deleteCustomer(context, commandOf(request), input));
    },
  );
};
