import { Refusal } from '../errors.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { enteredCard } from '../resources/card-details.js';
import { idOf } from '../resources/charge.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  completeWithoutPayment,
  successUrl,
} from '../resources/checkout-session.js';
import { submitCheckout } from '../resources/checkout-submit.js';
import { paymentIntents } from '../resources/payment-intent.js';
import { type PaymentMethodObject, putBankAccount, putCard } from '../resources/payment-method.js';
import { setupIntents } from '../resources/setup-intent.js';
import type { Work } from '../work.js';
import { type CheckoutEntry, checkoutForm, entryFrom } from './checkout-form.js';
import { escapeHtml, sandboxPage } from './layout.js';
import { moneyText } from './money-text.js';

const sessionIn = (work: Work, request: PageRequest): CheckoutSessionObject =>
  work.require(checkoutSessions, request.path.session ?? '');

const showSession = (work: Work, request: PageRequest): PageAnswer => {
  const session = sessionIn(work, request);
  return session.status === 'open' ? formPage(session, lastError(work, session)) : closedPage(session);
};

const formPage = (session: CheckoutSessionObject, error: string | null, status = 200): PageAnswer => {
  const price = session.currency === null ? '' : moneyText(session.amount_total ?? 0, session.currency);
  const title = session.mode === 'setup' ? 'Save a payment method' : `Pay ${price}`;
  const rows = session._lines.map(
    (line) =>
      `<tr><td>${escapeHtml(line.description)}</td><td>${line.quantity}</td><td>${moneyText(line.amount_total, line.currency)}</td></tr>`,
  );
  const lines = `<table><thead><tr><th>Item</th><th>Quantity</th><th>Amount</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const alert = error === null ? '' : `<p role="alert">${escapeHtml(error)}</p>`;
  const verb = session.mode === 'setup' ? 'Save' : `Pay ${price}`;
  const email = session.customer_email ?? session.customer_details?.email ?? null;
  const body = `${alert}${rows.length === 0 ? '' : lines}${checkoutForm(session, verb, email)}`;
  return { kind: 'html', status, html: sandboxPage(title, body) };
};

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
    if (session.mode === 'payment' && session.amount_total === 0)
      return redirectToSuccess(completeWithoutPayment(work, session));
    const entry = entryFrom(work, request);
    const method = putMethod(work, session, entry);
    const visitor = { email: entry.email ?? session.customer_email, name: entry.name };
    const { session: after, challenge } = submitCheckout(work, session, method, visitor);
    return challenge === null ? redirectToSuccess(after) : { kind: 'redirect', location: challenge };
  } catch (error) {
    // The visitor sees the refusal and tries again: the session stays open.
    if (error instanceof Refusal) return formPage(sessionIn(work, request), error.body.message, error.status);
    throw error;
  }
};

const putMethod = (work: Work, session: CheckoutSessionObject, entry: CheckoutEntry): PaymentMethodObject => {
  const extras = {
    billingDetails: { email: entry.email ?? session.customer_email, name: entry.name },
    allowRedisplay: 'limited',
  } as const;
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
