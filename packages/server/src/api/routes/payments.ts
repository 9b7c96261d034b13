import { z } from 'zod';
import { cancelPayment } from '../../actions/cancel-payment.js';
import { confirmPaymentOnSession } from '../../actions/confirm-payment-on-session.js';
import { releasePayment } from '../../actions/release-payment.js';
import { paymentToJson } from '../../json/payment.js';
import { findPayment, listPayments } from '../../store/payments.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { payment, webUrl } from '../invoice-schemas.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Payments'];

export const paymentsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/payments',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listPayments',
        summary: 'List attempts to collect invoices',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          customer_id: z.string().min(1).max(100).optional(),
          invoice_id: z.string().min(1).max(100).optional(),
          status: payment.shape.status.optional(),
        }),
        response: { 200: listOf(payment), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { customer_id: customerId, invoice_id: invoiceId, status } = request.query;
      const filter = { customerId: customerId ?? null, invoiceId: invoiceId ?? null, status: status ?? null };
      const options = { request: pageRequestOf(request.query), filter };
      const page = await listPayments(context.db, callerOf(request).environment.id, options);
      return sendPage(request, reply, page, paymentToJson);
    },
  );

  app.get(
    '/v1/payments/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getPayment',
        summary: 'Read an attempt',
        tags,
        params: idParams,
        response: { 200: payment, ...errorResponses },
      },
    },
    async (request, reply) => {
      const found = await findPayment(context.db, callerOf(request).environment.id, request.params.id);
      return sendFound(request, reply, found === null ? null : paymentToJson(found));
    },
  );

  app.post(
    '/v1/payments/:id/confirm_on_session',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'confirmPaymentOnSession',
        summary: 'Confirm again while the payer is present; the answer says where he goes next',
        tags,
        params: idParams,
        body: z.strictObject({ return_url: webUrl }),
        response: { 200: payment, 202: payment, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { id: request.params.id, returnUrl: request.body.return_url };
      return sendAnswer(request, reply, await confirmPaymentOnSession(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/payments/:id/cancel',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'cancelPayment',
        summary: 'Withdraw an attempt that waits for the payer',
        tags,
        params: idParams,
        response: { 200: payment, 202: payment, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await cancelPayment(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/payments/:id/release',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'releasePayment',
        summary: 'Free an invoice from an attempt whose connection to Stripe is lost',
        description:
          'The attempt is withdrawn at Stripe as soon as the connection is back. Money that it brought until then counts, ' +
          'and what the invoice does not need goes back by itself.',
        tags,
        params: idParams,
        response: { 200: payment, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await releasePayment(context, commandOf(request), request.params.id)),
  );
};
