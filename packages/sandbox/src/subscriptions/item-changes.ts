import { invalidRequest } from '../errors.js';
import { metadataMerged } from '../metadata.js';
import { ratesFrom } from '../resources/invoice-items/invoice-item-cost.js';
import { discountFields, discountsFrom, type GivenDiscounts } from '../resources/invoices/invoice-discounts.js';
import type { Period } from '../resources/invoices/invoice-line.js';
import { sumOf } from '../resources/invoices/invoice-totals.js';
import type { PriceObject } from '../resources/products/price.js';
import { prices } from '../resources/products/price.js';
import { refuseUnserved } from '../resources/unserved.js';
import { countableAmount, wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import {
  type GivenPrice,
  isMetered,
  isMultipleOf,
  isSameRecurrence,
  priceGiven,
  recurrenceOf,
  requireCurrency,
  shortestOf,
} from './item-price.js';
import { fullAmount } from './period-lines.js';
import { isFlexible, type SubscriptionObject } from './subscription.js';
import { itemHomes, type SubscriptionItemObject } from './subscription-item.js';

export interface GivenItem extends GivenPrice {
  readonly id?: string;
  readonly clear_usage?: boolean;
  readonly deleted?: boolean;
  readonly discounts?: GivenDiscounts;
  readonly metadata?: Readonly<Record<string, string | number | null>> | '';
  readonly quantity?: number;
  readonly tax_rates?: readonly string[] | '';
}

const unserved = ['billing_thresholds', 'clear_usage', 'current_trial'];

/** https://docs.stripe.com/api/subscriptions/create (items) */
const itemsMax = 20;
const quantityMax = 1_000_000_000;

/** Where a new item's period lies. */
export type PeriodOf = (recurrence: SubscriptionItemObject['_recurrence']) => Period;

/** The items after a request: those it names are changed or deleted, those without an id are added, the others stay. */
export const itemsAfter = (
  work: Work,
  subscription: SubscriptionObject,
  given: readonly GivenItem[],
  periodOf: PeriodOf,
): SubscriptionItemObject[] => {
  const changed = new Map<string, SubscriptionItemObject | null>();
  const added: SubscriptionItemObject[] = [];
  for (const [position, one] of given.entries()) {
    const param = `items[${position}]`;
    refuseUnserved(one, unserved);
    if (one.id === undefined) added.push(newItem(work, subscription, one, { param, periodOf }));
    else {
      const before = subscription._items.find(({ id }) => id === one.id);
      if (before === undefined) {
        throw invalidRequest(`No such subscription item: '${one.id}'`, {
          code: 'resource_missing',
          param: `${param}[id]`,
        });
      }
      changed.set(one.id, one.deleted === true ? null : changedItem(work, subscription, before, one, param));
    }
  }
  const staying = subscription._items.flatMap((item) => {
    const after = changed.get(item.id);
    return after === null ? [] : [after ?? item];
  });
  const together = requireTogether(subscription, [...staying, ...added]);
  const licensed = together.filter((item) => !item._isMetered);
  countableAmount(sumOf(licensed.map((item) => ({ amount: fullAmount(work, subscription, item) }))), 'items');
  return together;
};

interface Placed {
  readonly param: string;
  readonly periodOf: PeriodOf;
}

const newItem = (
  work: Work,
  subscription: SubscriptionObject,
  given: GivenItem,
  { param, periodOf }: Placed,
): SubscriptionItemObject => {
  const price = priceGiven(work, given, param);
  if (price === undefined) {
    throw invalidRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    });
  }
  const id = work.newId('si');
  const { start, end } = periodOf(recurrenceOf(price));
  const item: SubscriptionItemObject = {
    id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: work.now,
    current_period_end: end,
    current_period_start: start,
    current_trial: null,
    metadata: metadataMerged({}, given.metadata),
    subscription: subscription.id,
    tax_rates: ratesFrom(work, given.tax_rates, `${param}[tax_rates]`) ?? [],
    ...priceFields(subscription, price, given.quantity, param),
    ...discountFields([]),
    _debited: [],
  };
  return { ...item, ...discountsIn(work, subscription, item, given, param) };
};

