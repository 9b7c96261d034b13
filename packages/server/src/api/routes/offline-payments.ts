import { z } from 'zod';
import { recordOfflinePaymentAction } from '../../actions/record-offline-payment.js';
import { commandOf, sendAnswer } from '../answer.js';
import { payment } from '../invoice-schemas.js';
import { amount, errorResponses, idParams } from '../schemas.js';
import type { Routes } from '../typed-app.js';

export const offlinePaymentsRoutes: Routes = (app, context) => {
  app.post(
    '/v1/invoices/:id/offline_payments',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'recordOfflinePayment',
        summary: 'Record money that came outside Stripe, such as a bank transfer',
        tags: ['Payments'],
        params: idParams,
        body: z.strictObject({
          amount: amount.min(1).optional().describe('Left out: all that is due. Less is a part payment.'),
          reference: z.string().trim().min(1).max(500).nullable().default(null).describe("Such as a transfer's text."),
        }),
        response: { 201: payment, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { amount: received, reference } = request.body;
      const amountMinor = received === undefined ? null : BigInt(received);
      const input = { invoiceId: request.params.id, amountMinor, reference };
      return sendAnswer(request, reply, await recordOfflinePaymentAction(context, commandOf(request), input));
    },
  );
};
