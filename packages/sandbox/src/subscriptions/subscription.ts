import type Stripe from 'stripe';
import { defineCollection, type StripeObject } from '../collection.js';
import { invalidRequest } from '../errors.js';
import type { AppliedDiscount } from '../resources/invoices/invoice-discounts.js';
import type { TaxRateObject } from '../resources/products/tax-rates.js';
import { versionAtLeast } from '../versions.js';
import type { Work } from '../work.js';
import { type SubscriptionItemObject, shownEndOf, shownItem } from './subscription-item.js';

export type SubscriptionStatus =
  | 'active'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired'
  | 'past_due'
  | 'paused'
  | 'trialing'
  | 'unpaid';

/** What an update asked for and is not paid yet: it is applied once its invoice is. */
export interface PendingChange {
  readonly invoice: string;
  readonly expiresAt: number;
  /** The fields the update would have set, with the items. */
  readonly changes: Partial<SubscriptionObject>;
  /** New periods begin with it, which are those of `changes`. */
  readonly beginsPeriods: boolean;
  /** Of these the request spoke. */
  readonly isAnchorAsked: boolean;
  readonly trialEnd: number | null;
}

type Replaced =
  | 'application'
  | 'customer'
  | 'default_payment_method'
  | 'default_source'
  | 'default_tax_rates'
  | 'discounts'
  | 'items'
  | 'latest_invoice'
  | 'payment_settings'
  | 'pending_setup_intent'
  | 'pending_update'
  | 'status'
  | 'test_clock';

/** A subscription with its items in it. Other objects are ids. */
export interface SubscriptionObject extends Omit<Stripe.Subscription, Replaced> {
  /** The `client_id` of the platform that made it. */
  readonly application: string | null;
  readonly customer: string;
  readonly default_payment_method: string | null;
  readonly default_source: null;
  readonly default_tax_rates: TaxRateObject[];
  readonly discounts: string[];
  readonly latest_invoice: string | null;
  readonly payment_settings: SubscriptionPaymentSettings;
  readonly pending_setup_intent: string | null;
  readonly status: SubscriptionStatus;
  readonly test_clock: string | null;
  readonly _items: readonly SubscriptionItemObject[];
  readonly _applied: readonly AppliedDiscount[];
  readonly _pending: PendingChange | null;
  readonly _resumption: Resumption | null;
  /** How often quantities were changed in which hour; counted only where Stripe's limits hold. */
  readonly _quantityChanges: { readonly hour: number; readonly count: number } | null;
  /** Until it is told of as created, nothing else is told of it. */
  readonly _isNew: boolean;
}

/** What takes a subscription out of its pause: that its invoice was paid, or that somebody tried to pay it. */
export interface Resumption {
  readonly invoice: string;
  readonly on: 'attempt' | 'success';
  /** The invoice items that the return itself made; whatever else is on its invoice waited before. */
  readonly made: readonly string[];
  /** The invoice items that updates made of what it charges: they go where it is given up. */
  readonly adjusted: readonly string[];
}

export interface SubscriptionPaymentSettings {
  readonly payment_method_options: Stripe.Subscription.PaymentSettings.PaymentMethodOptions | null;
  readonly payment_method_types: string[] | null;
  readonly save_default_payment_method: 'off' | 'on_subscription';
}

export const subscriptions = defineCollection<SubscriptionObject>({
  type: 'subscription',
  prefix: 'sub',
  path: (subscription) => `/v1/subscriptions/${subscription.id}`,
  indexes: ['customer', 'test_clock', 'pending_setup_intent'],
  render: (subscription, work, version) => shownSubscription(subscription, work, version),
});

const shownSubscription = (subscription: SubscriptionObject, work: Work, version: string): StripeObject => {
  const { _items: items, _pending: pending } = subscription;
  const shown = {
    ...subscription,
    items: {
      object: 'list',
      data: items.map((item) => shownItem(item, work, version)),
      has_more: false,
      total_count: items.length,
      url: `/v1/subscription_items?subscription=${subscription.id}`,
    },
    pending_update: pending === null ? null : shownPending(pending, work, version),
  };
  if (versionAtLeast(version, 'basil')) return shown;
  const ends = items.map(shownEndOf);
  return { ...shown, current_period_end: Math.min(...ends), current_period_start: periodStartOf(subscription) };
};

const shownPending = (pending: PendingChange, work: Work, version: string): StripeObject => {
  const { _items: items, billing_cycle_anchor: anchor } = pending.changes;
  return {
    billing_cycle_anchor: pending.isAnchorAsked ? (anchor ?? null) : null,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at: pending.expiresAt,
    metadata: null,
    subscription_items: items?.map((item) => shownItem(item, work, version)) ?? null,
    trial_end: pending.trialEnd,
    trial_from_plan: null,
  };
};

/** The first end of its items' periods: when it renews next. */
export const periodEndOf = (subscription: SubscriptionObject): number =>
  Math.min(...subscription._items.map((item) => item.current_period_end));

export const periodStartOf = (subscription: SubscriptionObject): number =>
  Math.max(...subscription._items.map((item) => item.current_period_start));

/** Nothing ever happens to it again. */
export const isOver = ({ status }: SubscriptionObject): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

export const isFlexible = ({ billing_mode: mode }: SubscriptionObject): boolean => mode.type === 'flexible';

/** Prorations show what they are without discounts, which their invoice takes off. */
export const isItemized = ({ billing_mode: mode }: SubscriptionObject): boolean =>
  mode.flexible?.proration_discounts === 'itemized';

/** Puts the changes and tells of them, once it is told of at all. */
export const changeSubscription = (
  work: Work,
  before: SubscriptionObject,
  changes: Partial<SubscriptionObject>,
): SubscriptionObject => {
  const after = work.update(subscriptions, before, changes);
  if (!after._isNew) work.emit('customer.subscription.updated', after, before);
  return after;
};

export const requireNotOver = (subscription: SubscriptionObject): void => {
  if (!isOver(subscription)) return;
  throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.', {
    code: 'resource_missing',
    param: 'id',
  });
};

/** As a customer shows them: those that are not over, newest first. */
export const subscriptionsOfCustomer = (work: Work, customerId: string) => ({
  object: 'list' as const,
  data: work
    .where(subscriptions, 'customer', customerId)
    .filter((one) => !isOver(one))
    .reverse(),
  has_more: false,
  url: `/v1/customers/${customerId}/subscriptions`,
});
