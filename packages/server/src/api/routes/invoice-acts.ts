import { z } from 'zod';
import { finalizeInvoiceAction } from '../../actions/finalize-invoice.js';
import { markInvoiceUncollectibleAction } from '../../actions/mark-invoice-uncollectible.js';
import { openPaymentSession } from '../../actions/open-payment-session.js';
import { payInvoice } from '../../actions/pay-invoice.js';
import { voidInvoiceAction } from '../../actions/void-invoice.js';
import { commandOf, sendAnswer } from '../answer.js';
import { invoice, payment, webUrl } from '../invoice-schemas.js';
import { errorResponses, idParams } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Invoices'];
const inHand = 'Stripe has not answered yet; the work goes on.';

/** What is done to an invoice once it stands. */
export const invoiceActsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/invoices/:id/finalize',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'finalizeInvoice',
        summary: 'Give a draft its number; it is owed and collected from then on',
        tags,
        params: idParams,
        response: { 200: invoice, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await finalizeInvoiceAction(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/invoices/:id/void',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'voidInvoice',
        summary: 'Take a finalized invoice back whole',
        tags,
        params: idParams,
        response: { 200: invoice, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await voidInvoiceAction(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/invoices/:id/mark_uncollectible',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'markInvoiceUncollectible',
        summary: 'Write off what is due',
        tags,
        params: idParams,
        response: { 200: invoice, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await markInvoiceUncollectibleAction(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/invoices/:id/pay',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'payInvoice',
        summary: 'Try now to have it paid with what the customer has',
        tags,
        params: idParams,
        response: { 200: invoice, 202: invoice.describe(inHand), ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await payInvoice(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/invoices/:id/payment_session',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'openPaymentSession',
        summary: 'Open a page of Stripe on which the payer pays what is due',
        tags,
        params: idParams,
        body: z.strictObject({
          return_url: webUrl.optional().describe("Left out, the invoice's own page."),
          cancel_url: webUrl.optional(),
        }),
        response: {
          200: payment.describe('The page that stands already.'),
          201: payment,
          202: payment.describe(inHand),
          ...errorResponses,
        },
      },
    },
    async (request, reply) => {
      const { return_url: returnUrl, cancel_url: cancelUrl } = request.body;
      const input = { invoiceId: request.params.id, returnUrl: returnUrl ?? null, cancelUrl: cancelUrl ?? null };
      return sendAnswer(request, reply, await openPaymentSession(context, commandOf(request), input));
    },
  );
};
