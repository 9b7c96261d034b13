import type Stripe from 'stripe';
import { Refusal } from '../errors.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { idOf } from '../resources/charges/charge.js';
import { wholeAmount } from '../resources/checkout/checkout-line-items.js';
import { lostDiscount, withoutLostCode, withPromotionCode } from '../resources/checkout/checkout-promotion.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  completeWithoutPayment,
  isTrial,
  successUrl,
  withVisitor,
} from '../resources/checkout/checkout-session.js';
import { submitCheckout } from '../resources/checkout/checkout-submit.js';
import { subscribeWithoutMethod } from '../resources/checkout/checkout-subscribe.js';
import { customers } from '../resources/customers/customer.js';
import { coupons } from '../resources/discounts/coupon.js';
import { promotionCodes } from '../resources/discounts/promotion-code.js';
import { paymentIntents } from '../resources/payment-intents/payment-intent.js';
import { enteredCard } from '../resources/payment-methods/card-details.js';
import { type PaymentMethodObject, putBankAccount, putCard } from '../resources/payment-methods/payment-method.js';
import { setupIntents } from '../resources/setup-intents/setup-intent.js';
import type { Work } from '../work.js';
import { type CheckoutEntry, entryError, entryFrom, typedText } from './checkout-entry.js';
import { alertOf, checkoutForm, type FormState, freeForm } from './checkout-form.js';
import { escapeHtml, sandboxPage } from './layout.js';
import { moneyText } from './money-text.js';

const sessionIn = (work: Work, request: PageRequest): CheckoutSessionObject =>
  work.require(checkoutSessions, request.path.session ?? '');

const showSession = (work: Work, request: PageRequest): PageAnswer => {
  const session = sessionIn(work, request);
  if (session.status !== 'open') return closedPage(session);
  const lost = lostDiscount(work, session);
  if (lost !== undefined) return formPage(work, session, { error: { message: lost, field: null }, typed: {} });
  const message = lastError(work, session);
  return formPage(work, session, { error: message === null ? null : { message, field: 'card' }, typed: {} });
};

const formPage = (
  work: Work,
  session: CheckoutSessionObject,
  state: Omit<FormState, 'verb'>,
  status = 200,
): PageAnswer => {
  const price = session.currency === null ? '' : moneyText(session.amount_total ?? 0, session.currency);
  const isSaving = session.mode === 'setup';
  const title = isSaving ? 'Save a payment method' : titleOf(session, price);
  const email =
    state.typed.email ?? session.customer_email ?? session.customer_details?.email ?? emailOf(work, session);
  const form = isFree(session)
    ? freeForm(session)
    : checkoutForm(session, {
        verb: isSaving ? 'Save' : titleOf(session, price),
        error: state.error,
        typed: { ...state.typed, email },
      });
  const html = sandboxPage(title, `${alertOf(state.error)}${linesTable(work, session, price)}${form}`);
  return { kind: 'html', status, html };
};

const emailOf = (work: Work, session: CheckoutSessionObject): string =>
  work.get(customers, idOf(session.customer) ?? '')?.email ?? '';

/** A subscription may begin with nothing to pay. */
const titleOf = (session: CheckoutSessionObject, price: string): string => {
  if (session.mode !== 'subscription') return `Pay ${price}`;
  return session.amount_total === 0 ? 'Start trial' : `Subscribe and pay ${price}`;
};

