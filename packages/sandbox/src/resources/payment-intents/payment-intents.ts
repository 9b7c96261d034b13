import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { Searchable } from '../../search/matching.js';
import type { RequestContext, Work } from '../../work.js';
import { applyCustomerBalance } from '../cash-balance/apply-cash.js';
import { checkedFunding } from '../cash-balance/bank-transfer.js';
import { idOf } from '../charges/charge.js';
import { checkedCurrency, requireChargeable, requirePositiveInteger, requireWholeUnits } from '../currency-rules.js';
import { clockOfCustomer, customers } from '../customers/customer.js';
import { openPaymentOfIntent } from '../invoices/invoice-payment.js';
import { type PaymentMethodObject, paymentMethodFor, paymentMethods } from '../payment-methods/payment-method.js';
import { methodFromData, type PaymentMethodData } from '../payment-methods/payment-methods.js';
import { shippingFrom } from '../shipping.js';
import { refuseUnserved } from '../unserved.js';
import { amountDetailsAfter, type GivenAmountDetails } from './amount-details.js';
import { amountDetailsLineItems } from './amount-details-line-item.js';
import { refuseUnservedOptions } from './method-options.js';
import { methodsOfVersion } from './method-types-by-version.js';
import { cardOptions, cashOptions, methodTypes, newPaymentIntent } from './new-payment-intent.js';
import { capturePayment, confirmPayment, takeBankAnswer } from './payment-attempt.js';
import { cancelPayment } from './payment-cancel.js';
import { type PaymentIntentObject, paymentIntents, requireStatus, wrongState } from './payment-intent.js';
import { incrementAuthorization, verifyMicrodeposits } from './unusual-payment-steps.js';

type CreateParams = Stripe.PaymentIntentCreateParams & { readonly payment_method_types?: string[] };

const unserved = [
  'amount_to_confirm',
  'application_fee_amount',
  'confirmation_token',
  'customer_account',
  'hooks',
  'mandate',
  'on_behalf_of',
  'payment_method_configuration',
  'transfer_data',
];

/** Which methods may pay is chosen when an intent is made. */
const unservedLater = [...unserved, 'allowed_payment_method_types', 'excluded_payment_method_types'];

const createPaymentIntent = operation<CreateParams>((request) => {
  const context = request.onClock(clockOfCustomer(request, request.params.customer ?? null));
  const { params } = context;
  refuseUnserved(params, unserved);
  const currency = checkedCurrency(params.currency);
  requireChargeable(params.amount, currency);
  if (params.customer !== undefined) context.require(customers, params.customer, 'customer');
  if (params.off_session !== undefined && params.confirm !== true) {
    throw invalidRequest('You can only set `off_session` when `confirm` is true.', { param: 'off_session' });
  }
  const method = methodIn(context, params, params.customer ?? null);
  // The new object is nobody else's yet: filling it in place is cheaper than copying its fifty fields.
  const intent = Object.assign(
    newPaymentIntent(context, { amount: params.amount, currency }),
    changesFrom(params, null),
    methodTypes(methodsOfVersion(params, context.version), currency),
    {
      capture_method: params.capture_method ?? 'automatic_async',
      confirmation_method: params.confirmation_method ?? 'automatic',
      customer: params.customer ?? null,
      metadata: metadataMerged({}, params.metadata),
      payment_method: method?.id ?? null,
      status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    } satisfies Partial<PaymentIntentObject>,
  );
  Object.assign(intent, detailsIn(context, intent, params));
  context.put(paymentIntents, intent);
  context.emit('payment_intent.created', intent);
  return params.confirm === true ? confirmWith(context, intent, method) : intent;
});

interface DetailsParams {
  readonly amount_details?: GivenAmountDetails | '' | null;
}

const detailsIn = (work: Work, intent: PaymentIntentObject, params: DetailsParams): Partial<PaymentIntentObject> => {
  const given = params.amount_details;
  if (given === undefined) return {};
  const asked: GivenAmountDetails =
    given === '' || given === null ? { discount_amount: '', line_items: '', shipping: '', tax: '' } : given;
  return { amount_details: amountDetailsAfter(work, intent, asked) };
};

type ChangeParams = CreateParams | Stripe.PaymentIntentUpdateParams;

const changesFrom = (params: ChangeParams, before: PaymentIntentObject | null): Partial<PaymentIntentObject> => {
  return {
    ...(provided({
      description: params.description,
      receipt_email: params.receipt_email,
      setup_future_usage: params.setup_future_usage,
      shipping: shippingFrom(params.shipping),
      statement_descriptor: params.statement_descriptor,
      statement_descriptor_suffix: params.statement_descriptor_suffix,
      transfer_group: params.transfer_group,
    }) as Partial<PaymentIntentObject>),
    ...optionsIn(params, before),
  };
};

