import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { bankAnswerSeconds } from '../charges/late-debit.js';
import { newPaymentIntent } from '../payment-intents/new-payment-intent.js';
import { confirmPayment } from '../payment-intents/payment-attempt.js';
import { challengeUrl, type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import type { PaymentMethodObject } from '../payment-methods/payment-method.js';
import { confirmSetup, setupIntents } from '../setup-intents/setup-intent.js';
import { lostDiscount } from './checkout-promotion.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  completeAfterPayment,
  completeAfterSetup,
  type Submitted,
  sessionPageUrl,
  type Visitor,
  withVisitor,
} from './checkout-session.js';
import { subscribe } from './checkout-subscribe.js';

/**
 * Pays or saves with the method, for an open session. A decline is thrown, keeps its traces, and leaves the session open;
 * so does a discount that others used up meanwhile, with no traces.
 */
export const submitCheckout = (
  work: Work,
  session: CheckoutSessionObject,
  method: PaymentMethodObject,
  visitor: Visitor,
): Submitted => {
  const lost = lostDiscount(work, session);
  if (lost !== undefined) throw invalidRequest(lost, { code: 'coupon_expired' });
  const visited = withVisitor(work, session, visitor);
  if (session.mode === 'subscription') return subscribe(work, visited, method);
  return session.mode === 'setup' ? save(work, visited, method) : pay(work, visited, method);
};

const pay = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): Submitted => {
  const intent = intentOf(work, session);
  const linked = work.update(checkoutSessions, session, { payment_intent: intent.id });
  const choices = { offSession: false, errorOnRequiresAction: false, returnUrl: sessionPageUrl(work, session.id) };
  const after = confirmPayment(work, intent, method, choices);
  if (after.status === 'requires_action') return { session: linked, challenge: challengeUrl(work, after.id) };
  const done = completeAfterPayment(work, linked, after);
  if (after.status === 'processing') {
    work.schedule('checkout.session.bank_answered', done.id, work.now + bankAnswerSeconds);
  }
  return { session: done, challenge: null };
};

/** One intent for all tries of a session, so that it is paid at most once. */
const intentOf = (work: Work, session: CheckoutSessionObject): PaymentIntentObject => {
  const existing = work.get(paymentIntents, idOf(session.payment_intent) ?? '');
  if (existing !== undefined) return asAsked(work, existing, session.amount_total ?? 0);
  const data = session._paymentIntentData;
  const price = { amount: session.amount_total ?? 0, currency: session.currency ?? 'usd' };
  const intent = work.put(paymentIntents, {
    ...newPaymentIntent(work, price),
    application: session._application,
    automatic_payment_methods: null,
    capture_method: data.capture_method ?? 'automatic_async',
    customer: idOf(session.customer),
    description: data.description ?? null,
    metadata: metadataMerged({}, data.metadata),
    payment_method_types: session.payment_method_types,
    receipt_email: data.receipt_email ?? null,
    setup_future_usage: data.setup_future_usage ?? null,
    statement_descriptor: data.statement_descriptor ?? null,
    statement_descriptor_suffix: data.statement_descriptor_suffix ?? null,
    transfer_group: data.transfer_group ?? null,
  });
  work.emit('payment_intent.created', intent);
  return intent;
};

/** A code that was typed after a try lowers what the same intent asks for. */
const asAsked = (work: Work, intent: PaymentIntentObject, amount: number): PaymentIntentObject =>
  intent.amount === amount ? intent : work.update(paymentIntents, intent, { amount });

const save = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): Submitted => {
  const before = work.require(setupIntents, idOf(session.setup_intent) ?? '');
  const intent = work.update(setupIntents, before, {
    automatic_payment_methods: null,
    customer: idOf(session.customer),
  });
  const after = confirmSetup(work, intent, method, sessionPageUrl(work, session.id));
  if (after.status === 'requires_action') return { session, challenge: challengeUrl(work, after.id) };
  return { session: completeAfterSetup(work, session, after), challenge: null };
};
