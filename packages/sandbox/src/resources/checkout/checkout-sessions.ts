import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext } from '../../work.js';
import { setupIntents } from '../setup-intents/setup-intent.js';
import { newSetupIntent } from '../setup-intents/setup-intents.js';
import { refuseUnserved } from '../unserved.js';
import { checkoutLines, shownLines } from './checkout-breakdown.js';
import { linesFrom } from './checkout-line-items.js';
import { discountsFrom, moneyOf, noMoney } from './checkout-money.js';
import {
  type CheckoutParams,
  expiryOf,
  methodTypesOf,
  requireCustomerChoice,
  requireLines,
  requireMode,
  requireOfMode,
  requireUrl,
} from './checkout-rules.js';
import {
  type CheckoutSessionObject,
  checkoutSessions,
  expire,
  followPayment,
  isTrial,
  sessionPageUrl,
} from './checkout-session.js';
import { subscribingFrom } from './checkout-subscribing.js';

const unserved = [
  'adaptive_pricing',
  'after_expiration',
  'automatic_tax',
  'customer_account',
  'customer_update',
  'excluded_payment_method_types',
  'invoice_creation',
  'managed_payments',
  'optional_items',
  'payment_method_configuration',
  'payment_method_options',
  'shipping_options',
  'tax_id_collection',
];

/** A price's other currencies are not served here. */
const requirePricesIn = (currency: string | undefined, lines: readonly { readonly currency: string }[]): void => {
  if (lines.some((line) => line.currency !== (currency ?? line.currency))) refuseUnserved({ currency }, ['currency']);
};

const createSession = operation<CheckoutParams>((context) => {
  const { params } = context;
  refuseUnserved(params, unserved);
  refuseUnserved(params.payment_intent_data ?? {}, ['application_fee_amount', 'on_behalf_of', 'transfer_data']);
  const mode = requireMode(params);
  requireOfMode(params, mode);
  refuseUnserved(params.setup_intent_data ?? {}, ['on_behalf_of'], 'setup_intent_data');
  if (params.success_url === undefined) {
    throw invalidRequest('Missing required param: success_url.', { code: 'parameter_missing', param: 'success_url' });
  }
  requireUrl(params.success_url, 'success_url');
  if (params.cancel_url !== undefined) requireUrl(params.cancel_url, 'cancel_url');
  requireCustomerChoice(context);
  const lines = mode === 'setup' ? [] : linesFrom(context, requireLines(params), mode);
  requirePricesIn(params.currency, lines);
  const subscribing = mode === 'subscription' ? subscribingFrom(context) : null;
  const order = { lines, isTrial: isTrial({ _subscribing: subscribing }), customer: params.customer ?? null };
  const [discount] = discountsFrom(context);
  const money =
    mode === 'setup'
      ? noMoney(context)
      : moneyOf(context, order, discount, { amount: 'line_items', discount: 'discounts[0]' });
  const id = context.newId(context.account.livemode ? 'cs_live' : 'cs_test');
  const session = context.put(checkoutSessions, {
    ...unusedFields,
    ...money,
    id,
    object: 'checkout.session',
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: context.now,
    customer: params.customer ?? null,
    customer_creation: params.customer === undefined ? (params.customer_creation ?? 'if_required') : null,
    customer_details: null,
    customer_email: params.customer_email ?? null,
    expires_at: expiryOf(context),
    livemode: context.account.livemode,
    locale: params.locale ?? null,
    metadata: metadataMerged({}, params.metadata),
    mode,
    payment_method_collection: mode === 'payment' ? 'if_required' : (params.payment_method_collection ?? 'always'),
    payment_method_types: methodTypesOf(params, lines[0]?.currency ?? params.currency),
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    setup_intent: mode === 'setup' ? putSetupIntent(context) : null,
    status: 'open',
    submit_type: params.submit_type ?? null,
    success_url: params.success_url,
    url: sessionPageUrl(context, id),
    wallet_options: params.wallet_options ?? null,
    _allowRedisplay: params.payment_method_data?.allow_redisplay ?? null,
    _paymentIntentData: params.payment_intent_data ?? {},
    _subscribing: subscribing,
    _intent: null,
    _application: context.application,
  });
  context.schedule('checkout.session.expires', id, session.expires_at);
  return session;
});

const putSetupIntent = (context: RequestContext<CheckoutParams>): string => {
  const data = context.params.setup_intent_data;
  const intent = context.put(setupIntents, {
    ...newSetupIntent(context),
    customer: context.params.customer ?? null,
    description: data?.description ?? null,
    metadata: metadataMerged({}, data?.metadata),
  });
  context.emit('setup_intent.created', intent);
  return intent.id;
};

const unusedFields = {
  adaptive_pricing: null,
  after_expiration: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer_account: null,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  managed_payments: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: {},
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  subscription: null,
  ui_mode: 'hosted_page' as const,
};

const inPath = <P>(context: RequestContext<P>): CheckoutSessionObject =>
  context.require(checkoutSessions, context.path.session ?? '');

const retrieveSession = operation<Stripe.Checkout.SessionRetrieveParams>((context) => inPath(context));

const updateSession = operation<Stripe.Checkout.SessionUpdateParams>((context) => {
  refuseUnserved(context.params, ['collected_information', 'line_items', 'payment_intent_data', 'shipping_options']);
  const before = inPath(context);
  return context.update(checkoutSessions, before, {
    metadata: metadataMerged(before.metadata, context.params.metadata),
  });
});

const expireSession = operation<Stripe.Checkout.SessionExpireParams>((context) => {
  const session = inPath(context);
  if (session.status === 'open') return expire(context, session);
  throw invalidRequest(
    `Only Checkout Sessions with a status of open can be expired. This Checkout Session has a status of ${String(session.status)}.`,
  );
});

const listLineItems = operation<Stripe.Checkout.SessionListLineItemsParams>((context) => ({
  object: 'list',
  data: shownLines(inPath(context)),
  has_more: false,
  url: context.url,
}));

const listSessions = operation<Stripe.Checkout.SessionListParams>((context) => {
  const {
    customer,
    customer_details: details,
    payment_intent: intent,
    payment_link,
    status,
    subscription,
  } = context.params;
  return context.list(checkoutSessions, {
    ...(customer === undefined ? {} : { where: { field: 'customer', value: customer } }),
    filter: (session) =>
      payment_link === undefined &&
      (subscription === undefined || session.subscription === subscription) &&
      (intent === undefined || session.payment_intent === intent) &&
      (status === undefined || session.status === status) &&
      (details === undefined || session.customer_details?.email === details.email),
  });
});

export const checkoutSessionsResource: Resource = {
  collections: [checkoutSessions, checkoutLines],
  operations: {
    'POST /v1/checkout/sessions': createSession,
    'GET /v1/checkout/sessions': listSessions,
    'GET /v1/checkout/sessions/:session': retrieveSession,
    'POST /v1/checkout/sessions/:session': updateSession,
    'POST /v1/checkout/sessions/:session/expire': expireSession,
    'GET /v1/checkout/sessions/:session/line_items': listLineItems,
  },
  scheduled: {
    'checkout.session.expires': (work, id) => {
      const session = work.get(checkoutSessions, id);
      if (session?.status === 'open') expire(work, session);
    },
    'checkout.session.bank_answered': (work, id) => {
      const session = work.get(checkoutSessions, id);
      if (session !== undefined) followPayment(work, session);
    },
  },
};
