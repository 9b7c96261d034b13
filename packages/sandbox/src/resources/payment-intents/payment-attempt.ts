import type Stripe from 'stripe';
import { declined, invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { confirmByCash, returnCash } from '../cash-balance/cash-payment.js';
import { type ChargeObject, charges, idOf, putCharge, withMoney } from '../charges/charge.js';
import { declineReasons } from '../charges/decline-reasons.js';
import { openDispute } from '../charges/dispute.js';
import { answerDebit, bankAnswerSeconds } from '../charges/late-debit.js';
import { putRelease } from '../charges/refund.js';
import { invoiceAttempted, invoiceNeedsCustomer } from '../invoices/invoice-settled.js';
import {
  behaviourOf,
  type PaymentMethodObject,
  paymentMethods,
  requireUsable,
} from '../payment-methods/payment-method.js';
import { backToStart, failPayment, refuseAction, shownMethod } from './payment-failure.js';
import {
  challengeAction,
  type PaymentIntentObject,
  paymentIntents,
  requireReturnUrl,
  requireStatus,
} from './payment-intent.js';
import { keepMethod, succeed } from './payment-success.js';

export interface ConfirmChoices {
  /** The customer is away. */
  readonly offSession: boolean;
  readonly errorOnRequiresAction: boolean;
  readonly returnUrl: string | null;
}

/**
 * Card authorizations hold for seven days, those of Visa without the customer for less.
 * https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
 */
const holdSeconds = 7 * 24 * 60 * 60;
const holdSecondsVisaOffSession = (4 * 24 + 18) * 60 * 60;

/** Confirms: asks the customer's bank, and throws a 402 that keeps its traces when the bank says no. */
export const confirmPayment = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  choices: ConfirmChoices,
): PaymentIntentObject => {
  requireStatus(work, intent, 'confirm');
  requireFits(intent, method);
  if (method.type === 'customer_balance') return confirmByCash(work, intent, method);
  if (!choices.offSession) requireReturnUrl(intent, choices.returnUrl);
  if (wantsAuthentication(intent, method, choices.offSession)) {
    if (choices.offSession) throw failPayment(work, intent, method, declineReasons.authentication_required);
    if (choices.errorOnRequiresAction) throw refuseAction(work, intent, method);
    return waitForCustomer(work, intent, method, choices.returnUrl);
  }
  const unfunded = returnCash(work, intent);
  return askBank(work, unfunded, method, { authenticated: false, offSession: choices.offSession });
};

const requireFits = (intent: PaymentIntentObject, method: PaymentMethodObject): void => {
  requireUsable(method);
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalidRequest(`The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent.`, {
      code: 'payment_intent_invalid_parameter',
      param: 'payment_method',
    });
  }
  if (method.customer !== null && method.customer !== idOf(intent.customer)) {
    throw invalidRequest(
      `The PaymentMethod ${method.id} is attached to a customer. Use it in a PaymentIntent of that customer.`,
      { code: 'payment_intent_payment_method_customer_mismatch', param: 'payment_method' },
    );
  }
};

const wantsAuthentication = (
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  offSession: boolean,
): boolean => {
  const { authentication } = behaviourOf(method);
  if (authentication === 'never') return false;
  const asked = intent.payment_method_options?.card?.request_three_d_secure ?? 'automatic';
  if (asked !== 'automatic' && !offSession) return true;
  if (authentication === 'until_set_up') return !offSession || !method._setUp;
  if (authentication === 'on_session') return !offSession;
  return authentication === 'always';
};

const waitForCustomer = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  returnUrl: string | null,
): PaymentIntentObject => {
  const waiting = work.update(paymentIntents, intent, {
    status: 'requires_action',
    payment_method: method.id,
    next_action: challengeAction(work, intent.id, returnUrl),
    last_payment_error: null,
  });
  work.emit('payment_intent.requires_action', waiting);
  invoiceNeedsCustomer(work, waiting);
  return waiting;
};

