import { invoiceItems } from '../resources/invoice-items/invoice-item.js';
import type { LineDraft, Period } from '../resources/invoices/invoice-line.js';
import { prices } from '../resources/products/price.js';
import type { Work } from '../work.js';
import { usageLine } from './period-lines.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/** What a metered item was used for in this time is not billed yet: since its period began, or since it was billed last. */
export const unbilledPeriod = (item: SubscriptionItemObject, end: number): Period => ({
  start: Math.min(end, Math.max(item.current_period_start, item._usageFrom ?? 0)),
  end,
});

/** What these items, as far as they are metered, were used for and is not billed yet. */
export const usageLines = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): LineDraft[] =>
  items.flatMap((item) => {
    const period = unbilledPeriod(item, work.now);
    return item._isMetered && period.start < work.now ? [usageLine(work, subscription, item, period)] : [];
  });

/** The items, those that come counting only what their meter did not bill already for one that goes or went. */
export const countedOnce = (
  work: Work,
  before: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
  removed: readonly SubscriptionItemObject[],
): SubscriptionItemObject[] => {
  const kept = new Set(before._items.map(({ id }) => id));
  return items.map((item) => {
    if (kept.has(item.id) || !item._isMetered) return item;
    const meter = meterOf(work, item.price);
    const goes = removed.filter(({ price }) => meterOf(work, price) === meter).map(({ _usageFrom }) => _usageFrom ?? 0);
    const from = Math.max(usageBilledUntil(work, before, meter), ...goes);
    return from > item.current_period_start ? { ...item, _usageFrom: from } : item;
  });
};

const meterOf = (work: Work, price: string | undefined): string | null =>
  work.get(prices, price ?? '')?.recurring?.meter ?? null;

/** Until when invoice items of this subscription bill what that meter counted; an item that was removed left them. */
const usageBilledUntil = (work: Work, subscription: SubscriptionObject, meter: string | null): number => {
  const billed = work
    .where(invoiceItems, 'customer', subscription.customer)
    .filter(({ parent, proration }) => !proration && parent?.subscription_details?.subscription === subscription.id)
    .filter(({ pricing }) => meter !== null && meterOf(work, pricing?.price_details?.price) === meter);
  return Math.max(0, ...billed.map(({ period }) => period.end));
};
