import { invalidRequest, Refusal } from '../errors.js';
import type { PageRequest } from '../operation.js';
import { entryError, entryFrom, typedText } from '../pages/checkout-entry.js';
import { cardFields } from '../pages/checkout-form.js';
import { escapeHtml } from '../pages/layout.js';
import type { FieldError } from '../pages/text-field.js';
import { idOf } from '../resources/charges/charge.js';
import { customers } from '../resources/customers/customer.js';
import { challengeUrl } from '../resources/payment-intents/payment-intent.js';
import { enteredCard } from '../resources/payment-methods/card-details.js';
import { type PaymentMethodObject, paymentMethods, putCard } from '../resources/payment-methods/payment-method.js';
import { detach } from '../resources/payment-methods/payment-methods.js';
import { confirmSetup, setupIntents } from '../resources/setup-intents/setup-intent.js';
import { newSetupIntent } from '../resources/setup-intents/setup-intents.js';
import { isOver, subscriptions } from '../subscriptions/subscription.js';
import { openFlow, portalSessions } from './portal-session.js';
import { asked, type PortalForm, type Retry, type Visit } from './portal-visit.js';

const isOpen = ({ configuration }: Visit): boolean => configuration.features.payment_method_update.enabled;

export const methodsOf = ({ work, customer }: Visit): readonly PaymentMethodObject[] =>
  work.where(paymentMethods, 'customer', customer.id);

/** A card is kept as a setup intent would keep it: its bank may refuse, or want its holder first. */
export const newMethodForm: PortalForm = {
  title: 'Add a payment method',
  isOpen,
  show: ({ request }, { error }) => `<form method="post">
${cardFields({ verb: 'Add', typed: typedText(request), error: error === null ? null : formError(request, error) })}
</form>`,
  submit: (visit) => {
    const { account, customer, request, session, work } = visit;
    const entry = entryFrom(work, request);
    const { number, cvc, expiryMonth: exp_month, expiryYear: exp_year } = entry;
    const billingDetails = { email: entry.email ?? customer.email, name: entry.name };
    const method = putCard(work, enteredCard(work, { number, cvc, exp_month, exp_year }, 'card'), { billingDetails });
    const intent = work.put(setupIntents, { ...newSetupIntent(work), customer: customer.id });
    work.emit('setup_intent.created', intent);
    const after = confirmSetup(work, intent, method, session.url);
    if (after.status !== 'requires_action') {
      becomeDefault(visit, method.id);
      return undefined;
    }
    account.update(portalSessions, session, { _setupIntent: intent.id });
    return challengeUrl(work, intent.id);
  },
};

type CardError = NonNullable<Parameters<typeof cardFields>[0]['error']>;

/** The field a refusal of the bank stands at: the same words for all pages that take cards. */
const formError = (request: PageRequest, error: FieldError): CardError => {
  const body = { type: 'card_error', message: error.message, ...(error.field === null ? {} : { param: error.field }) };
  return entryError(new Refusal(400, body as Refusal['body']), request);
};

interface Settled {
  readonly visit: Visit;
  /** A card was waiting and is kept now. */
  readonly isDone: boolean;
  readonly error: FieldError | null;
}

/** Somebody who comes back from their bank: what they wanted to add is there now, or was refused. */
export const settlePaymentMethod = (visit: Visit): Settled => {
  const { account, session, work } = visit;
  const intent = work.get(setupIntents, session._setupIntent ?? '');
  if (intent === undefined || intent.status === 'requires_action') return { visit, isDone: false, error: null };
  const after = { ...visit, session: account.update(portalSessions, session, { _setupIntent: null }) };
  if (intent.status !== 'succeeded') {
    const message = intent.last_setup_error?.message ?? 'The card was not kept.';
    return { visit: after, isDone: false, error: { field: null, message } };
  }
  becomeDefault(visit, idOf(intent.payment_method) ?? '');
  const customer = work.require(customers, visit.customer.id);
  return { visit: { ...after, customer }, isDone: true, error: null };
};

/**
 * "The payment method is set as the customer.invoice_settings.default_payment_method":
 * https://docs.stripe.com/customer-management/portal-deep-links#flow-types. In the whole portal the first one is.
 */
const becomeDefault = (visit: Visit, method: string): void => {
  const { customer, session } = visit;
  const isFirst = customer.invoice_settings.default_payment_method === null;
  if (openFlow(session) !== null || isFirst || asked(visit, 'default') === 'on') makeDefault(visit, method);
};

const makeDefault = ({ work, customer }: Visit, method: string): void => {
  const before = work.require(customers, customer.id);
  const invoice_settings = { ...before.invoice_settings, default_payment_method: method };
  work.emit('customer.updated', work.update(customers, before, { invoice_settings }), before);
};

const chosenMethod = (visit: Visit): PaymentMethodObject => {
  const found = methodsOf(visit).find(({ id }) => id === asked(visit, 'method'));
  if (found !== undefined) return found;
  throw invalidRequest('Choose one of your payment methods.', { param: 'method' });
};

/** The one form of a button: which method, and what happens to it. */
const choosing =
  (verb: string) =>
  (visit: Visit, _retry: Retry): string => {
    const rows = methodsOf(visit).map(
      (method) =>
        `<li><button class="quiet" name="method" value="${method.id}">${verb}</button> <span>${methodWords(method)}</span></li>`,
    );
    return `<form method="post"><ul class="choices">${rows.join('')}</ul></form>`;
  };

export const defaultMethodForm: PortalForm = {
  title: 'Choose the payment method for invoices',
  isOpen,
  show: choosing('Pay with this'),
  submit: (visit) => {
    makeDefault(visit, chosenMethod(visit).id);
    return undefined;
  },
};

/** What pays for a subscription that goes on is replaced first. [K] */
export const removeMethodForm: PortalForm = {
  title: 'Remove a payment method',
  isOpen,
  show: choosing('Remove'),
  submit: (visit) => {
    const { work, customer } = visit;
    const method = chosenMethod(visit);
    const goesOn = work.where(subscriptions, 'customer', customer.id).filter((one) => !isOver(one));
    const isNeeded =
      goesOn.some((one) => one.default_payment_method === method.id) ||
      (goesOn.length > 0 && customer.invoice_settings.default_payment_method === method.id);
    if (isNeeded) {
      throw invalidRequest('This payment method pays for a subscription. Choose another one for it first.', {
        param: 'method',
      });
    }
    detach(work, method);
    return undefined;
  },
};

/** HTML: "visa ending in 4242, 12/2034". */
export const methodWords = (method: PaymentMethodObject): string => {
  const { card, sepa_debit: bank } = method;
  if (card !== undefined)
    return escapeHtml(
      `${card.brand} ending in ${card.last4}, ${String(card.exp_month).padStart(2, '0')}/${card.exp_year}`,
    );
  return escapeHtml(bank === undefined ? method.type : `Bank account ending in ${bank.last4 ?? ''}`);
};