/** The options of cards, and of a customer's cash, as they are after the request. */
const optionsIn = (
  { payment_method_options: given }: Pick<ChangeParams, 'payment_method_options'>,
  before: PaymentIntentObject | null,
): Pick<PaymentIntentObject, 'payment_method_options'> | Record<string, never> => {
  refuseUnservedOptions(given);
  const { card, customer_balance: cash } = given ?? {};
  if (card === undefined && cash === undefined) return {};
  const { customer_balance: kept, ...shown } = before?.payment_method_options ?? { ...cardOptions('automatic') };
  const secure = card ? card.request_three_d_secure : 'automatic';
  const cards = card === undefined || secure === undefined ? shown : cardOptions(secure);
  const funding = cash && checkedFunding(cash, 'payment_method_options[customer_balance]');
  const after = cash === undefined ? { customer_balance: kept } : cashOptions(funding);
  return { payment_method_options: { ...cards, ...(after.customer_balance === undefined ? {} : after) } };
};

interface MethodParams {
  readonly payment_method?: string;
  readonly payment_method_data?: object;
}

/** The method a request names, or brings along. */
const methodIn = (work: Work, params: MethodParams, customer: string | null): PaymentMethodObject | undefined => {
  if (params.payment_method_data !== undefined) {
    return methodFromData(work, params.payment_method_data as PaymentMethodData, 'payment_method_data');
  }
  if (params.payment_method === undefined || params.payment_method === '') return undefined;
  const method = paymentMethodFor(work, params.payment_method, 'payment_method');
  if (customer !== null && method.customer !== null && method.customer !== customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param: 'payment_method' },
    );
  }
  return method;
};

type ConfirmParams = RequestContext<
  Pick<Stripe.PaymentIntentConfirmParams, 'off_session' | 'error_on_requires_action' | 'return_url'>
>;

const confirmWith = (
  context: ConfirmParams,
  intent: PaymentIntentObject,
  method: PaymentMethodObject | undefined,
): PaymentIntentObject => {
  if (method === undefined) {
    requireStatus(context, intent, 'confirm');
    throw wrongState(context, intent, "You cannot confirm this PaymentIntent because it's missing a payment method.");
  }
  const { off_session: offSession, error_on_requires_action: errorOnAction, return_url: returnUrl } = context.params;
  return confirmPayment(context, intent, method, {
    offSession: offSession !== undefined && offSession !== false,
    errorOnRequiresAction: errorOnAction === true,
    returnUrl: returnUrl ?? null,
  });
};

const inPath = <P>(context: RequestContext<P>): PaymentIntentObject =>
  context.require(paymentIntents, context.path.intent ?? '');

/** Intents of a customer on a test clock move in its time. */
const inItsTime = <P>(request: RequestContext<P>): RequestContext<P> =>
  request.onClock(clockOfCustomer(request, idOf(inPath(request).customer)));

const retrievePaymentIntent = operation<Stripe.PaymentIntentRetrieveParams>((context) => {
  const intent = inPath(context);
  if (context.publishable && context.params.client_secret !== intent.client_secret) {
    throw resourceMissing(paymentIntents.label, intent.id);
  }
  return intent;
});

const updatePaymentIntent = operation<Stripe.PaymentIntentUpdateParams>((request) => {
  const context = inItsTime(request);
  const before = inPath(context);
  const { params } = context;
  refuseUnserved(params, unservedLater);
  if ((before._funded ?? 0) > 0 && [params.amount, params.currency, params.customer].some((one) => one !== undefined)) {
    throw wrongState(context, before, 'Amount, currency and customer of a partially funded PaymentIntent are settled.');
  }
  const moves = [params.amount, params.currency, params.customer, params.payment_method, params.payment_method_data];
  if (moves.some((one) => one !== undefined)) requireStatus(context, before, 'update');
  const isOfInvoice = openPaymentOfIntent(context, before.id)?.is_default === true;
  if (isOfInvoice && [params.amount, params.currency, params.customer].some((one) => one !== undefined)) {
    throw wrongState(context, before, 'Amount, currency and customer of this PaymentIntent are those of its invoice.');
  }
  const currency = params.currency === undefined ? before.currency : checkedCurrency(params.currency);
  const amount = params.amount ?? before.amount;
  if (params.amount !== undefined || params.currency !== undefined) requireChargeable(amount, currency);
  const customer = params.customer ?? idOf(before.customer);
  if (params.customer !== undefined) context.require(customers, params.customer, 'customer');
  const method = methodIn(context, params, customer);
  const needsConfirmation = method !== undefined && before.status === 'requires_payment_method';
  return context.update(paymentIntents, before, {
    ...changesFrom(params, before),
    ...detailsIn(context, { ...before, amount }, params),
    amount,
    currency,
    customer,
    metadata: metadataMerged(before.metadata, params.metadata),
    ...(method === undefined ? {} : { payment_method: method.id }),
    ...(needsConfirmation ? { status: 'requires_confirmation' } : {}),
    ...(params.capture_method === undefined ? {} : { capture_method: params.capture_method }),
  });
});

