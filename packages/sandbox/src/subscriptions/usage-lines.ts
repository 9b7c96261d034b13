import type { LineDraft, Period } from '../resources/invoices/invoice-line.js';
import type { Work } from '../work.js';
import { usageLine } from './period-lines.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/**
 * What a metered item was used for in this time is not billed yet: since it was billed last, through pauses and into
 * later periods, or else since its period began.
 */
export const unbilledPeriod = (item: SubscriptionItemObject, end: number): Period => ({
  start: Math.min(end, item._usageFrom ?? item.current_period_start),
  end,
});

/**
 * What these items, as far as they are metered, were used for and is not billed yet. A trial bills nothing:
 * https://docs.stripe.com/billing/subscriptions/trials/free-trials#trials-with-usage-based-billing
 */
export const usageLines = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): LineDraft[] =>
  items.flatMap((item) => {
    const period = unbilledPeriod(item, work.now);
    const isBilled = item._isMetered && period.start < work.now && subscription.status !== 'trialing';
    return isBilled ? [usageLine(work, subscription, item, period)] : [];
  });

/** The item, of which all that was used until `at` is billed, or is not to be billed. */
export const countedFrom = (item: SubscriptionItemObject, at: number): SubscriptionItemObject =>
  item._isMetered ? { ...item, _usageFrom: at } : item;

/** Items that are gone after an update, or have another price: their meters counted at a price that is over. */
export const outgoing = (
  before: readonly SubscriptionItemObject[],
  after: readonly SubscriptionItemObject[],
): SubscriptionItemObject[] => before.filter((item) => after.find(({ id }) => id === item.id)?.price !== item.price);

/**
 * The items after an update: what comes, or gets another price, counts from now on, whatever its meter counted before.
 * https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup#update-prices-mid-cycle
 */
export const countingAnew = (
  before: readonly SubscriptionItemObject[],
  after: readonly SubscriptionItemObject[],
  now: number,
): SubscriptionItemObject[] =>
  after.map((item) => (before.find(({ id }) => id === item.id)?.price === item.price ? item : countedFrom(item, now)));