/** The customer came back from the challenge. Throws a 402 when the payment failed, by them or by their bank. */
export const finishAuthentication = (work: Work, intent: PaymentIntentObject, passed: boolean): PaymentIntentObject => {
  const method = work.require(paymentMethods, idOf(intent.payment_method) ?? '');
  if (passed) return askBank(work, intent, method, { authenticated: true, offSession: false });
  const error: Stripe.PaymentIntent.LastPaymentError = {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message: 'The customer did not authenticate the payment. Give a new payment method to try again.',
    payment_method: shownMethod(work, method),
  };
  const failed = backToStart(work, intent, error, {});
  throw declined({
    code: 'payment_intent_authentication_failure',
    message: String(error.message),
    facts: { payment_intent: work.render(failed), payment_method: error.payment_method },
  });
};

interface Presence {
  readonly authenticated: boolean;
  readonly offSession: boolean;
}

const askBank = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  { authenticated, offSession }: Presence,
): PaymentIntentObject => {
  const behaviour = behaviourOf(method);
  if (behaviour.answers !== 'at_once') return waitForBank(work, intent, method);
  if (behaviour.declines !== null) throw failPayment(work, intent, method, declineReasons[behaviour.declines]);
  const captureBefore = intent.capture_method === 'manual' ? holdEnd(work, method, offSession) : null;
  const charge = putCharge(work, intent, { method, authenticated, declined: null, pending: false, captureBefore });
  work.emit('charge.succeeded', charge);
  if (captureBefore !== null) return hold(work, intent, method, charge);
  const paid = succeed(work, intent, charge);
  keepMethod(work, intent, method, authenticated);
  if (behaviour.dispute !== null) openDispute(work, charge, behaviour.dispute);
  return paid;
};

const holdEnd = (work: Work, method: PaymentMethodObject, offSession: boolean): number =>
  work.now + (offSession && method.card?.brand === 'visa' ? holdSecondsVisaOffSession : holdSeconds);

const hold = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  charge: ChargeObject,
): PaymentIntentObject => {
  const held = work.update(paymentIntents, intent, {
    status: 'requires_capture',
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  work.emit('payment_intent.amount_capturable_updated', held);
  const holdEndsAt = charge.payment_method_details?.card?.capture_before ?? work.now + holdSeconds;
  work.schedule('payment_intent.hold_ends', intent.id, holdEndsAt);
  keepMethod(work, intent, method, false);
  return held;
};

/** Takes what was held, or a part of it; the rest is released. */
export const capturePayment = (work: Work, intent: PaymentIntentObject, amount: number): PaymentIntentObject => {
  const before = work.require(charges, idOf(intent.latest_charge) ?? '');
  const method = work.require(paymentMethods, before.payment_method ?? '');
  const released = putRelease(work, before, before.amount - amount);
  const captured = { ...before, captured: true, amount_captured: amount, amount_refunded: released };
  const charge = work.put(charges, withMoney(work, captured, method));
  work.unschedule('payment_intent.hold_ends', intent.id);
  work.emit('charge.captured', charge);
  const paid = succeed(work, intent, charge);
  const { dispute } = behaviourOf(method);
  if (dispute !== null) openDispute(work, charge, dispute);
  return paid;
};

const waitForBank = (work: Work, intent: PaymentIntentObject, method: PaymentMethodObject): PaymentIntentObject => {
  const charge = putCharge(work, intent, {
    method,
    authenticated: false,
    declined: null,
    pending: true,
    captureBefore: null,
  });
  const processing = work.update(paymentIntents, intent, {
    status: 'processing',
    latest_charge: charge.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  work.emit('charge.pending', charge);
  work.emit('payment_intent.processing', processing);
  work.schedule('payment_intent.bank_answers', intent.id, work.now + bankAnswerSeconds);
  keepMethod(work, intent, method, false);
  invoiceAttempted(work, processing);
  return processing;
};

/** The bank's late answer. */
export const takeBankAnswer = (work: Work, intent: PaymentIntentObject): PaymentIntentObject => {
  const before = work.require(charges, idOf(intent.latest_charge) ?? '');
  const { charge, failure } = answerDebit(work, before);
  if (failure === null) return succeed(work, intent, charge);
  const method = work.require(paymentMethods, before.payment_method ?? '');
  const error = {
    type: 'card_error',
    code: failureCodeOf(failure.code),
    message: failure.message,
    payment_method: shownMethod(work, method),
  } as const;
  return backToStart(work, intent, error, { latest_charge: charge.id });
};

/** An intent's error knows fewer reasons than a charge does. */
const failureCodeOf = (code: string) =>
  code === 'insufficient_funds' ? 'insufficient_funds' : 'payment_method_not_available';
