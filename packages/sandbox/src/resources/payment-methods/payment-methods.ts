import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext, Work } from '../../work.js';
import { customers } from '../customers/customer.js';
import { cards, keepCard } from '../sources/card.js';
import { removeSource } from '../sources/source.js';
import { sourceOf } from '../sources/sources-of.js';
import { refuseUnserved } from '../unserved.js';
import { type CardEntry, enteredCard, requireExpiry } from './card-details.js';
import {
  attach,
  type PaymentMethodObject,
  paymentMethodFor,
  paymentMethods,
  putBankAccount,
  putCard,
  putCustomerBalance,
  withBillingDetails,
} from './payment-method.js';
import { testBankAccountByIban } from './test-bank-accounts.js';

/** What creates a method: a create call, or `payment_method_data` of an intent. */
export interface PaymentMethodData {
  readonly type?: string;
  readonly card?: object;
  readonly sepa_debit?: object;
  readonly billing_details?: object;
  readonly metadata?: Readonly<Record<string, string | number | null>>;
  readonly allow_redisplay?: Stripe.PaymentMethod['allow_redisplay'];
}

/** `prefix` is where the data stands in the request: '' or 'payment_method_data'. */
export const methodFromData = (work: Work, data: PaymentMethodData, prefix: string): PaymentMethodObject => {
  const at = (name: string): string => (prefix === '' ? name : `${prefix}[${name}]`);
  const extras = {
    ...(data.billing_details === undefined ? {} : { billingDetails: data.billing_details }),
    ...(data.allow_redisplay === undefined ? {} : { allowRedisplay: data.allow_redisplay }),
    metadata: metadataMerged({}, data.metadata),
  };
  const type = data.type ?? 'card';
  if (type === 'customer_balance') return putCustomerBalance(work, extras);
  if (type !== 'card' && type !== 'sepa_debit') {
    throw invalidRequest(
      `The sandbox serves payment methods of type card, customer_balance and sepa_debit, not ${type}.`,
      {
        param: at('type'),
      },
    );
  }
  const given = data[type];
  if (given === undefined) {
    throw invalidRequest(`Missing required param: ${at(type)}.`, { code: 'parameter_missing', param: at(type) });
  }
  if (type === 'card') return putCard(work, enteredCard(work, given as CardEntry, at('card')), extras);
  return putBankAccount(work, testIban(given as { iban?: string }, at('sepa_debit[iban]')), extras);
};

const testIban = (given: { iban?: string }, param: string): string => {
  const iban = (given.iban ?? '').replaceAll(' ', '').toUpperCase();
  if (testBankAccountByIban(iban) !== undefined) return iban;
  throw invalidRequest('The sandbox takes the test IBANs of https://docs.stripe.com/payments/sepa-debit alone.', {
    code: 'invalid_bank_account_iban',
    param,
  });
};

const createPaymentMethod = operation<Stripe.PaymentMethodCreateParams>((context) => {
  const { params } = context;
  if (params.type === undefined) {
    throw invalidRequest('Missing required param: type.', { code: 'parameter_missing', param: 'type' });
  }
  return methodFromData(context, params as PaymentMethodData, '');
});

const inPath = <P>(context: RequestContext<P>): PaymentMethodObject =>
  paymentMethodFor(context, context.path.payment_method ?? '');

const retrievePaymentMethod = operation<Stripe.PaymentMethodRetrieveParams>((context) => inPath(context));

