import { pricingOf } from '../resources/invoice-item-cost.js';
import type { LineDraft, Period } from '../resources/invoice-line.js';
import { meters } from '../resources/meter.js';
import { aggregated, usageBetween } from '../resources/meter-usage.js';
import { type PriceObject, prices } from '../resources/price.js';
import { priceAmount } from '../resources/price-amount.js';
import type { Work } from '../work.js';
import { periodStartAt } from './billing-period.js';
import { periodWords, trialWords } from './price-words.js';
import { remainingAmount } from './proration.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/** What an item costs for the whole of one of its periods, before discounts. */
export const fullAmount = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): number =>
  priceAmount(work.require(prices, item.price), item.quantity ?? 0, subscription.currency);

/** The whole period that holds the item's current one: a first one may be shorter, and end where the anchor wants it. */
export const wholePeriodOf = (subscription: SubscriptionObject, item: SubscriptionItemObject): Period => {
  const { current_period_start: start, current_period_end: end } = item;
  const whole = periodStartAt(subscription.billing_cycle_anchor, item._recurrence, end - 1);
  return { start: Math.min(start, whole), end };
};

/** What the current period of a licensed item costs: all of it, or the part of it that there is. */
export const periodLine = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): LineDraft => {
  const price = work.require(prices, item.price);
  const whole = wholePeriodOf(subscription, item);
  const full = fullAmount(work, subscription, item);
  const { current_period_start: start, current_period_end: end } = item;
  const { cancel_at: cancelsAt } = subscription;
  const side = { amount: full, period: whole };
  // A period in which it will end is paid for until then: https://docs.stripe.com/api/subscriptions/create (cancel_at)
  const notUsed = cancelsAt !== null && cancelsAt < end ? remainingAmount(side, Math.max(cancelsAt, start)) : 0;
  const amount = remainingAmount(side, start) - notUsed;
  return {
    ...lineBase(subscription, item, price),
    amount,
    description: periodWords(work, price, item.quantity ?? 0, subscription.currency),
    parent: itemParent(subscription, item, amount !== full),
    period: { start, end: notUsed === 0 ? end : (cancelsAt ?? end) },
    quantity: item.quantity ?? 0,
  };
};

/** A trial costs nothing, and its invoice says so. */
export const trialLine = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): LineDraft => {
  const price = work.require(prices, item.price);
  const { current_period_start: start, current_period_end: end } = item;
  return {
    ...lineBase(subscription, item, price),
    amount: 0,
    description: trialWords(work, price),
    parent: itemParent(subscription, item, false),
    period: { start, end },
    quantity: item.quantity ?? 0,
  };
};

/** What a metered item's meter counted in a period that is over. */
export const usageLine = (
  work: Work,
  subscription: SubscriptionObject,
  item: SubscriptionItemObject,
  period: Period,
): LineDraft => {
  const price = work.require(prices, item.price);
  const quantity = usageOf(work, subscription, price, period);
  return {
    ...lineBase(subscription, item, price),
    amount: priceAmount(price, quantity, subscription.currency),
    description: periodWords(work, price, quantity, subscription.currency),
    parent: itemParent(subscription, item, false),
    period,
    quantity,
  };
};

const usageOf = (work: Work, subscription: SubscriptionObject, price: PriceObject, period: Period): number => {
  const meter = work.get(meters, price.recurring?.meter ?? '');
  if (meter === undefined) return 0;
  return Math.max(0, aggregated(meter, usageBetween(work, meter.id, subscription.customer, period)));
};

const lineBase = (subscription: SubscriptionObject, item: SubscriptionItemObject, price: PriceObject) => ({
  currency: subscription.currency,
  discountable: true,
  discounts: item.discounts,
  metadata: item.metadata,
  pricing: pricingOf(price, subscription.currency),
  subscription: subscription.id,
  _taxRates: item.tax_rates,
  _applied: item._applied,
});

const itemParent = (subscription: SubscriptionObject, item: SubscriptionItemObject, proration: boolean) => ({
  invoice_item_details: null,
  subscription_item_details: {
    invoice_item: null,
    proration,
    proration_details: proration ? { credited_items: null } : null,
    subscription: subscription.id,
    subscription_item: item.id,
  },
  type: 'subscription_item_details' as const,
});