const confirmPaymentIntent = operation<Stripe.PaymentIntentConfirmParams>((request) => {
  const context = inItsTime(request);
  const { params } = context;
  refuseUnserved(params, unservedLater);
  const before = inPath(context);
  requireStatus(context, before, 'confirm');
  const given = methodIn(context, params, idOf(before.customer));
  const method = given ?? context.get(paymentMethods, idOf(before.payment_method) ?? '');
  const intent: PaymentIntentObject = {
    ...before,
    ...(provided({
      receipt_email: params.receipt_email,
      setup_future_usage: params.setup_future_usage,
      shipping: shippingFrom(params.shipping),
      capture_method: params.capture_method,
    }) as Partial<PaymentIntentObject>),
    ...optionsIn(params, before),
    ...detailsIn(context, before, params),
  };
  return confirmWith(context, intent, method);
});

const capturePaymentIntent = operation<Stripe.PaymentIntentCaptureParams>((request) => {
  const context = inItsTime(request);
  const { params } = context;
  refuseUnserved(params, unserved);
  if (params.final_capture === false) throw invalidRequest('This sandbox captures once.', { param: 'final_capture' });
  const before = inPath(context);
  requireStatus(context, before, 'capture');
  const amount = params.amount_to_capture ?? before.amount_capturable;
  requirePositiveInteger(amount, 'amount_to_capture');
  requireWholeUnits(amount, before.currency, 'amount_to_capture');
  if (amount > before.amount_capturable) {
    throw invalidRequest(`The amount to capture is more than the ${before.amount_capturable} that can be captured.`, {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
  }
  const changed = {
    ...before,
    ...detailsIn(context, { ...before, amount }, params),
    metadata: metadataMerged(before.metadata, params.metadata),
  };
  return capturePayment(context, changed, amount);
});

const cancelPaymentIntent = operation<Stripe.PaymentIntentCancelParams>((request) => {
  const context = inItsTime(request);
  const before = inPath(context);
  requireStatus(context, before, 'cancel');
  if (before.status === 'processing') {
    throw wrongState(context, before, 'You cannot cancel this PaymentIntent: its bank debit is already on its way.');
  }
  if (openPaymentOfIntent(context, before.id)?.is_default === true) {
    throw wrongState(
      context,
      before,
      'You cannot cancel a PaymentIntent that was made by an invoice: void the invoice.',
    );
  }
  return cancelPayment(context, before, context.params.cancellation_reason ?? null);
});

const listAmountDetailsLineItems = operation<Stripe.PaymentIntentListAmountDetailsLineItemsParams>((context) =>
  context.list(amountDetailsLineItems, { where: { field: '_intent', value: inPath(context).id } }),
);

const listPaymentIntents = operation<Stripe.PaymentIntentListParams>((context) => {
  const { customer } = context.params;
  return context.list(paymentIntents, customer === undefined ? {} : { where: { field: 'customer', value: customer } });
});

/** https://docs.stripe.com/search#query-fields-for-payment-intents */
const searchable: Searchable<PaymentIntentObject> = {
  resource: 'payment_intents',
  fields: { amount: 'numeric', created: 'numeric', currency: 'token', customer: 'token', status: 'token' },
};

const searchPaymentIntents = operation<Stripe.PaymentIntentSearchParams>((context) =>
  context.search(paymentIntents, searchable),
);

export const paymentIntentsResource: Resource = {
  collections: [paymentIntents, amountDetailsLineItems],
  operations: {
    'POST /v1/payment_intents': createPaymentIntent,
    'GET /v1/payment_intents': listPaymentIntents,
    'GET /v1/payment_intents/search': searchPaymentIntents,
    'GET /v1/payment_intents/:intent': retrievePaymentIntent,
    'POST /v1/payment_intents/:intent': updatePaymentIntent,
    'POST /v1/payment_intents/:intent/confirm': confirmPaymentIntent,
    'POST /v1/payment_intents/:intent/capture': capturePaymentIntent,
    'POST /v1/payment_intents/:intent/cancel': cancelPaymentIntent,
    'GET /v1/payment_intents/:intent/amount_details_line_items': listAmountDetailsLineItems,
    'POST /v1/payment_intents/:intent/apply_customer_balance': applyCustomerBalance,
    'POST /v1/payment_intents/:intent/increment_authorization': incrementAuthorization,
    'POST /v1/payment_intents/:intent/verify_microdeposits': verifyMicrodeposits,
  },
  scheduled: {
    'payment_intent.hold_ends': (work, id) => {
      const intent = work.get(paymentIntents, id);
      if (intent?.status === 'requires_capture') cancelPayment(work, intent, 'automatic');
    },
    'payment_intent.bank_answers': (work, id) => {
      const intent = work.get(paymentIntents, id);
      if (intent?.status === 'processing') takeBankAnswer(work, intent);
    },
  },
};