const linesTable = (work: Work, session: CheckoutSessionObject, total: string): string => {
  if (session._lines.length === 0) return '';
  const rows = session._lines.map(
    (line) =>
      `<tr><th scope="row">${escapeHtml(line.description)}</th><td class="amount">${line.quantity ?? ''}</td><td class="amount">${moneyText(wholeAmount(work, line), line.currency)}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Item</th><th scope="col" class="amount">Quantity</th><th scope="col" class="amount">Amount</th></tr></thead>
<tbody>${rows.join('')}</tbody>
<tfoot>${trialRow(work, session)}${discountRow(work, session)}<tr><th scope="row" colspan="2">Total</th><td class="amount">${total}</td></tr></tfoot>
</table>
`;
};

/** What recurs costs nothing yet. */
const trialRow = (work: Work, session: CheckoutSessionObject): string => {
  if (!isTrial(session) || session.currency === null) return '';
  const whole = session._lines.reduce((sum, line) => sum + wholeAmount(work, line), 0);
  const free = moneyText((session.amount_subtotal ?? 0) - whole, session.currency);
  return `<tr><th scope="row" colspan="2">Free while on trial</th><td class="amount">${free}</td></tr>`;
};

const discountRow = (work: Work, session: CheckoutSessionObject): string => {
  const [given] = session._discounts;
  if (given === undefined) return '';
  const name =
    work.get(promotionCodes, given.promotion_code ?? '')?.code ?? work.get(coupons, given.coupon ?? '')?.name;
  const taken = moneyText(-(session.total_details?.amount_discount ?? 0), session.currency ?? 'usd');
  const label = typeof name === 'string' ? `Discount ${escapeHtml(name)}` : 'Discount';
  return `<tr><th scope="row" colspan="2">${label}</th><td class="amount">${taken}</td></tr>`;
};

/** Nothing is to be paid and no method is asked for. */
const isFree = (session: CheckoutSessionObject): boolean =>
  session.amount_total === 0 && session.payment_method_collection === 'if_required';

const closedPage = (session: CheckoutSessionObject): PageAnswer => {
  const target = session.status === 'complete' ? successUrl(session) : session.cancel_url;
  const link = target === null ? '' : `<p><a href="${escapeHtml(target)}">Continue</a></p>`;
  const text = session.status === 'complete' ? 'This checkout is already complete.' : 'This checkout has expired.';
  return { kind: 'html', status: 409, html: sandboxPage('Nothing to do here', `<p>${text}</p>${link}`) };
};

/** Why the last try failed, for a customer who comes back from the challenge. */
const lastError = (work: Work, session: CheckoutSessionObject): string | null => {
  const payment = work.get(paymentIntents, idOf(session.payment_intent) ?? '');
  const setup = work.get(setupIntents, idOf(session.setup_intent) ?? '');
  return payment?.last_payment_error?.message ?? setup?.last_setup_error?.message ?? null;
};

const submitSession = (work: Work, request: PageRequest): PageAnswer => {
  const session = sessionIn(work, request);
  if (session.status !== 'open') return closedPage(session);
  try {
    const discounted = withPromotionCode(work, session, request);
    const lost = lostDiscount(work, discounted);
    if (lost !== undefined) return lostPage(work, discounted, request, lost);
    if (request.form.get('apply') === 'code') return formPage(work, discounted, applied(request));
    if (isFree(discounted)) return redirectToSuccess(completeFree(work, discounted));
    const entry = entryFrom(work, request);
    const method = putMethod(work, discounted, entry);
    const visitor = { email: entry.email ?? session.customer_email, name: entry.name };
    const { session: after, challenge } = submitCheckout(work, discounted, method, visitor);
    return challenge === null ? redirectToSuccess(after) : { kind: 'redirect', location: challenge };
  } catch (error) {
    // The visitor sees the refusal and tries again: the session stays open.
    if (!(error instanceof Refusal)) throw error;
    const state = { error: entryError(error, request), typed: typedText(request) };
    return formPage(work, sessionIn(work, request), state, error.status);
  }
};

/** Nothing was paid, and the session stays open, for the price it has now. */
const lostPage = (work: Work, session: CheckoutSessionObject, request: PageRequest, message: string): PageAnswer => {
  const typed = { ...typedText(request), promotion_code: '' };
  return formPage(work, withoutLostCode(work, session), { error: { message, field: null }, typed }, 402);
};

/** What the page shows once a code is in: a code that was not typed is asked for. */
const applied = (request: PageRequest): Omit<FormState, 'verb'> => {
  const typed = typedText(request);
  const isMissing = typed.promotion_code === '';
  return { error: isMissing ? { message: 'Enter a promotion code.', field: 'promotion_code' } : null, typed };
};

const completeFree = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject => {
  if (session.mode !== 'subscription') return completeWithoutPayment(work, session);
  const visitor = { email: session.customer_email, name: null };
  return subscribeWithoutMethod(work, withVisitor(work, session, visitor));
};

const putMethod = (work: Work, session: CheckoutSessionObject, entry: CheckoutEntry): PaymentMethodObject => {
  const extras = {
    billingDetails: { email: entry.email ?? session.customer_email, name: entry.name },
    allowRedisplay: (session._allowRedisplay ?? 'limited') as Stripe.PaymentMethod.AllowRedisplay,
  };
  if (entry.iban !== null && session.payment_method_types.includes('sepa_debit'))
    return putBankAccount(work, entry.iban, extras);
  const { number, cvc, expiryMonth: exp_month, expiryYear: exp_year } = entry;
  return putCard(work, enteredCard(work, { number, cvc, exp_month, exp_year }, 'card'), extras);
};

const redirectToSuccess = (session: CheckoutSessionObject): PageAnswer => {
  const location = successUrl(session);
  return location === null ? closedPage(session) : { kind: 'redirect', location };
};

export const checkoutPageResource: Resource = {
  collections: [],
  operations: {},
  pages: { 'GET /pay/:account/:session': showSession, 'POST /pay/:account/:session': submitSession },
};
