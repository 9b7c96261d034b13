import type { Payment } from '@tollbridge/core';
import { findStampedPayment } from '../collection/stamped-payment.js';
import type { Context } from '../context.js';
import { findPaymentByStripeIntent } from '../store/payments.js';
import type { StripeAccess, StripeFailure } from '../stripe/gateway.js';
import { retrievePaymentIntent } from '../stripe/payment-intents.js';
import type { StripeEvent, StripeEventResult } from '../stripe-event-handlers.js';

export const WITHOUT_KEYS: StripeEventResult = {
  kind: 'later',
  code: 'connection_disconnected',
  message: 'the connection to Stripe has no keys',
};

/** Stripe does not tell in order: what follows a payment may be told before the payment. */
export const PAYMENT_NOT_YET: StripeEventResult = {
  kind: 'later',
  code: 'payment_not_succeeded_yet',
  message: 'the payment behind it is not known to have succeeded yet',
};

export const laterAfter = (failure: StripeFailure): StripeEventResult => ({
  kind: 'later',
  code: failure.code ?? failure.kind,
  message: failure.message,
});

/** The payment whose money a refund or a dispute is about, or what the event comes to without one. */
export async function paymentBehind(
  context: Context,
  event: StripeEvent,
  { access, intentId }: { readonly access: StripeAccess; readonly intentId: string | null },
): Promise<{ readonly payment: Payment } | StripeEventResult> {
  if (intentId === null) return { kind: 'foreign' };
  const { environmentId, connection } = event;
  const reference = { connectionId: connection.id, stripeId: intentId };
  const payment = await findPaymentByStripeIntent(context.db, environmentId, reference);
  if (payment !== null) return { payment };
  const intent = await retrievePaymentIntent(context.stripe, access, intentId);
  if (!intent.ok) return intent.error.kind === 'missing' ? { kind: 'foreign' } : laterAfter(intent.error);
  const { metadata } = intent.value;
  const stamped = await findStampedPayment(context, { environmentId, connectionId: connection.id, intentId, metadata });
  return stamped === null ? { kind: 'foreign' } : PAYMENT_NOT_YET;
}
