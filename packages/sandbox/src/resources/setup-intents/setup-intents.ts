import type Stripe from 'stripe';
import { resourceMissing, unexpectedState } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { RequestContext, Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { customers } from '../customers/customer.js';
import { refuseUnservedOptions } from '../payment-intents/method-options.js';
import { methodsOfVersion } from '../payment-intents/method-types-by-version.js';
import { requireMicrodeposits } from '../payment-intents/unusual-payment-steps.js';
import { type PaymentMethodObject, paymentMethodFor, paymentMethods } from '../payment-methods/payment-method.js';
import { methodFromData, type PaymentMethodData } from '../payment-methods/payment-methods.js';
import { refuseUnserved } from '../unserved.js';
import { setupAttempts } from './setup-attempt.js';
import { confirmSetup, requireSetupStatus, type SetupIntentObject, setupIntents } from './setup-intent.js';

type CreateParams = Stripe.SetupIntentCreateParams & { readonly payment_method_types?: string[] };

const unserved = [
  'attach_to_self',
  'confirmation_token',
  'customer_account',
  'excluded_payment_method_types',
  'flow_directions',
  'on_behalf_of',
  'payment_method_configuration',
  'single_use',
];

/** Which methods may be set up is chosen when an intent is made. */
const unservedLater = [...unserved, 'allowed_payment_method_types'];

const createSetupIntent = operation<CreateParams>((context) => {
  const { params } = context;
  refuseUnserved(params, unserved);
  if (params.customer !== undefined) context.require(customers, params.customer, 'customer');
  const method = methodIn(context, params);
  const intent = context.put(setupIntents, {
    ...newSetupIntent(context),
    ...methodTypes(methodsOfVersion(params, context.version)),
    ...secureIn(params),
    ...(provided({ description: params.description }) as Partial<SetupIntentObject>),
    customer: params.customer ?? null,
    metadata: metadataMerged({}, params.metadata),
    payment_method: method?.id ?? null,
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    usage: params.usage ?? 'off_session',
  });
  context.emit('setup_intent.created', intent);
  return params.confirm === true ? confirmWith(context, intent, method, params.return_url ?? null) : intent;
});

export const newSetupIntent = (work: Work): SetupIntentObject => {
  const id = work.newId('seti');
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: work.application,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${work.newToken(29)}`,
    created: work.now,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: work.account.livemode,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: cardOptions('automatic'),
    payment_method_types: ['card', 'sepa_debit'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  };
};

type Secure = Stripe.SetupIntent.PaymentMethodOptions.Card['request_three_d_secure'];

const cardOptions = (secure: Secure): SetupIntentObject['payment_method_options'] => ({
  card: { mandate_options: null, network: null, request_three_d_secure: secure },
});

interface OptionParams {
  readonly payment_method_options?: { readonly card?: { readonly request_three_d_secure?: Secure } };
}

const secureIn = (params: OptionParams): Partial<SetupIntentObject> => {
  refuseUnservedOptions(params.payment_method_options);
  const secure = params.payment_method_options?.card?.request_three_d_secure;
  return secure === undefined ? {} : { payment_method_options: cardOptions(secure) };
};

const methodTypes = (params: CreateParams): Partial<SetupIntentObject> => {
  const automatic = params.automatic_payment_methods;
  const named = params.payment_method_types;
  if (named !== undefined && automatic?.enabled !== true) {
    return { automatic_payment_methods: null, payment_method_types: named };
  }
  const allowed = params.allowed_payment_method_types;
  return {
    automatic_payment_methods:
      automatic?.enabled === false ? null : { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true },
    ...(allowed === undefined ? {} : { allowed_payment_method_types: allowed, payment_method_types: allowed }),
  };
};

interface MethodParams {
  readonly payment_method?: string;
  readonly payment_method_data?: object;
}

const methodIn = (work: Work, params: MethodParams): PaymentMethodObject | undefined => {
  if (params.payment_method_data !== undefined) {
    return methodFromData(work, params.payment_method_data as PaymentMethodData, 'payment_method_data');
  }
  if (params.payment_method === undefined || params.payment_method === '') return undefined;
  return paymentMethodFor(work, params.payment_method, 'payment_method');
};

const confirmWith = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject | undefined,
  returnUrl: string | null,
): SetupIntentObject => {
  if (method !== undefined) return confirmSetup(work, intent, method, returnUrl);
  throw unexpectedState(
    'setup_intent_unexpected_state',
    "You cannot confirm this SetupIntent because it's missing a payment method.",
    { setup_intent: work.render(intent) },
  );
};

const inPath = <P>(context: RequestContext<P>): SetupIntentObject =>
  context.require(setupIntents, context.path.intent ?? '');

const retrieveSetupIntent = operation<Stripe.SetupIntentRetrieveParams>((context) => {
  const intent = inPath(context);
  if (context.publishable && context.params.client_secret !== intent.client_secret) {
    throw resourceMissing(setupIntents.label, intent.id);
  }
  return intent;
});

const updateSetupIntent = operation<Stripe.SetupIntentUpdateParams>((context) => {
  const before = inPath(context);
  const { params } = context;
  refuseUnserved(params, unservedLater);
  const moves = [params.customer, params.payment_method, params.payment_method_data];
  if (moves.some((one) => one !== undefined)) requireSetupStatus(context, before, 'update');
  if (params.customer !== undefined) context.require(customers, params.customer, 'customer');
  const method = methodIn(context, params);
  return context.update(setupIntents, before, {
    ...(provided({ description: params.description, customer: params.customer }) as Partial<SetupIntentObject>),
    ...secureIn(params),
    metadata: metadataMerged(before.metadata, params.metadata),
    ...(method === undefined ? {} : { payment_method: method.id, status: 'requires_confirmation' }),
  });
});

const confirmSetupIntent = operation<Stripe.SetupIntentConfirmParams>((context) => {
  refuseUnserved(context.params, unservedLater);
  const before = { ...inPath(context), ...secureIn(context.params) };
  requireSetupStatus(context, before, 'confirm');
  const method = methodIn(context, context.params) ?? context.get(paymentMethods, idOf(before.payment_method) ?? '');
  return confirmWith(context, before, method, context.params.return_url ?? null);
});

const cancelSetupIntent = operation<Stripe.SetupIntentCancelParams>((context) => {
  const before = inPath(context);
  requireSetupStatus(context, before, 'cancel');
  const canceled = context.update(setupIntents, before, {
    status: 'canceled',
    cancellation_reason: context.params.cancellation_reason ?? null,
    next_action: null,
  });
  context.emit('setup_intent.canceled', canceled);
  return canceled;
});

/** None of the sandbox's bank accounts waits for small deposits. */
const verifySetupMicrodeposits = operation<Stripe.SetupIntentVerifyMicrodepositsParams>((context) => {
  const intent = inPath(context);
  requireMicrodeposits(context.params);
  throw unexpectedState(
    'setup_intent_unexpected_state',
    `You cannot verify microdeposits of this SetupIntent: it has a status of ${intent.status} and does not wait for them.`,
    { setup_intent: context.render(intent) },
  );
});

const listSetupIntents = operation<Stripe.SetupIntentListParams>((context) => {
  const { customer, payment_method: method } = context.params;
  return context.list(setupIntents, {
    ...(customer === undefined ? {} : { where: { field: 'customer', value: customer } }),
    filter: (intent) => method === undefined || intent.payment_method === method,
  });
});

export const setupIntentsResource: Resource = {
  collections: [setupIntents, setupAttempts],
  operations: {
    'POST /v1/setup_intents': createSetupIntent,
    'GET /v1/setup_intents': listSetupIntents,
    'GET /v1/setup_intents/:intent': retrieveSetupIntent,
    'POST /v1/setup_intents/:intent': updateSetupIntent,
    'POST /v1/setup_intents/:intent/confirm': confirmSetupIntent,
    'POST /v1/setup_intents/:intent/cancel': cancelSetupIntent,
    'POST /v1/setup_intents/:intent/verify_microdeposits': verifySetupMicrodeposits,
  },
};
