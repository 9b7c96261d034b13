import type { Payment } from '@tollbridge/core';
import type { Context } from '../context.js';
import { findPayment } from '../store/payments.js';

export interface StampedIntent {
  readonly environmentId: string;
  readonly connectionId: string;
  readonly intentId: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The payment that an intent at Stripe is stamped with, for while we do not know that intent yet. Others share the
 * account, so the stamp names the environment; and a stamp that somebody copied onto another intent does not make it ours.
 */
export async function findStampedPayment(context: Context, intent: StampedIntent): Promise<Payment | null> {
  const { metadata, environmentId } = intent;
  const paymentId = metadata.tollbridge_environment === environmentId ? metadata.tollbridge_payment : undefined;
  if (paymentId === undefined) return null;
  const payment = await findPayment(context.db, environmentId, paymentId);
  if (payment === null || payment.connectionId !== intent.connectionId) return null;
  const { stripePaymentIntentId } = payment;
  return stripePaymentIntentId === null || stripePaymentIntentId === intent.intentId ? payment : null;
}
