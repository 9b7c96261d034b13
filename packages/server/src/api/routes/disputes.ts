import { z } from 'zod';
import { disputeToJson } from '../../json/dispute.js';
import { findDispute, listDisputes } from '../../store/disputes.js';
import { callerOf, sendFound, sendPage } from '../answer.js';
import {
  amount,
  currencyText,
  errorResponses,
  idParams,
  instantText,
  listOf,
  pageQuery,
  pageRequestOf,
} from '../schemas.js';
import type { Routes } from '../typed-app.js';

const dispute = z
  .object({
    object: z.literal('dispute'),
    id: z.string(),
    payment_id: z.string(),
    invoice_id: z.string(),
    customer_id: z.string(),
    connection_id: z.string(),
    stripe_dispute_id: z.string(),
    stripe_charge_id: z.string(),
    status: z.string().describe("Stripe's own word, such as `needs_response`."),
    outcome: z.enum(['won', 'lost', 'withdrawn']).nullable(),
    reason: z.string(),
    amount,
    currency: currencyText,
    has_funds_withdrawn: z.boolean().describe('False for an inquiry, which may end without money moved.'),
    evidence_due_at: instantText.nullable(),
    closed_at: instantText.nullable(),
    created_at: instantText,
  })
  .meta({ id: 'Dispute' });

const tags = ['Disputes'];

/** Disputes are answered at Stripe; here they are read. */
export const disputesRoutes: Routes = (app, context) => {
  app.get(
    '/v1/disputes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDisputes',
        summary: 'List contested payments',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          customer_id: z.string().min(1).max(100).optional(),
          invoice_id: z.string().min(1).max(100).optional(),
          payment_id: z.string().min(1).max(100).optional(),
        }),
        response: { 200: listOf(dispute), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        customerId: query.customer_id ?? null,
        invoiceId: query.invoice_id ?? null,
        paymentId: query.payment_id ?? null,
      };
      const options = { request: pageRequestOf(query), filter };
      const page = await listDisputes(context.db, callerOf(request).environment.id, options);
      return sendPage(request, reply, page, disputeToJson);
    },
  );

  app.get(
    '/v1/disputes/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDispute',
        summary: 'Look at a contested payment',
        tags,
        params: idParams,
        response: { 200: dispute, ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findDispute(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, found === null ? null : disputeToJson(found));
    },
  );
};
