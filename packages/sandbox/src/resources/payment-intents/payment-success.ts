import type { Work } from '../../work.js';
import { type ChargeObject, idOf, putCharge } from '../charges/charge.js';
import { invoicePaidBy } from '../invoices/invoice-settled.js';
import { attachUnasked, type PaymentMethodObject, paymentMethods } from '../payment-methods/payment-method.js';
import { type PaymentIntentObject, paymentIntents } from './payment-intent.js';

/** The money is there already. */
export const takeMoney = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
): PaymentIntentObject => {
  const attempt = { method, authenticated: false, declined: null, pending: false, captureBefore: null };
  const charge = putCharge(work, intent, attempt);
  work.emit('charge.succeeded', charge);
  const paid = succeed(work, intent, charge);
  keepMethod(work, intent, method, false);
  return paid;
};

/** The intent once its charge has the money, and the invoice that it pays. */
export const succeed = (work: Work, intent: PaymentIntentObject, charge: ChargeObject): PaymentIntentObject => {
  const paid = work.update(paymentIntents, intent, {
    status: 'succeeded',
    amount_received: charge.amount_captured,
    amount_capturable: 0,
    latest_charge: charge.id,
    payment_method: charge.payment_method,
    next_action: null,
    last_payment_error: null,
  });
  work.emit('payment_intent.succeeded', paid);
  invoicePaidBy(work, paid);
  return paid;
};

/** Saves the method for the customer who asked for it; a method of nobody is spent by its first payment. */
export const keepMethod = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  authenticated: boolean,
): void => {
  const customer = idOf(intent.customer);
  if (intent.setup_future_usage !== null && customer !== null) {
    const setUp = authenticated && intent.setup_future_usage === 'off_session';
    const kept = setUp && !method._setUp ? work.update(paymentMethods, method, { _setUp: true }) : method;
    attachUnasked(work, kept, customer);
  } else if (method.customer === null) work.update(paymentMethods, method, { _spent: true });
};
