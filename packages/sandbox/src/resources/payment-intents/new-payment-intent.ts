import type Stripe from 'stripe';
import type { Work } from '../../work.js';
import { type Funding, transferTypeOf } from '../cash-balance/bank-transfer.js';
import type { PaymentIntentObject } from './payment-intent.js';

// Objects are never changed in place, so that thousands of intents can share what is the same in all of them.
const noAmountDetails = { tip: {} };
const allMethods = { allow_redirects: 'always', enabled: true } as const;

/** An intent of which only the price is known. */
export const newPaymentIntent = (work: Work, price: { amount: number; currency: string }): PaymentIntentObject => {
  const id = work.newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: price.amount,
    amount_capturable: 0,
    amount_details: noAmountDetails,
    amount_received: 0,
    application: work.application,
    application_fee_amount: null,
    automatic_payment_methods: allMethods,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${work.newToken(25)}`,
    confirmation_method: 'automatic',
    created: work.now,
    currency: price.currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: work.account.livemode,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: cardOptions('automatic'),
    payment_method_types: typesFor(price.currency),
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
};

type Secure = Stripe.PaymentIntent.PaymentMethodOptions.Card['request_three_d_secure'];

export const cardOptions = (secure: Secure): PaymentIntentObject['payment_method_options'] =>
  secure === 'automatic' ? usualOptions : optionsWith(secure);

const optionsWith = (secure: Secure): PaymentIntentObject['payment_method_options'] => ({
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: secure },
});

const usualOptions = optionsWith('automatic');

/** How a customer with too little cash adds to it, as an intent keeps it. */
export const cashOptions = (
  given: Funding | '' | null | undefined,
): Pick<NonNullable<PaymentIntentObject['payment_method_options']>, 'customer_balance'> => {
  if (given === undefined || given === null || given === '') return {};
  const { bank_transfer: transfer, funding_type = null } = given;
  const customer_balance = {
    funding_type,
    setup_future_usage: 'none',
    ...(transfer === undefined ? {} : { bank_transfer: { type: null, ...transfer } }),
  };
  return { customer_balance } as Pick<NonNullable<PaymentIntentObject['payment_method_options']>, 'customer_balance'>;
};

/** SEPA moves euros only. */
const typesFor = (currency: string): string[] => (currency === 'eur' ? euroTypes : cardOnly);

const euroTypes = ['card', 'sepa_debit'];
const cardOnly = ['card'];

type MethodTypeParams = Pick<
  Stripe.PaymentIntentCreateParams,
  'allowed_payment_method_types' | 'automatic_payment_methods' | 'excluded_payment_method_types'
> & { readonly payment_method_types?: string[] };

/** Which methods may pay: all that are enabled, or those that were named, in the way of the request's version. */
export const methodTypes = (params: MethodTypeParams, currency: string): Partial<PaymentIntentObject> => {
  const automatic = params.automatic_payment_methods;
  const named = params.payment_method_types;
  if (named !== undefined && automatic?.enabled !== true) {
    return { automatic_payment_methods: null, payment_method_types: named };
  }
  const allowed = params.allowed_payment_method_types ?? null;
  const excluded = params.excluded_payment_method_types ?? null;
  const all = typesFor(currency);
  const open = excluded === null ? all : all.filter((type) => !excluded.some((one) => one === type));
  // Bank transfers are switched off in an account's settings until somebody asks for them by name.
  const nameable = transferTypeOf(currency) === undefined ? all : [...all, 'customer_balance'];
  return {
    allowed_payment_method_types: allowed,
    excluded_payment_method_types: excluded as PaymentIntentObject['excluded_payment_method_types'],
    automatic_payment_methods: automaticMethods(automatic),
    payment_method_types: allowed === null ? open : nameable.filter((type) => allowed.some((one) => one === type)),
  };
};

const automaticMethods = (
  given: MethodTypeParams['automatic_payment_methods'],
): PaymentIntentObject['automatic_payment_methods'] => {
  if (given?.enabled === false) return null;
  const redirects = given?.allow_redirects ?? 'always';
  return redirects === 'always' ? allMethods : { allow_redirects: redirects, enabled: true };
};