const changedItem = (
  work: Work,
  subscription: SubscriptionObject,
  before: SubscriptionItemObject,
  given: GivenItem,
  param: string,
): SubscriptionItemObject => {
  const price = priceGiven(work, given, param);
  const rates = ratesFrom(work, given.tax_rates, `${param}[tax_rates]`);
  // "When changing a subscription item's price, `quantity` is set to 1 unless a `quantity` parameter is provided."
  const isQuantified = price === undefined && given.quantity !== undefined;
  const same = isQuantified ? work.require(prices, before.price) : undefined;
  const repriced = price ?? same;
  return {
    ...before,
    ...(repriced === undefined ? {} : priceFields(subscription, repriced, given.quantity, param)),
    ...(rates === undefined ? {} : { tax_rates: rates }),
    ...discountsIn(work, subscription, before, given, param),
    metadata: metadataMerged(before.metadata, given.metadata),
  };
};

const priceFields = (
  subscription: SubscriptionObject,
  price: PriceObject,
  quantity: number | undefined,
  param: string,
): Pick<SubscriptionItemObject, 'price' | 'quantity' | '_recurrence' | '_isMetered'> => {
  requireCurrency(price, subscription.currency);
  const facts = { price: price.id, _recurrence: recurrenceOf(price), _isMetered: isMetered(price) };
  if (!facts._isMetered) return { ...facts, quantity: checkedQuantity(quantity, param) };
  if (quantity === undefined) return { ...facts, quantity: undefined };
  throw invalidRequest('Quantity should not be specified where usage_type is `metered`.', {
    param: `${param}[quantity]`,
  });
};

const checkedQuantity = (quantity: number | undefined, param: string): number => {
  const checked = wholeNumber(quantity, `${param}[quantity]`, 0) ?? 1;
  if (checked <= quantityMax) return checked;
  throw invalidRequest(`Invalid integer: ${checked}; must be at most ${quantityMax}.`, { param: `${param}[quantity]` });
};

const discountsIn = (
  work: Work,
  { customer, currency, id }: SubscriptionObject,
  item: SubscriptionItemObject,
  given: GivenItem,
  param: string,
): Partial<SubscriptionItemObject> => {
  const target = { customer, order: null, subscription: id, subscription_item: item.id };
  const applied = discountsFrom(work, given.discounts, { target, currency, param: `${param}[discounts]` });
  return applied === undefined ? {} : discountFields(applied);
};

/** What one subscription holds: each price once, and of several intervals only where its mode allows them. */
const requireTogether = (
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): SubscriptionItemObject[] => {
  const [first] = items;
  if (first === undefined) {
    throw invalidRequest('A subscription must have at least one active plan.', { param: 'items' });
  }
  if (items.length > itemsMax)
    throw invalidRequest(`A subscription takes at most ${itemsMax} items.`, { param: 'items' });
  const twice = items.find((item, position) => items.findIndex(({ price }) => price === item.price) !== position);
  if (twice !== undefined) {
    throw invalidRequest(`Cannot add multiple subscription items with the same plan: ${twice.price}`, {
      param: 'items',
    });
  }
  if (!isFlexible(subscription) && !items.every((item) => isSameRecurrence(item._recurrence, first._recurrence))) {
    throw invalidRequest(
      'Currently, all plans on a subscription must use the same interval and interval_count. Use `billing_mode` `flexible` for mixed intervals.',
      { param: 'items' },
    );
  }
  const shortest = shortestOf(items.map((item) => item._recurrence));
  if (!items.every((item) => isMultipleOf(item._recurrence, shortest))) {
    throw invalidRequest('Each interval of a subscription must be a multiple of the shortest.', { param: 'items' });
  }
  return [...items];
};

/** Keeps where new items are to be found. One that is gone is no longer found in its home. */
export const putHomes = (
  work: Work,
  subscription: Pick<SubscriptionObject, 'id'>,
  items: readonly SubscriptionItemObject[],
): void => {
  for (const { id } of items) {
    if (work.get(itemHomes, id) === undefined) work.put(itemHomes, { id, subscription: subscription.id });
  }
};
