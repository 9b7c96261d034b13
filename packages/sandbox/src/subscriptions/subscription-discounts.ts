import { couponBehind } from '../resources/discounts/coupon.js';
import { type DiscountObject, discounts } from '../resources/discounts/discount.js';
import type { InvoiceObject } from '../resources/invoices/invoice.js';
import type { Work } from '../work.js';
import { type SubscriptionObject, subscriptions } from './subscription.js';

/** Discounts that count once are used up by the first invoice that is final with them. */
export const spendOnceOfSubscription = (work: Work, invoice: InvoiceObject): void => {
  const subscription = work.get(subscriptions, invoice._subscription ?? '');
  if (subscription === undefined) return;
  const used = [...invoice.discounts, ...invoice._lines.flatMap((line) => line.discounts)];
  const isOnce = (id: string): boolean => {
    const discount = work.get(discounts, id);
    return discount !== undefined && couponBehind(work, discount.source.coupon)?.duration === 'once';
  };
  const spent = new Set(used.filter(isOnce));
  if (spent.size > 0) withoutDiscounts(work, subscription, (id) => spent.has(id));
};

/** Those whose months are over by now. */
export const dropEndedDiscounts = (work: Work, subscription: SubscriptionObject): SubscriptionObject =>
  withoutDiscounts(work, subscription, (id) => {
    const end = work.get(discounts, id)?.end ?? null;
    return end !== null && end <= work.now;
  });

/** As it will be by then, without those whose months are over: for what is only shown. */
export const lastingUntil = (work: Work, subscription: SubscriptionObject, at: number): SubscriptionObject => {
  const ids = [...subscription.discounts, ...subscription._items.flatMap((item) => item.discounts)];
  const gone = ids.filter((id) => (work.get(discounts, id)?.end ?? Number.POSITIVE_INFINITY) <= at);
  const _items = subscription._items.map((item) => ({ ...item, ...without(item, gone) }));
  return { ...subscription, ...without(subscription, gone), _items };
};

/** The subscription without these discounts of its own and of its items, each told of as gone. */
export const withoutDiscounts = (
  work: Work,
  subscription: SubscriptionObject,
  isGone: (id: string) => boolean,
): SubscriptionObject => {
  const ids = [...subscription.discounts, ...subscription._items.flatMap((item) => item.discounts)];
  const gone = [...new Set(ids)].filter(isGone);
  if (gone.length === 0) return subscription;
  const after = work.update(subscriptions, subscription, {
    ...without(subscription, gone),
    _items: subscription._items.map((item) => ({ ...item, ...without(item, gone) })),
  });
  for (const id of gone) {
    const discount = work.get(discounts, id);
    if (discount === undefined) continue;
    work.remove(discounts, id);
    work.emit<DiscountObject>('customer.discount.deleted', discount);
  }
  return after;
};

type Discounted = Pick<SubscriptionObject, 'discounts' | '_applied'>;

const without = ({ discounts: ids, _applied }: Discounted, gone: readonly string[]): Discounted => ({
  discounts: ids.filter((id) => !gone.includes(id)),
  _applied: _applied.filter(({ id }) => !gone.includes(id)),
});
