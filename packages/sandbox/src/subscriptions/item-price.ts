import { invalidRequest } from '../errors.js';
import { type InlinePrice, priceOfData } from '../resources/invoice-items/invoice-item-cost.js';
import type { PriceObject } from '../resources/products/price.js';
import { prices } from '../resources/products/price.js';
import { unitDecimalOf } from '../resources/products/price-amount.js';
import type { Work } from '../work.js';
import { periodEndAfter, type Recurrence } from './billing-period.js';

/** How a request names what an item costs. A plan is a price of older times, with the same id. */
export interface GivenPrice {
  readonly plan?: string;
  readonly price?: string;
  readonly price_data?: object;
}

/** The price a request names for an item; undefined when it names none. */
export const priceGiven = (work: Work, given: GivenPrice, param: string): PriceObject | undefined => {
  const ways = [given.price, given.price_data, given.plan].filter((one) => one !== undefined);
  if (ways.length > 1) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data, plan.', {
      param: `${param}[price]`,
    });
  }
  const name = given.price === undefined && given.plan !== undefined ? 'plan' : 'price';
  if (given.price_data !== undefined)
    return requireRecurring(priceOfData(work, given.price_data as InlinePrice), param);
  const id = given.price ?? given.plan;
  if (id === undefined) return undefined;
  const price = work.require(prices, id, `${param}[${name}]`);
  if (!price.active) {
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param: `${param}[${name}]`,
    });
  }
  return requireRecurring(price, param);
};

const requireRecurring = (price: PriceObject, param: string): PriceObject => {
  if (price.recurring !== null) return price;
  throw invalidRequest(
    'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    { param: `${param}[price]` },
  );
};

/** Refuses a price that has no amount in the subscription's currency. */
export const requireCurrency = (price: PriceObject, currency: string): void => {
  if (price._tiers !== null && price.currency === currency) return;
  unitDecimalOf(price, currency);
};

export const recurrenceOf = (price: PriceObject): Recurrence => ({
  interval: (price.recurring?.interval ?? 'month') as Recurrence['interval'],
  interval_count: price.recurring?.interval_count ?? 1,
});

export const isSameRecurrence = (one: Recurrence, other: Recurrence): boolean =>
  one.interval === other.interval && one.interval_count === other.interval_count;

export const isMetered = (price: PriceObject): boolean => price.recurring?.usage_type === 'metered';

const daysOf = { day: 1, week: 7 };
const monthsOf = { month: 1, year: 12 };

/** A day goes into everything: https://docs.stripe.com/billing/subscriptions/mixed-interval */
export const isMultipleOf = (one: Recurrence, shorter: Recurrence): boolean => {
  const [days, shortDays] = [daysIn(one), daysIn(shorter)];
  if (days !== undefined && shortDays !== undefined) return days % shortDays === 0;
  if (days === undefined && shortDays === undefined) return monthsIn(one) % monthsIn(shorter) === 0;
  return shortDays === 1;
};

const daysIn = ({ interval, interval_count: count }: Recurrence): number | undefined =>
  interval === 'day' || interval === 'week' ? daysOf[interval] * count : undefined;

const monthsIn = ({ interval, interval_count: count }: Recurrence): number =>
  monthsOf[interval === 'year' ? 'year' : 'month'] * count;

const lengthOf = (recurrence: Recurrence): number => periodEndAfter(0, recurrence, 0);

export const shortestOf = (recurrences: readonly Recurrence[]): Recurrence => {
  const [first = { interval: 'month', interval_count: 1 } as Recurrence, ...others] = recurrences;
  return others.reduce((least, one) => (lengthOf(one) < lengthOf(least) ? one : least), first);
};
