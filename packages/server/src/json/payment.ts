import { isoFromInstant, type Payment, type PaymentError } from '@tollbridge/core';
import { withoutSecrets } from '../log.js';
import { amountToJson } from './amount.js';

export const paymentToJson = (payment: Payment) => ({
  object: 'payment' as const,
  id: payment.id,
  invoice_id: payment.invoiceId,
  customer_id: payment.customerId,
  connection_id: payment.connectionId,
  kind: payment.kind,
  status: payment.status,
  amount: amountToJson(payment.amountMinor),
  amount_applied: amountToJson(payment.appliedMinor),
  amount_refunded: amountToJson(payment.refundedMinor),
  currency: payment.currency,
  confirmations: payment.confirmations,
  stripe_payment_intent_id: payment.stripePaymentIntentId,
  stripe_checkout_session_id: payment.stripeSessionId,
  stripe_charge_id: payment.stripeChargeId,
  stripe_payment_method_id: payment.stripePaymentMethodId,
  session:
    payment.sessionUrl === null || payment.sessionExpiresAt === null
      ? null
      : { url: payment.sessionUrl, expires_at: isoFromInstant(payment.sessionExpiresAt) },
  next_action: payment.nextAction,
  failure: payment.failure === null ? null : paymentErrorToJson(payment.failure),
  is_late_duplicate: payment.isLateDuplicate,
  reference: payment.reference,
  succeeded_at: payment.succeededAt === null ? null : isoFromInstant(payment.succeededAt),
  canceled_at: payment.canceledAt === null ? null : isoFromInstant(payment.canceledAt),
  created_at: isoFromInstant(payment.createdAt),
});

export const paymentErrorToJson = (error: PaymentError) => ({
  code: error.code,
  decline_code: error.declineCode,
  // What an older version stored is cleaned where it is shown.
  message: withoutSecrets(error.message),
  request_id: error.requestId,
  advice_code: error.adviceCode,
  stripe_payment_method_id: error.paymentMethodId,
});
