import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { checkedCurrency } from '../resources/currency-rules.js';
import { type CustomerObject, clockOf } from '../resources/customers/customer.js';
import { discountFields, discountsFrom } from '../resources/invoices/invoice-discounts.js';
import { prices } from '../resources/products/price.js';
import { versionAtLeast } from '../versions.js';
import type { Work } from '../work.js';
import { periodEndAfter, periodStartAt } from './billing-period.js';
import { cancellationFrom } from './cancel-at.js';
import { type BeginParams, beginningFrom } from './first-period.js';
import { type GivenItem, itemsAfter } from './item-changes.js';
import { endedBy } from './periods.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';
import { fieldsFrom, requireDueDays, type SubscriptionParams } from './subscription-params.js';

/** What a subscription is made of: of a request, or of a checkout. */
export type NewSubscriptionParams = Omit<SubscriptionParams, 'default_tax_rates'> &
  BeginParams &
  Pick<
    Stripe.SubscriptionCreateParams,
    | 'billing_mode'
    | 'cancel_at'
    | 'cancel_at_period_end'
    | 'currency'
    | 'default_tax_rates'
    | 'discounts'
    | 'items'
    | 'proration_behavior'
  >;

/** The subscription as it begins, not kept yet and not billed. */
export const newSubscription = (
  work: Work,
  customer: CustomerObject,
  params: NewSubscriptionParams,
  version: string,
): SubscriptionObject => {
  const given = (params.items ?? []) as unknown as readonly GivenItem[];
  if (given.length === 0) {
    throw invalidRequest('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  }
  const { anchor, start, trialEnd } = beginningFrom(work, params, given);
  const blank: SubscriptionObject = {
    ...unusedFields,
    id: work.newId('sub'),
    object: 'subscription',
    application: work.application,
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: configShown(params.billing_cycle_anchor_config),
    billing_mode: modeFrom(work, params.billing_mode, version),
    collection_method: 'charge_automatically',
    created: work.now,
    currency: currencyOf(work, params.currency, given),
    customer: customer.id,
    livemode: work.account.livemode,
    metadata: {},
    start_date: start,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: clockOf(customer),
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : work.now,
  };
  const fields = { ...blank, ...fieldsFrom(work, blank, params) };
  requireDueDays(fields);
  // What lies behind is not charged without prorations, and then the period that is charged begins now.
  const chargedFrom = params.proration_behavior === 'none' ? work.now : start;
  const items = itemsAfter(work, fields, given, (recurrence) => ({
    start: Math.max(chargedFrom, periodStartAt(anchor, recurrence, work.now)),
    end: trialEnd ?? periodEndAfter(anchor, recurrence, work.now),
  }));
  const begun = { ...fields, _items: trialEnd === null ? items : items.map((item) => startedAt(item, work.now)) };
  const ending = { ...begun, ...cancellationFrom(work, begun, params) };
  return {
    ...ending,
    _items: ending._items.map((item) => ({ ...item, current_period_end: endedBy(ending, item.current_period_end) })),
    // https://docs.stripe.com/billing/subscriptions/backdating#backdating-and-discounts
    ...discountsIn(work, ending, params.discounts, start),
  };
};

const startedAt = (item: SubscriptionItemObject, current_period_start: number): SubscriptionItemObject => ({
  ...item,
  current_period_start,
});

/** What a request gives stands in the place of what there was. */
export const discountsIn = (
  work: Work,
  { customer, currency, id }: SubscriptionObject,
  given: NewSubscriptionParams['discounts'],
  since = work.now,
): Pick<SubscriptionObject, 'discounts' | '_applied'> | Record<never, never> => {
  // "If not specified or empty array, it leaves the subscription's discounts unchanged."
  if (Array.isArray(given) && given.length === 0) return {};
  const target = { customer, order: null, subscription: id, since };
  const applied = discountsFrom(work, given, { target, currency, param: 'discounts' });
  return applied === undefined ? {} : discountFields(applied);
};

/** https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible */
const modeFrom = (
  work: Work,
  given: NewSubscriptionParams['billing_mode'],
  version: string,
): SubscriptionObject['billing_mode'] => {
  const type = given?.type ?? (versionAtLeast(version, 'clover') ? 'flexible' : 'classic');
  if (type === 'classic') return { flexible: null, type };
  const proration_discounts = given?.flexible?.proration_discounts ?? 'included';
  return { flexible: { proration_discounts }, type: 'flexible', updated_at: work.now };
};

const currencyOf = (work: Work, given: string | undefined, items: readonly GivenItem[]): string => {
  if (given !== undefined) return checkedCurrency(given);
  const [first] = items;
  const data = first?.price_data as { readonly currency?: string } | undefined;
  const price = work.get(prices, first?.price ?? first?.plan ?? '');
  return price?.currency ?? checkedCurrency(data?.currency ?? 'usd');
};

const configShown = (
  config: NewSubscriptionParams['billing_cycle_anchor_config'],
): SubscriptionObject['billing_cycle_anchor_config'] =>
  config === undefined
    ? null
    : {
        day_of_month: config.day_of_month,
        hour: config.hour ?? null,
        minute: config.minute ?? null,
        month: config.month ?? null,
        second: config.second ?? null,
      };

const unusedFields = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  customer_account: null,
  days_until_due: null,
  default_payment_method: null,
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' as const },
  },
  latest_invoice: null,
  managed_payments: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off' as const,
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  schedule: null,
  transfer_data: null,
  trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' as const } },
  _items: [],
  _applied: [],
  _pending: null,
  _resumption: null,
  _quantityChanges: null,
  _isNew: true,
};
