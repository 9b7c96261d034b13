import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { versionAtLeast } from '../../versions.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { customers } from '../customers/customer.js';
import { newCustomer } from '../customers/customers.js';
import { countedDiscount, type GivenDiscount } from '../discounts/discount.js';
import { cancelPayment } from '../payment-intents/payment-cancel.js';
import { type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import { type SetupIntentObject, setupIntents } from '../setup-intents/setup-intent.js';
import { breakdownOf, lineItemList } from './checkout-breakdown.js';
import type { CheckoutLine } from './checkout-line-items.js';

export interface CheckoutSessionObject extends Stripe.Checkout.Session {
  readonly _lines: readonly CheckoutLine[];
  /** What the intent of the payment will be made with. */
  readonly _paymentIntentData: Stripe.Checkout.SessionCreateParams.PaymentIntentData;
  /** At most one, of the request or typed by the visitor; redeemed when the session is complete. */
  readonly _discounts: readonly GivenDiscount[];
  /** The id of what that gives, before and after it is redeemed. */
  readonly _discountId: string | null;
  /** Of subscriptions: what one will be made with, and in which version it was asked for. */
  readonly _subscribing: Subscribing | null;
  /** The intent that is tried, which sessions of subscriptions do not show. */
  readonly _intent: string | null;
  /** Of the method that is entered; null leaves it to the page. */
  readonly _allowRedisplay: string | null;
  /** The platform that made it, whose subscription or payment it becomes. */
  readonly _application: string | null;
}

export interface Subscribing {
  readonly data: Stripe.Checkout.SessionCreateParams.SubscriptionData;
  readonly version: string;
  /** What was begun at the first try; shown once it is complete. */
  readonly subscription: string | null;
}

export const checkoutSessions = defineCollection<CheckoutSessionObject>({
  type: 'checkout.session',
  prefix: 'cs',
  path: (session) => `/v1/checkout/sessions/${session.id}`,
  label: 'checkout.session',
  indexes: ['customer', 'payment_intent', 'setup_intent', 'subscription', '_intent'],
  included: {
    line_items: (session) => lineItemList(session),
    'total_details.breakdown': (session, work, version) =>
      session.total_details === null ? null : breakdownOf(work, session, version),
  },
  // https://docs.stripe.com/changelog/dahlia renamed the values of `ui_mode`.
  render: (session, _work, version) => ({
    ...session,
    ui_mode: versionAtLeast(version, 'dahlia') ? session.ui_mode : 'hosted',
  }),
});

/** What recurs is free at first. */
export const isTrial = ({ _subscribing }: Pick<CheckoutSessionObject, '_subscribing'>): boolean =>
  _subscribing?.data.trial_end !== undefined || (_subscribing?.data.trial_period_days ?? 0) > 0;

export const sessionPageUrl = (work: Work, sessionId: string): string =>
  `${work.baseUrl}/pay/${work.account.id}/${sessionId}`;

/** The session whose payment or set-up this intent is. */
export const sessionOfIntent = (work: Work, intentId: string): CheckoutSessionObject | undefined =>
  work.where(checkoutSessions, intentId.startsWith('seti_') ? 'setup_intent' : 'payment_intent', intentId)[0] ??
  work.where(checkoutSessions, '_intent', intentId)[0];

/** Where the customer goes when all is done; https://docs.stripe.com/payments/checkout/custom-success-page */
export const successUrl = (session: CheckoutSessionObject): string | null =>
  session.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', session.id) ?? null;

/** A session completes once, when its payment succeeded, is on its way, or is held, or its set-up is done. */
export const completeAfterPayment = (
  work: Work,
  session: CheckoutSessionObject,
  intent: PaymentIntentObject,
): CheckoutSessionObject => {
  if (session.status !== 'open') return session;
  return complete(work, session, {
    customer: idOf(intent.customer),
    payment_intent: intent.id,
    payment_status: intent.status === 'processing' ? 'unpaid' : 'paid',
  });
};

export const completeAfterSetup = (
  work: Work,
  session: CheckoutSessionObject,
  intent: SetupIntentObject,
): CheckoutSessionObject => {
  if (session.status !== 'open') return session;
  return complete(work, session, { customer: idOf(intent.customer), payment_status: 'no_payment_required' });
};

export const completeWithoutPayment = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject =>
  complete(work, session, { payment_status: 'no_payment_required' });

export const complete = (
  work: Work,
  session: CheckoutSessionObject,
  changes: Partial<CheckoutSessionObject>,
): CheckoutSessionObject => {
  const done = work.update(checkoutSessions, session, { ...changes, status: 'complete', url: null });
  // A subscription redeems its discount itself.
  if (session.mode === 'payment') redeemPaid(work, done);
  work.unschedule('checkout.session.expires', session.id);
  work.emit('checkout.session.completed', done);
  return done;
};

/** Whatever became of the coupon since: it was good when its price was paid. */
const redeemPaid = (work: Work, { id, customer, _discounts: given, _discountId }: CheckoutSessionObject): void => {
  const facts = {
    customer: idOf(customer),
    checkout_session: id,
    ...(_discountId === null ? {} : { id: _discountId }),
  };
  for (const one of given) countedDiscount(work, one, facts);
};

/** The bank's late answer to a session that completed unpaid. */
export const followPayment = (work: Work, session: CheckoutSessionObject): void => {
  const intent = work.get(paymentIntents, idOf(session.payment_intent) ?? session._intent ?? '');
  if (session.payment_status !== 'unpaid' || session.status !== 'complete') return;
  if (intent?.status === 'succeeded') {
    work.emit(
      'checkout.session.async_payment_succeeded',
      work.update(checkoutSessions, session, { payment_status: 'paid' }),
    );
  } else if (intent?.status === 'requires_payment_method') work.emit('checkout.session.async_payment_failed', session);
};

const unfinished: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** Ends an open session. What its intents still waited for can no longer happen. */
export const expire = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject => {
  const expired = work.update(checkoutSessions, session, { status: 'expired', url: null });
  work.unschedule('checkout.session.expires', session.id);
  const payment = work.get(paymentIntents, idOf(session.payment_intent) ?? '');
  if (payment !== undefined && unfinished.has(payment.status)) cancelPayment(work, payment, 'expired');
  const setup = work.get(setupIntents, idOf(session.setup_intent) ?? '');
  if (setup !== undefined && unfinished.has(setup.status)) {
    work.emit('setup_intent.canceled', work.update(setupIntents, setup, { status: 'canceled', next_action: null }));
  }
  work.emit('checkout.session.expired', expired);
  return expired;
};

export interface Submitted {
  readonly session: CheckoutSessionObject;
  /** Where the customer must authenticate before the session completes. */
  readonly challenge: string | null;
}

export interface Visitor {
  readonly email: string | null;
  readonly name: string | null;
}

/** What the page learned of the customer, and the customer that is made of it where the session wants one. */
export const withVisitor = (work: Work, session: CheckoutSessionObject, visitor: Visitor): CheckoutSessionObject => {
  const known = work.get(customers, idOf(session.customer) ?? '');
  const email = known?.email ?? visitor.email;
  const name = known?.name ?? visitor.name;
  const details: CheckoutSessionObject['customer_details'] = {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: known?.phone ?? null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  return work.update(checkoutSessions, session, {
    customer_details: details,
    customer: known?.id ?? (wantsCustomer(session) ? putVisitor(work, { email, name }) : null),
  });
};

/** `if_required` needs a customer when the method is saved for later, and a subscription is always somebody's. */
const wantsCustomer = (session: CheckoutSessionObject): boolean =>
  session.mode === 'subscription' ||
  session.customer_creation === 'always' ||
  session._paymentIntentData.setup_future_usage !== undefined;

const putVisitor = (work: Work, visitor: Visitor): string => {
  const customer = work.put(customers, {
    ...newCustomer(work, work.newId('cus')),
    email: visitor.email,
    name: visitor.name,
  });
  work.emit('customer.created', customer);
  return customer.id;
};
