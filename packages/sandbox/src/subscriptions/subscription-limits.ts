import { rateLimited } from '../api-refusals.js';
import { invoices } from '../resources/invoices/invoice.js';
import type { Work } from '../work.js';
import type { SubscriptionObject } from './subscription.js';

/*
 * What Stripe allows of one subscription, asked only where limits are switched on. Counted by the time the subscription
 * lives in. https://docs.stripe.com/rate-limits
 */
const invoicesMaxPerMinute = 10;
const invoicesMaxPerDay = 20;
const quantityChangesMaxPerHour = 200;

const minuteSeconds = 60;
const hourSeconds = 60 * 60;
const daySeconds = 24 * hourSeconds;

/** Refuses one new invoice too many. Those of renewals are Stripe's own. */
export const requireNotTooManyInvoices = (work: Work, subscription: SubscriptionObject): void => {
  if (work.account.hasRateLimits !== true) return;
  const made = work.where(invoices, '_subscription', subscription.id);
  const since = (seconds: number): number => made.filter(({ created }) => created > work.now - seconds).length;
  if (since(minuteSeconds) < invoicesMaxPerMinute && since(daySeconds) < invoicesMaxPerDay) return;
  throw rateLimited('resource-specific');
};

/** Counts a change of quantities; one too many is refused. */
export const countQuantityChange = (
  work: Work,
  before: SubscriptionObject,
  after: SubscriptionObject,
): Partial<SubscriptionObject> => {
  if (work.account.hasRateLimits !== true || !changesQuantity(before, after)) return {};
  const hour = Math.floor(work.now / hourSeconds);
  const counted = before._quantityChanges?.hour === hour ? before._quantityChanges.count : 0;
  if (counted >= quantityChangesMaxPerHour) throw rateLimited('resource-specific');
  return { _quantityChanges: { hour, count: counted + 1 } };
};

const changesQuantity = (before: SubscriptionObject, after: SubscriptionObject): boolean =>
  after._items.some((item) => {
    const was = before._items.find(({ id }) => id === item.id);
    return was !== undefined && was.quantity !== item.quantity;
  });
