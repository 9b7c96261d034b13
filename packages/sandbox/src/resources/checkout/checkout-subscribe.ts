import { createSubscription } from '../../subscriptions/create-subscription.js';
import { putExtras } from '../../subscriptions/extra-items.js';
import type { NewSubscriptionParams } from '../../subscriptions/new-subscription.js';
import { isOver, type SubscriptionObject, subscriptions } from '../../subscriptions/subscription.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { bankAnswerSeconds } from '../charges/late-debit.js';
import { clockOf, customers } from '../customers/customer.js';
import { invoices } from '../invoices/invoice.js';
import { confirmPayment } from '../payment-intents/payment-attempt.js';
import { challengeUrl, paymentIntents } from '../payment-intents/payment-intent.js';
import type { PaymentMethodObject } from '../payment-methods/payment-method.js';
import { confirmSetup, setupIntents } from '../setup-intents/setup-intent.js';
import { newSetupIntent } from '../setup-intents/setup-intents.js';
import { isRecurring } from './checkout-line-items.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  complete,
  type Submitted,
  sessionPageUrl,
} from './checkout-session.js';

/**
 * Pays for the beginning of a subscription, or saves the method for it when there is nothing to pay yet. What is to be paid
 * is begun incomplete at the first try, and later tries pay the same invoice.
 */
export const subscribe = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): Submitted =>
  session.amount_total === 0 ? saveFirst(work, session, method) : payFirst(work, session, method);

const payFirst = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): Submitted => {
  const { begun, session: linked } = begunIn(work, session);
  const invoice = work.require(invoices, begun.latest_invoice ?? '');
  const intent = work.require(paymentIntents, invoice._intent ?? '');
  const tried = work.update(checkoutSessions, linked, { _intent: intent.id });
  const customersWork = work.onClock(begun.test_clock);
  const choices = { offSession: false, errorOnRequiresAction: false, returnUrl: sessionPageUrl(work, session.id) };
  const after = confirmPayment(customersWork, intent, method, choices);
  if (after.status === 'requires_action') return { session: tried, challenge: challengeUrl(work, after.id) };
  const done = completeSubscribing(work, tried);
  if (after.status === 'processing') {
    work.schedule('checkout.session.bank_answered', done.id, work.now + bankAnswerSeconds);
  }
  return { session: done, challenge: null };
};

interface Begun {
  readonly begun: SubscriptionObject;
  readonly session: CheckoutSessionObject;
}

/** The subscription of an earlier try, unless that is over. */
const begunIn = (work: Work, session: CheckoutSessionObject): Begun => {
  const existing = work.get(subscriptions, session._subscribing?.subscription ?? '');
  if (existing !== undefined && !isOver(existing)) return { begun: existing, session };
  const begun = begin(work, session, {});
  return { begun, session: linkedTo(work, session, begun.id) };
};

const linkedTo = (work: Work, session: CheckoutSessionObject, subscription: string): CheckoutSessionObject => {
  const { _subscribing } = session;
  return _subscribing === null
    ? session
    : work.update(checkoutSessions, session, { _subscribing: { ..._subscribing, subscription } });
};

const begin = (
  work: Work,
  session: CheckoutSessionObject,
  fields: Pick<NewSubscriptionParams, 'default_payment_method'>,
): SubscriptionObject => {
  const customer = work.require(customers, idOf(session.customer) ?? '');
  const { data, version } = session._subscribing ?? { data: {}, version: '' };
  const { _discounts: discounts } = session;
  const recurring = session._lines.filter((line) => isRecurring(work, line));
  const once = session._lines.filter((line) => !isRecurring(work, line));
  const context = work.onClock(clockOf(customer));
  const params = {
    ...data,
    ...fields,
    ...(discounts.length === 0 ? {} : { discounts }),
    items: recurring.map(({ price, quantity, metadata }) => ({
      price,
      metadata,
      ...(quantity === null ? {} : { quantity }),
    })),
    payment_settings: { save_default_payment_method: 'on_subscription' },
  } as NewSubscriptionParams;
  return createSubscription(context, customer, {
    params,
    version,
    application: session._application,
    payment: { behavior: 'default_incomplete', offSession: false },
    leavesMethod: (session.amount_total ?? 0) > 0,
    extras: (subscription) =>
      putExtras(
        context,
        subscription,
        once.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1 })),
      ),
  });
};

/** A trial begins once its method is saved. */
const saveFirst = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): Submitted => {
  const existing = work.get(setupIntents, session._intent ?? '');
  const fresh = { ...newSetupIntent(work), automatic_payment_methods: null, customer: idOf(session.customer) };
  const intent = existing ?? work.put(setupIntents, fresh);
  if (existing === undefined) work.emit('setup_intent.created', intent);
  const tried = work.update(checkoutSessions, session, { _intent: intent.id });
  const after = confirmSetup(work, intent, method, sessionPageUrl(work, session.id));
  if (after.status === 'requires_action') return { session: tried, challenge: challengeUrl(work, after.id) };
  return { session: completeSubscribing(work, tried), challenge: null };
};

/** Of one with nothing to pay and no method asked for. */
export const subscribeWithoutMethod = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject => {
  const begun = begin(work, session, {});
  return finish(work, linkedTo(work, session, begun.id), begun, 'no_payment_required');
};

/** Its payment succeeded, is on its way, or its method is saved. */
export const completeSubscribing = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject => {
  if (session.status !== 'open') return session;
  const setup = work.get(setupIntents, session._intent ?? '');
  if (setup !== undefined) {
    const begun = begin(work, session, { default_payment_method: idOf(setup.payment_method) ?? '' });
    return finish(work, linkedTo(work, session, begun.id), begun, 'no_payment_required');
  }
  const begun = work.require(subscriptions, session._subscribing?.subscription ?? '');
  const intent = work.get(paymentIntents, session._intent ?? '');
  return finish(
    work,
    session,
    trusted(work, begun, intent?.status),
    intent?.status === 'processing' ? 'unpaid' : 'paid',
  );
};

/** While a bank takes its time the subscription is active. */
const trusted = (work: Work, begun: SubscriptionObject, status: string | undefined): SubscriptionObject => {
  if (status !== 'processing' || begun.status !== 'incomplete') return begun;
  work.unschedule('subscription.incomplete_expires', begun.id);
  const after = work.update(subscriptions, begun, { status: 'active' });
  work.emit('customer.subscription.updated', after, begun);
  return after;
};

const finish = (
  work: Work,
  session: CheckoutSessionObject,
  begun: SubscriptionObject,
  payment_status: CheckoutSessionObject['payment_status'],
): CheckoutSessionObject =>
  complete(work, session, {
    customer: begun.customer,
    invoice: begun.latest_invoice,
    payment_status,
    subscription: begun.id,
  });
