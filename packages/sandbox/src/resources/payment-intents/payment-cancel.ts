import type { Work } from '../../work.js';
import { returnCash } from '../cash-balance/cash-payment.js';
import { charges, idOf } from '../charges/charge.js';
import { putRelease } from '../charges/refund.js';
import { invoicePaymentCanceled } from '../invoices/invoice-settled.js';
import { type PaymentIntentObject, paymentIntents } from './payment-intent.js';

/** Ends an intent for good and releases what it held. */
export const cancelPayment = (
  work: Work,
  before: PaymentIntentObject,
  reason: PaymentIntentObject['cancellation_reason'],
): PaymentIntentObject => {
  const canceled = work.update(paymentIntents, before, {
    status: 'canceled',
    canceled_at: work.now,
    cancellation_reason: reason,
    amount_capturable: 0,
    next_action: null,
  });
  if (before.status === 'requires_capture') release(work, before, reason === 'automatic');
  work.emit('payment_intent.canceled', canceled);
  returnCash(work, canceled);
  invoicePaymentCanceled(work, canceled);
  return canceled;
};

/** Held money never reached the balance, so that there is nothing to move: the charge only says that it ended. */
const release = (work: Work, intent: PaymentIntentObject, isExpiry: boolean): void => {
  const before = work.require(charges, idOf(intent.latest_charge) ?? '');
  const charge = work.update(charges, before, {
    amount_refunded: putRelease(work, before, before.amount),
    refunded: true,
  });
  work.unschedule('payment_intent.hold_ends', intent.id);
  work.emit(isExpiry ? 'charge.expired' : 'charge.refunded', charge);
};
