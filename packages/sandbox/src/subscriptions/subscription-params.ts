import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { metadataMerged } from '../metadata.js';
import { provided } from '../params.js';
import { ratesFrom } from '../resources/invoice-items/invoice-item-cost.js';
import { billedOptions, servedOptions } from '../resources/invoices/billed-options.js';
import { paymentMethods } from '../resources/payment-methods/payment-method.js';
import { refuseUnserved } from '../resources/unserved.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import type { SubscriptionObject, SubscriptionPaymentSettings } from './subscription.js';

/** Their money or ownership is not served. */
export const unservedOfSubscriptions = [
  'application_fee_percent',
  'automatic_tax',
  'billing_schedules',
  'billing_thresholds',
  'customer_account',
  'default_source',
  'managed_payments',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
];

/** What creating and updating share. */
export type SubscriptionParams = Pick<
  Stripe.SubscriptionUpdateParams,
  | 'collection_method'
  | 'days_until_due'
  | 'default_payment_method'
  | 'default_tax_rates'
  | 'description'
  | 'invoice_settings'
  | 'metadata'
  | 'payment_settings'
  | 'trial_settings'
>;

/** The subscription's fields a request changes, money of the current period aside. */
export const fieldsFrom = (
  work: Work,
  before: SubscriptionObject,
  params: SubscriptionParams,
): Partial<SubscriptionObject> => {
  refuseUnserved(params, unservedOfSubscriptions);
  const rates = ratesFrom(work, params.default_tax_rates, 'default_tax_rates');
  const fields = provided({
    collection_method: params.collection_method,
    days_until_due: wholeNumber(params.days_until_due, 'days_until_due', 0),
    description: params.description,
  }) as Partial<SubscriptionObject>;
  return {
    ...fields,
    ...(rates === undefined ? {} : { default_tax_rates: rates }),
    ...methodIn(work, before.customer, params.default_payment_method),
    ...(params.invoice_settings === undefined
      ? {}
      : { invoice_settings: invoiceSettingsFrom(before, params.invoice_settings) }),
    ...(params.payment_settings === undefined
      ? {}
      : { payment_settings: paymentSettingsFrom(before.payment_settings, params.payment_settings) }),
    ...(params.trial_settings === undefined ? {} : { trial_settings: trialSettingsFrom(params.trial_settings) }),
    metadata: metadataMerged(before.metadata, params.metadata),
  };
};

const methodIn = (work: Work, customer: string, id: string | undefined): Partial<SubscriptionObject> => {
  if (id === undefined) return {};
  if (id === '') return { default_payment_method: null };
  const method = work.require(paymentMethods, id, 'default_payment_method');
  if (method.customer === customer) return { default_payment_method: method.id };
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'default_payment_method' },
  );
};

type GivenInvoiceSettings = NonNullable<SubscriptionParams['invoice_settings']>;

const invoiceSettingsFrom = (
  before: SubscriptionObject,
  given: GivenInvoiceSettings,
): SubscriptionObject['invoice_settings'] => {
  refuseUnserved(given, ['account_tax_ids']);
  refuseUnserved(given.issuer ?? {}, ['account']);
  const { custom_fields, description, footer } = given;
  return { ...before.invoice_settings, ...provided({ custom_fields, description, footer }) };
};

const paymentSettingsFrom = (
  before: SubscriptionPaymentSettings,
  given: NonNullable<SubscriptionParams['payment_settings']>,
): SubscriptionPaymentSettings => {
  const { payment_method_options: options, payment_method_types, save_default_payment_method } = given;
  return {
    ...before,
    ...provided({ payment_method_types, save_default_payment_method }),
    ...(options === undefined ? {} : { payment_method_options: optionsFrom(before.payment_method_options, options) }),
  };
};

type MethodOptions = NonNullable<NonNullable<SubscriptionParams['payment_settings']>['payment_method_options']>;

type ShownOptions = SubscriptionPaymentSettings['payment_method_options'];

const optionsFrom = (before: ShownOptions, given: MethodOptions): ShownOptions => {
  const { card, ...cash } = servedOptions(given, ['mandate_options', 'network']);
  const shown = { ...before };
  if (card !== undefined) {
    shown.card = card && { network: null, request_three_d_secure: card.request_three_d_secure ?? 'automatic' };
  }
  return { ...billedOptions({ ...shown, ...cash }), card: shown.card ?? null };
};

const trialSettingsFrom = (
  given: NonNullable<SubscriptionParams['trial_settings']>,
): SubscriptionObject['trial_settings'] => ({
  end_behavior: {
    billing_cycle_anchor: given.end_behavior.billing_cycle_anchor ?? null,
    missing_payment_method: given.end_behavior.missing_payment_method ?? 'create_invoice',
  },
});

/** A subscription that is sent says when its invoices are to be paid, and no other does. */
export const requireDueDays = (subscription: SubscriptionObject): void => {
  const isSent = subscription.collection_method === 'send_invoice';
  if (isSent && subscription.days_until_due === null) {
    throw invalidRequest('Missing required param: days_until_due.', {
      code: 'parameter_missing',
      param: 'days_until_due',
    });
  }
  if (isSent || subscription.days_until_due === null) return;
  throw invalidRequest('`days_until_due` is for subscriptions with `collection_method` `send_invoice`.', {
    param: 'days_until_due',
  });
};