const attachPaymentMethod = operation<Stripe.PaymentMethodAttachParams>((context) => {
  const { customer } = context.params;
  refuseUnserved(context.params, ['customer_account']);
  if (customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const method = inPath(context);
  context.require(customers, customer, 'customer');
  return attach(context, method, customer);
});

const detachPaymentMethod = operation<Stripe.PaymentMethodDetachParams>((context) => {
  const method = inPath(context);
  if (method.customer === null) {
    throw invalidRequest('The payment method you provided is not attached to a customer, so it cannot be detached.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  return detach(context, method);
});

/** After this it can never be attached again. A customer who paid with it by default has no default any more. */
export const detach = (work: Work, method: PaymentMethodObject): PaymentMethodObject => {
  const source = sourceOf(work, String(method.customer), method.id);
  if (source !== undefined) {
    removeSource(work, source);
    return work.require(paymentMethods, method.id);
  }
  const detached = work.update(paymentMethods, method, { customer: null, _spent: true });
  work.emit('payment_method.detached', detached);
  const customer = work.get(customers, String(method.customer));
  if (customer?.invoice_settings.default_payment_method === method.id) {
    const invoiceSettings = { ...customer.invoice_settings, default_payment_method: null };
    work.emit('customer.updated', work.update(customers, customer, { invoice_settings: invoiceSettings }), customer);
  }
  return detached;
};

const updatePaymentMethod = operation<Stripe.PaymentMethodUpdateParams>((context) => {
  const before = context.require(paymentMethods, context.path.payment_method ?? '');
  const { params } = context;
  if (before.customer === null) {
    throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.', {
      code: 'payment_method_unexpected_state',
    });
  }
  const after = context.update(paymentMethods, before, {
    billing_details: withBillingDetails(before.billing_details, params.billing_details),
    metadata: metadataMerged(before.metadata, params.metadata),
    ...(params.allow_redisplay === undefined ? {} : { allow_redisplay: params.allow_redisplay }),
    ...(params.card === undefined ? {} : { card: cardWithExpiry(context, before, params.card) }),
  });
  context.emit('payment_method.updated', after, before);
  const cardBefore = context.get(cards, after.id);
  const card = cardBefore === undefined ? undefined : keepCard(context, after);
  if (card !== undefined) context.emit('customer.source.updated', card, cardBefore);
  return after;
});

const cardWithExpiry = (
  work: Work,
  method: PaymentMethodObject,
  given: Stripe.PaymentMethodUpdateParams.Card,
): Stripe.PaymentMethod.Card => {
  const { card } = method;
  if (card === undefined) throw invalidRequest('This PaymentMethod is not a card.', { param: 'card' });
  const month = given.exp_month ?? card.exp_month;
  const year = given.exp_year ?? card.exp_year;
  if (given.exp_month !== undefined || given.exp_year !== undefined) requireExpiry(work, { month, year }, 'card');
  return { ...card, exp_month: month, exp_year: year };
};

const listPaymentMethods = operation<Stripe.PaymentMethodListParams>((context) => {
  const { customer } = context.params;
  if (customer === undefined) return context.list(paymentMethods, { filter: () => false });
  context.require(customers, customer, 'customer');
  return listOf(context, customer);
});

const listCustomerPaymentMethods = operation<Stripe.CustomerListPaymentMethodsParams>((context) => {
  const customer = context.require(customers, context.path.customer ?? '');
  return listOf(context, customer.id);
});

type ListContext = RequestContext<Pick<Stripe.PaymentMethodListParams, 'type' | 'allow_redisplay'>>;

const listOf = (context: ListContext, customerId: string) => {
  const { type, allow_redisplay: allowRedisplay } = context.params;
  return context.list(paymentMethods, {
    where: { field: 'customer', value: customerId },
    filter: (method) =>
      (type === undefined || method.type === type) &&
      (allowRedisplay === undefined || method.allow_redisplay === allowRedisplay),
  });
};

const retrieveCustomerPaymentMethod = operation<Stripe.CustomerRetrievePaymentMethodParams>((context) => {
  const customer = context.require(customers, context.path.customer ?? '');
  const id = context.path.payment_method ?? '';
  const method = context.get(paymentMethods, id);
  if (method?.customer !== customer.id) throw resourceMissing(paymentMethods.label, id);
  return method;
});

export const paymentMethodsResource: Resource = {
  collections: [paymentMethods],
  operations: {
    'POST /v1/payment_methods': createPaymentMethod,
    'GET /v1/payment_methods': listPaymentMethods,
    'GET /v1/payment_methods/:payment_method': retrievePaymentMethod,
    'POST /v1/payment_methods/:payment_method': updatePaymentMethod,
    'POST /v1/payment_methods/:payment_method/attach': attachPaymentMethod,
    'POST /v1/payment_methods/:payment_method/detach': detachPaymentMethod,
    'GET /v1/customers/:customer/payment_methods': listCustomerPaymentMethods,
    'GET /v1/customers/:customer/payment_methods/:payment_method': retrieveCustomerPaymentMethod,
  },
};
