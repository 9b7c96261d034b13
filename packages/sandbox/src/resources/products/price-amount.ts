import { invalidRequest } from '../../errors.js';
import { lineAmount } from '../unit-amount.js';
import { countableAmount, most } from '../whole-number.js';
import type { PriceObject } from './price.js';

type Tier = NonNullable<PriceObject['_tiers']>[number];

/**
 * What so many units cost, in the smallest unit of `currency`; each line is rounded once, half up. More than an amount may
 * be is refused. https://docs.stripe.com/products-prices/pricing-models
 */
export const priceAmount = (price: PriceObject, quantity: number, currency = price.currency): number =>
  countableAmount(unboundedAmount(price, quantity, currency), 'quantity');

/** The same of what was used already, which nobody can refuse: the most an amount may be stands for what is more. */
export const usedAmount = (price: PriceObject, quantity: number, currency: string): number =>
  Math.min(most, unboundedAmount(price, quantity, currency));

const unboundedAmount = (price: PriceObject, quantity: number, currency: string): number => {
  const units = packagesOf(price, quantity);
  if (price._tiers !== null && currency === price.currency) return tieredAmount(price._tiers, price.tiers_mode, units);
  return lineAmount(unitDecimalOf(price, currency), units);
};

/** The price of one unit in this currency, which must be the price's own or one of its options. */
export const unitDecimalOf = (price: PriceObject, currency: string): string => {
  const option = currency === price.currency ? price : price._currencyOptions[currency];
  const decimal = option?.unit_amount_decimal ?? null;
  if (decimal !== null) return decimal;
  throw invalidRequest(
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
  );
};

/** `transform_quantity` sells packages: https://docs.stripe.com/api/prices/object */
const packagesOf = (price: PriceObject, quantity: number): number => {
  const transform = price.transform_quantity;
  if (transform === null) return quantity;
  const packages = quantity / transform.divide_by;
  return transform.round === 'up' ? Math.ceil(packages) : Math.floor(packages);
};

const tieredAmount = (tiers: readonly Tier[], mode: PriceObject['tiers_mode'], quantity: number): number => {
  if (mode === 'volume') {
    const tier = tiers.find((one) => one.up_to === null || quantity <= one.up_to);
    return tier === undefined ? 0 : tierAmount(tier, quantity);
  }
  let sum = 0;
  let reached = 0;
  for (const tier of tiers) {
    const end = Math.min(tier.up_to ?? quantity, quantity);
    if (end <= reached && !(quantity === 0 && reached === 0)) break;
    sum += tierAmount(tier, end - reached);
    reached = end;
    if (reached >= quantity) break;
  }
  return sum;
};

const tierAmount = (tier: Tier, quantity: number): number =>
  lineAmount(tier.unit_amount_decimal ?? '0', quantity) + lineAmount(tier.flat_amount_decimal ?? '0', 1);
