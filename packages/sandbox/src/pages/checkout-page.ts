import { Refusal } from '../errors.js';
import { metadataMerged } from '../metadata.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { enteredCard } from '../resources/card-details.js';
import { idOf } from '../resources/charge.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  completeAfterPayment,
  completeAfterSetup,
  completeWithoutPayment,
  sessionPageUrl,
  successUrl,
  withVisitor,
} from '../resources/checkout-session.js';
import { bankAnswerSeconds, confirmPayment } from '../resources/payment-attempt.js';
import { challengeUrl, type PaymentIntentObject, paymentIntents } from '../resources/payment-intent.js';
import { newPaymentIntent } from '../resources/payment-intents.js';
import { type PaymentMethodObject, putBankAccount, putCard } from '../resources/payment-method.js';
import { confirmSetup, setupIntents } from '../resources/setup-intent.js';
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
    const visited = withVisitor(work, session, { email: entry.email ?? session.customer_email, name: entry.name });
    return session.mode === 'setup' ? save(work, visited, method) : pay(work, visited, method);
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

const pay = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): PageAnswer => {
  const intent = intentOf(work, session);
  const linked = work.update(checkoutSessions, session, { payment_intent: intent.id });
  const choices = { offSession: false, errorOnRequiresAction: false, returnUrl: sessionPageUrl(work, session.id) };
  const after = confirmPayment(work, intent, method, choices);
  if (after.status === 'requires_action') return { kind: 'redirect', location: challengeUrl(work, after.id) };
  const done = completeAfterPayment(work, linked, after);
  if (after.status === 'processing') {
    work.schedule('checkout.session.bank_answered', done.id, work.now + bankAnswerSeconds);
  }
  return redirectToSuccess(done);
};

/** One intent for all tries of a session, so that it is paid at most once. */
const intentOf = (work: Work, session: CheckoutSessionObject): PaymentIntentObject => {
  const existing = work.get(paymentIntents, idOf(session.payment_intent) ?? '');
  if (existing !== undefined) return existing;
  const data = session._paymentIntentData;
  const price = { amount: session.amount_total ?? 0, currency: session.currency ?? 'usd' };
  const intent = work.put(paymentIntents, {
    ...newPaymentIntent(work, price),
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

const save = (work: Work, session: CheckoutSessionObject, method: PaymentMethodObject): PageAnswer => {
  const before = work.require(setupIntents, idOf(session.setup_intent) ?? '');
  const intent = work.update(setupIntents, before, {
    automatic_payment_methods: null,
    customer: idOf(session.customer),
  });
  const after = confirmSetup(work, intent, method, sessionPageUrl(work, session.id));
  if (after.status === 'requires_action') return { kind: 'redirect', location: challengeUrl(work, after.id) };
  return redirectToSuccess(completeAfterSetup(work, session, after));
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
