import { REFUND_REASONS } from '@tollbridge/core';
import { z } from 'zod';
import { createRefund } from '../../actions/create-refund.js';
import { refundToJson } from '../../json/refund.js';
import { findRefund, listRefunds } from '../../store/refunds.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import {
  amount,
  currencyText,
  errorResponses,
  idParams,
  instantText,
  listOf,
  metadata,
  pageQuery,
  pageRequestOf,
} from '../schemas.js';
import type { Routes } from '../typed-app.js';

const REFUND_STATUSES = ['pending', 'succeeded', 'failed', 'canceled'] as const;

export const refundAnswer = z
  .object({
    object: z.literal('refund'),
    id: z.string(),
    payment_id: z.string(),
    invoice_id: z.string(),
    customer_id: z.string(),
    connection_id: z.string(),
    credit_note_id: z.string().nullable().describe('The credit note that it pays out.'),
    status: z.enum(REFUND_STATUSES).describe('`pending` until Stripe says that the money went.'),
    reason: z.string(),
    origin: z
      .enum(['asked', 'automatic', 'stripe'])
      .describe('Who wanted it: a caller, Tollbridge, somebody at Stripe.'),
    amount,
    currency: currencyText,
    stripe_refund_id: z.string().nullable(),
    failure: z.object({ code: z.string(), message: z.string(), request_id: z.string().nullable() }).nullable(),
    metadata: z.record(z.string(), z.string()),
    succeeded_at: instantText.nullable(),
    failed_at: instantText.nullable(),
    created_at: instantText,
  })
  .meta({ id: 'Refund' });

const REFUND_REASONS_ASKED = REFUND_REASONS.filter((reason) => reason !== 'overpayment');

const createBody = z
  .strictObject({
    payment_id: z.string().min(1).max(100).optional().describe('The payment to refund.'),
    invoice_id: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Or the invoice, when one payment of it can be refunded.'),
    amount: amount.min(1).optional().describe('Left out: everything that can still go back.'),
    reason: z.enum(REFUND_REASONS_ASKED).default('requested_by_customer'),
    metadata: metadata.default({}),
  })
  .refine((body) => (body.payment_id === undefined) !== (body.invoice_id === undefined), {
    message: 'name a payment or an invoice, and not both',
    path: ['payment_id'],
  });

const tags = ['Refunds'];

export const refundsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/refunds',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createRefund',
        summary: 'Give money of a payment back',
        tags,
        body: createBody,
        response: { 201: refundAnswer, 202: refundAnswer.describe('Stripe has not answered yet.'), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { payment_id: payment, invoice_id: invoice, amount: asked, reason, metadata: about } = request.body;
      const of = payment === undefined ? { invoiceId: invoice ?? '' } : { paymentId: payment };
      const input = { of, amountMinor: asked === undefined ? null : BigInt(asked), reason, metadata: about };
      return sendAnswer(request, reply, await createRefund(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/refunds',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRefunds',
        summary: 'List refunds',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          customer_id: z.string().min(1).max(100).optional(),
          invoice_id: z.string().min(1).max(100).optional(),
          payment_id: z.string().min(1).max(100).optional(),
          status: z.enum(REFUND_STATUSES).optional(),
        }),
        response: { 200: listOf(refundAnswer), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        customerId: query.customer_id ?? null,
        invoiceId: query.invoice_id ?? null,
        paymentId: query.payment_id ?? null,
        status: query.status ?? null,
      };
      const options = { request: pageRequestOf(query), filter };
      return sendPage(
        request,
        reply,
        await listRefunds(context.db, callerOf(request).environment.id, options),
        refundToJson,
      );
    },
  );

  app.get(
    '/v1/refunds/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getRefund',
        summary: 'Look at a refund',
        tags,
        params: idParams,
        response: { 200: refundAnswer, ...errorResponses },
      },
    },
    async (request, reply) => {
      const refund = await findRefund(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, refund === null ? null : refundToJson(refund));
    },
  );
};
