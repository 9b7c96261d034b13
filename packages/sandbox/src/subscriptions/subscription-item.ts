import type Stripe from 'stripe';
import { defineCollection, type StoredObject, type StripeObject } from '../collection.js';
import type { AppliedDiscount } from '../resources/invoices/invoice-discounts.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import type { TaxRateObject } from '../resources/products/tax-rates.js';
import { versionAtLeast } from '../versions.js';
import type { Work } from '../work.js';
import type { Recurrence } from './billing-period.js';
import type { DebitedLine } from './proration.js';

/** What was charged of an item for time that is not over: by a line, or by an invoice item that may still wait. */
export interface Debit extends DebitedLine {
  readonly invoiceItem: string | null;
  /** Its discounts are taken off already, as before the subscription came to show them on their own. */
  readonly isNet?: boolean;
  /** What it was before a credit gave some of it back, by the invoice item of that credit; left out, it is whole. */
  readonly givenBack?: { readonly of: Debit; readonly by: string };
}

/** An item, kept inside its subscription, so that an event shows the items as they were. */
export interface SubscriptionItemObject
  extends Omit<Stripe.SubscriptionItem, 'price' | 'plan' | 'discounts' | 'tax_rates' | 'deleted'> {
  /** The id; shown as the whole price, and as the plan of older times. */
  readonly price: string;
  readonly discounts: string[];
  readonly tax_rates: TaxRateObject[];
  readonly _recurrence: Recurrence;
  /** Billed afterwards by what its meter counted. */
  readonly _isMetered: boolean;
  /** What was used before then is billed already, or not to be billed; left out, what was used before this period. */
  readonly _usageFrom?: number;
  /** When a pause by request ended its period, as far as anybody is told; what was charged for it is known by its own end. */
  readonly _pausedAt?: number | undefined;
  readonly _applied: readonly AppliedDiscount[];
  readonly _debited: readonly Debit[];
}

/** Never stored alone: here so that items are shown whole and without the sandbox's own fields. */
export const subscriptionItems = defineCollection<SubscriptionItemObject>({
  type: 'subscription_item',
  prefix: 'si',
  label: 'subscription item',
  render: (item, work, version) => shownItem(item, work, version),
});

/** Where an item is to be found. */
export interface ItemHome extends StoredObject {
  readonly subscription: string;
}

export const itemHomes = defineCollection<ItemHome>({
  type: '_subscription_item',
  prefix: 'sihome',
  label: 'subscription item',
});

/** The item as that version shows it; one that is shown already stays so. */
export const shownItem = (item: SubscriptionItemObject, work: Work, version: string): StripeObject => {
  if (typeof item.price !== 'string') return item as unknown as StripeObject;
  const { _recurrence, _isMetered, _usageFrom, _pausedAt, _applied, _debited, ...kept } = item;
  const shown = { ...kept, current_period_end: shownEndOf(item) };
  const price = work.require(prices, item.price);
  const whole = { ...shown, plan: planOf(price), price: work.render(price) };
  if (versionAtLeast(version, 'basil')) return whole;
  // https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end
  const { current_period_start: _start, current_period_end: _end, ...older } = whole;
  return older;
};

/** "The current_period_end updates to the time when you paused": https://docs.stripe.com/billing/subscriptions/pause */
export const shownEndOf = ({ _pausedAt, current_period_end: end }: SubscriptionItemObject): number =>
  Math.min(end, _pausedAt ?? end);

/** How plans, which prices replaced, show the same: https://docs.stripe.com/api/plans/object */
const planOf = (price: PriceObject): object => ({
  id: price.id,
  object: 'plan',
  active: price.active,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: price.billing_scheme,
  created: price.created,
  currency: price.currency,
  interval: price.recurring?.interval,
  interval_count: price.recurring?.interval_count,
  livemode: price.livemode,
  metadata: price.metadata,
  meter: price.recurring?.meter ?? null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: price.tiers_mode,
  transform_usage: price.transform_quantity,
  trial_period_days: price.recurring?.trial_period_days ?? null,
  usage_type: price.recurring?.usage_type ?? 'licensed',
});
