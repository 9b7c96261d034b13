import type Stripe from 'stripe';
import { declined, type Refusal } from '../../errors.js';
import type { Work } from '../../work.js';
import { putCharge } from '../charges/charge.js';
import { type DeclineReason, declineOf, declineReasons } from '../charges/decline-reasons.js';
import { invoiceAttemptFailed } from '../invoices/invoice-settled.js';
import type { PaymentMethodObject } from '../payment-methods/payment-method.js';
import { type PaymentIntentObject, paymentIntents } from './payment-intent.js';

/** A charge that failed, the intent back at its start, and the 402 that tells both. */
export const failPayment = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  reason: DeclineReason,
): Refusal => {
  const charge = putCharge(work, intent, {
    method,
    authenticated: false,
    declined: reason,
    pending: false,
    captureBefore: null,
  });
  work.emit('charge.failed', charge);
  const payment_method = shownMethod(work, method);
  const error: Stripe.PaymentIntent.LastPaymentError = {
    type: 'card_error',
    code: reason.code as Stripe.PaymentIntent.LastPaymentError['code'] & string,
    decline_code: reason.declineCode,
    doc_url: `https://stripe.com/docs/error-codes/${reason.code.replaceAll('_', '-')}`,
    message: reason.message,
    charge: charge.id,
    payment_method,
    ...(reason.adviceCode === null ? {} : { advice_code: reason.adviceCode }),
    ...(reason.networkDeclineCode === null ? {} : { network_decline_code: reason.networkDeclineCode }),
  };
  const failed = backToStart(work, intent, error, { latest_charge: charge.id });
  return declined(declineOf(reason, { charge: charge.id, payment_intent: work.render(failed), payment_method }));
};

/** The server asked to fail rather than to wait for the customer: no bank was asked, so there is no charge. */
export const refuseAction = (work: Work, intent: PaymentIntentObject, method: PaymentMethodObject): Refusal => {
  const reason = {
    ...declineReasons.authentication_required,
    declineCode: 'authentication_not_handled',
    message: 'This payment needs authentication, and `error_on_requires_action` forbids to wait for it.',
    networkDeclineCode: null,
  };
  const payment_method = shownMethod(work, method);
  const { code, declineCode, message } = reason;
  const error = { type: 'card_error', code, decline_code: declineCode, message, payment_method } as const;
  const failed = backToStart(work, intent, error, {});
  return declined(declineOf(reason, { payment_intent: work.render(failed), payment_method }));
};

export const backToStart = (
  work: Work,
  intent: PaymentIntentObject,
  error: Stripe.PaymentIntent.LastPaymentError,
  changes: Partial<PaymentIntentObject>,
): PaymentIntentObject => {
  const failed = work.update(paymentIntents, intent, {
    ...changes,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: error,
  });
  work.emit('payment_intent.payment_failed', failed);
  const methodId = error.payment_method?.id ?? null;
  invoiceAttemptFailed(work, failed, { declineCode: error.decline_code ?? null, methodId });
  return failed;
};

export const shownMethod = (work: Work, method: PaymentMethodObject): Stripe.PaymentMethod =>
  work.render(method) as unknown as Stripe.PaymentMethod;
