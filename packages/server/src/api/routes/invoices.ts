import { z } from 'zod';
import { createInvoice } from '../../actions/create-invoice.js';
import { deleteInvoice } from '../../actions/delete-invoice.js';
import { updateInvoice } from '../../actions/update-invoice.js';
import { findHostedUrl } from '../../collection/hosted-link.js';
import { invoiceLineToJson, invoiceToJson } from '../../json/invoice.js';
import { problem } from '../../problem.js';
import { listInvoiceLines } from '../../store/invoice-lines.js';
import { findInvoice, listInvoices } from '../../store/invoices.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { sendProblem } from '../errors.js';
import { currencyInput, invoice, invoiceLine, lineFromInput, linesInput, termsInput } from '../invoice-schemas.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Invoices'];

const createBody = z.strictObject({
  customer_id: z.string().min(1).max(100),
  currency: currencyInput.optional().describe("Left out, the customer's."),
  legal_entity_id: termsInput.legal_entity_id.optional(),
  collection_method: termsInput.collection_method.default('charge_automatically'),
  days_until_due: termsInput.days_until_due.default(null),
  due_at: termsInput.due_at.default(null),
  description: termsInput.description.default(null),
  metadata: termsInput.metadata.default({}),
  lines: linesInput.default([]),
  finalize: z.boolean().default(false).describe('Give it its number at once, and begin to collect it.'),
});

const updateBody = z.strictObject({
  legal_entity_id: termsInput.legal_entity_id.optional(),
  collection_method: termsInput.collection_method.optional(),
  days_until_due: termsInput.days_until_due.optional(),
  due_at: termsInput.due_at.optional(),
  description: termsInput.description.optional(),
  metadata: termsInput.metadata.optional().describe('In place of all metadata it had.'),
  lines: linesInput.optional().describe('In place of all lines it had.'),
});

/** What of a draft was given; what was not stays as it is. */
function changeOf(body: z.output<typeof updateBody>) {
  return {
    ...(body.legal_entity_id === undefined ? {} : { legalEntityId: body.legal_entity_id }),
    ...(body.collection_method === undefined ? {} : { collectionMethod: body.collection_method }),
    ...(body.days_until_due === undefined ? {} : { daysUntilDue: body.days_until_due }),
    ...(body.due_at === undefined ? {} : { dueAt: body.due_at }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
  };
}

/** Making, reading and changing invoices; what happens to them afterwards is in `invoice-acts.ts`. */
export const invoicesRoutes: Routes = (app, context) => {
  app.post(
    '/v1/invoices',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createInvoice',
        summary: 'Make an invoice, as a draft or finalized at once',
        tags,
        body: createBody,
        response: { 201: invoice, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const input = {
        customerId: body.customer_id,
        legalEntityId: body.legal_entity_id ?? null,
        currency: body.currency ?? null,
        collectionMethod: body.collection_method,
        daysUntilDue: body.days_until_due,
        dueAt: body.due_at,
        description: body.description,
        metadata: body.metadata,
        lines: body.lines.map(lineFromInput),
        finalize: body.finalize,
      };
      return sendAnswer(request, reply, await createInvoice(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/invoices',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listInvoices',
        summary: 'List invoices',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          customer_id: z.string().min(1).max(100).optional(),
          status: invoice.shape.status.optional(),
          payment_status: invoice.shape.payment_status.optional(),
        }),
        response: { 200: listOf(invoice), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { customer_id: customerId, status, payment_status: paymentStatus } = request.query;
      const filter = {
        customerId: customerId ?? null,
        status: status ?? null,
        paymentStatus: paymentStatus ?? null,
      };
      const options = { request: pageRequestOf(request.query), filter };
      const page = await listInvoices(context.db, callerOf(request).environment.id, options);
      return sendPage(request, reply, page, invoiceToJson);
    },
  );

  app.get(
    '/v1/invoices/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getInvoice',
        summary: 'Read an invoice',
        tags,
        params: idParams,
        response: { 200: invoice, ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findInvoice(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, found === null ? null : invoiceToJson(found));
    },
  );

  app.get(
    '/v1/invoices/:id/lines',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listInvoiceLines',
        summary: 'Read the lines of an invoice, all of them, as they are printed',
        tags,
        params: idParams,
        response: { 200: listOf(invoiceLine), ...errorResponses },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const found = await findInvoice(context.db, environmentId, request.params.id);
      if (found === null) return sendFound(request, reply, null);
      const lines = await listInvoiceLines(context.db, environmentId, found.id);
      return reply.send({ object: 'list' as const, data: lines.map(invoiceLineToJson), has_more: false });
    },
  );

  app.get(
    '/v1/invoices/:id/payment_link',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getInvoicePaymentLink',
        summary: 'Read the address of the page on which the payer sees and pays the invoice',
        tags,
        params: idParams,
        response: { 200: z.object({ object: z.literal('payment_link'), url: z.string() }), ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findInvoice(context.db, callerOf(request).environment.id, request.params.id);
      if (found === null) return sendFound(request, reply, null);
      const url = await findHostedUrl(context, found);
      if (url === null) {
        return sendProblem(request, reply, problem('invoice_not_finalized', 'Finalize the invoice first.'));
      }
      return reply.send({ object: 'payment_link' as const, url });
    },
  );

  app.patch(
    '/v1/invoices/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateInvoice',
        summary: 'Change a draft',
        tags,
        params: idParams,
        body: updateBody,
        response: { 200: invoice, ...errorResponses },
      },
    },
    async (request, reply) => {
      const lines = request.body.lines?.map(lineFromInput) ?? null;
      const input = { id: request.params.id, change: changeOf(request.body), lines };
      return sendAnswer(request, reply, await updateInvoice(context, commandOf(request), input));
    },
  );

  app.delete(
    '/v1/invoices/:id',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteInvoice',
        summary: 'Delete a draft',
        tags,
        params: idParams,
        response: {
          200: z.object({ object: z.literal('invoice'), id: z.string(), deleted: z.literal(true) }),
          ...errorResponses,
        },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await deleteInvoice(context, commandOf(request), request.params.id)),
  );
};
