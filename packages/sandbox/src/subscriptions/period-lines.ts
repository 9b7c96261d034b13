import { pricingOf } from '../resources/invoice-items/invoice-item-cost.js';
import type { LineDraft, Period } from '../resources/invoices/invoice-line.js';
import { meters } from '../resources/meters/meter.js';
import { lookAtMeterEvents } from '../resources/meters/meter-events.js';
import { aggregated, usageBetween } from '../resources/meters/meter-usage.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import { priceAmount, usedAmount } from '../resources/products/price-amount.js';
import type { Work } from '../work.js';
import { partAmount, wholePeriod } from './periods.js';
import { periodWords, trialWords } from './price-words.js';
import { isFlexible, type SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/** What an item costs for the whole of one of its periods, before discounts. */
export const fullAmount = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): number =>
  priceAmount(work.require(prices, item.price), item.quantity ?? 0, subscription.currency);

/** What one period of a licensed item costs: all of it, or the part of a whole one that there is. */
export const periodLine = (
  work: Work,
  subscription: SubscriptionObject,
  item: SubscriptionItemObject,
  period: Period = periodOf(item),
): LineDraft => {
  const price = work.require(prices, item.price);
  const amount = fullAmount(work, subscription, item);
  const whole = wholePeriod(subscription.billing_cycle_anchor, item._recurrence, period.end);
  const isPart = period.start > whole.start || period.end < whole.end;
  return {
    ...lineBase(subscription, item, price),
    amount: isPart ? partAmount({ amount, period: whole }, period) : amount,
    description: periodWords(work, price, item.quantity ?? 0, subscription.currency),
    parent: itemParent(subscription, item, isPart),
    period,
    quantity: item.quantity ?? 0,
  };
};

export const periodOf = (item: SubscriptionItemObject): Period => ({
  start: item.current_period_start,
  end: item.current_period_end,
});

/** A trial costs nothing, and its invoice says so. */
export const trialLine = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): LineDraft => {
  const price = work.require(prices, item.price);
  const { current_period_start: start, current_period_end: end } = item;
  return {
    ...lineBase(subscription, item, price),
    amount: 0,
    description: trialWords(work, price, isFlexible(subscription) ? (item.quantity ?? 0) : null),
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
    amount: usedAmount(price, quantity, subscription.currency),
    description: periodWords(work, price, quantity, subscription.currency),
    parent: itemParent(subscription, item, false),
    period,
    quantity,
  };
};

const usageOf = (work: Work, subscription: SubscriptionObject, price: PriceObject, period: Period): number => {
  const meter = work.get(meters, price.recurring?.meter ?? '');
  if (meter === undefined) return 0;
  // What came a moment ago counts as well: a bill is not for what the meter happened to have looked at.
  lookAtMeterEvents(work, meter.id);
  const used = aggregated(meter, usageBetween(work, meter.id, subscription.customer, period));
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, used));
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
