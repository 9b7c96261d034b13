import { isoFromInstant, type Refund } from '@tollbridge/core';
import { amountToJson } from './amount.js';

export const refundToJson = (refund: Refund) => ({
  object: 'refund' as const,
  id: refund.id,
  payment_id: refund.paymentId,
  invoice_id: refund.invoiceId,
  customer_id: refund.customerId,
  connection_id: refund.connectionId,
  credit_note_id: refund.creditNoteId,
  status: refund.status,
  reason: refund.reason,
  origin: refund.origin,
  amount: amountToJson(refund.amountMinor),
  currency: refund.currency,
  stripe_refund_id: refund.stripeRefundId,
  failure:
    refund.failure === null
      ? null
      : { code: refund.failure.code, message: refund.failure.message, request_id: refund.failure.requestId },
  metadata: { ...refund.metadata },
  succeeded_at: refund.succeededAt === null ? null : isoFromInstant(refund.succeededAt),
  failed_at: refund.failedAt === null ? null : isoFromInstant(refund.failedAt),
  created_at: isoFromInstant(refund.createdAt),
});
