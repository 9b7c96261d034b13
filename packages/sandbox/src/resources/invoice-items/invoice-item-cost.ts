import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import type { Work } from '../../work.js';
import { checkedCurrency } from '../currency-rules.js';
import type { GivenDiscounts } from '../invoices/invoice-discounts.js';
import type { LinePricing, Period } from '../invoices/invoice-line.js';
import { type PriceData, type PriceObject, prices, putPrice } from '../products/price.js';
import { priceAmount, unitDecimalOf } from '../products/price-amount.js';
import { type ProductData, products, putProduct } from '../products/product.js';
import { type TaxRateObject, taxRates } from '../products/tax-rates.js';
import { lineAmount } from '../unit-amount.js';
import { refuseUnserved } from '../unserved.js';
import { countableAmount, wholeNumber } from '../whole-number.js';

/** What an item, a line or a preview may say of its cost. */
export interface GivenCost {
  readonly amount?: number;
  readonly currency?: string;
  readonly description?: string;
  readonly discountable?: boolean;
  readonly discounts?: GivenDiscounts;
  readonly metadata?: Readonly<Record<string, string | number | null>> | '' | null;
  readonly period?: Period;
  readonly price_data?: object;
  readonly pricing?: { readonly price?: string };
  readonly quantity?: number;
  readonly tax_rates?: readonly string[] | '' | null;
  readonly unit_amount_decimal?: unknown;
}

export interface ItemCost {
  readonly amount: number;
  readonly currency: string;
  readonly pricing: LinePricing | null;
  readonly quantity: number;
  /** The product's name, of what has a price. */
  readonly description: string | null;
}

/** Money of these is not served, and to ignore them would lie. */
export const unservedOfItems = ['customer_account', 'quantity_decimal', 'tax_amounts'];

/** What an item costs, by its amount, by a unit amount or by a price; undefined when nothing was said of it. */
export const costFrom = (work: Work, given: GivenCost, expected: string | undefined): ItemCost | undefined => {
  refuseUnserved(given, unservedOfItems);
  const ways = [given.amount, given.pricing?.price, given.price_data, given.unit_amount_decimal];
  if (ways.filter((one) => one !== undefined).length > 1) {
    throw invalidRequest(
      'You may only specify one of these parameters: amount, pricing, price_data, unit_amount_decimal.',
      {
        param: 'amount',
      },
    );
  }
  const quantity = wholeNumber(given.quantity, 'quantity', 0) ?? 1;
  const amount = wholeNumber(given.amount, 'amount');
  if (given.price_data !== undefined || given.pricing?.price !== undefined) {
    return costOfPrice(work, priceFrom(work, given), quantity, expected ?? given.currency?.toLowerCase());
  }
  const currency = checkedCurrency(given.currency ?? expected ?? 'usd');
  if (given.unit_amount_decimal !== undefined) {
    const decimal = String(given.unit_amount_decimal);
    return {
      amount: signedAmount(decimal, quantity),
      currency,
      pricing: unpriced(decimal),
      quantity,
      description: null,
    };
  }
  if (amount === undefined) return undefined;
  if (given.quantity !== undefined && given.quantity !== 1) {
    throw invalidRequest('You may only specify one of these parameters: amount, quantity.', { param: 'quantity' });
  }
  return { amount, currency, pricing: unpriced(String(amount)), quantity: 1, description: null };
};

const unpriced = (decimal: string): LinePricing => ({ type: 'price_details', unit_amount_decimal: decimal });

/** Below 0 it is taken off the invoice. */
const signedAmount = (decimal: string, quantity: number): number =>
  countableAmount(unsafeAmount(decimal, quantity), 'unit_amount_decimal');

const unsafeAmount = (decimal: string, quantity: number): number => {
  if (!/^-?\d{1,12}(\.\d{1,12})?$/.test(decimal)) {
    throw invalidRequest(`Invalid decimal: ${decimal}`, { param: 'unit_amount_decimal' });
  }
  return decimal.startsWith('-') ? -lineAmount(decimal.slice(1), quantity) : lineAmount(decimal, quantity);
};

/** So many units of a price, in the currency the invoice has. */
export const costOfPrice = (
  work: Work,
  price: PriceObject,
  quantity: number,
  expected: string | undefined,
): ItemCost => {
  const currency = expected ?? price.currency;
  const product = String(price.product);
  return {
    amount: priceAmount(price, quantity, currency),
    currency,
    pricing: pricingOf(price, currency),
    quantity,
    description: work.get(products, product)?.name ?? price.nickname,
  };
};

/** How a line shows its price. */
export const pricingOf = (price: PriceObject, currency = price.currency): LinePricing => ({
  price_details: { price: price.id, product: String(price.product) },
  type: 'price_details',
  unit_amount_decimal: price._tiers === null ? unitDecimalOf(price, currency) : null,
});

const priceFrom = (work: Work, given: GivenCost): PriceObject => {
  const id = given.pricing?.price;
  const price =
    id === undefined ? priceOfData(work, given.price_data as InlinePrice) : work.require(prices, id, 'pricing[price]');
  if (!price.active && id !== undefined) {
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param: 'pricing[price]',
    });
  }
  if (price.type === 'one_time') return price;
  throw invalidRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    {
      param: 'pricing[price]',
    },
  );
};

export interface InlinePrice extends PriceData {
  readonly product?: string;
  readonly product_data?: ProductData;
}

/** Makes a price of data that came with a request. */
export const priceOfData = (work: Work, data: InlinePrice): PriceObject => {
  if (data.product !== undefined) work.require(products, data.product, 'price_data[product]');
  if (data.product === undefined && data.product_data === undefined) {
    throw invalidRequest('Missing required param: price_data[product].', {
      code: 'parameter_missing',
      param: 'price_data[product]',
    });
  }
  const product = data.product ?? putProduct(work, data.product_data as ProductData).id;
  return putPrice(work, { ...data, active: false }, product);
};

/** Whole rates for ids; undefined when nothing was said, none when they were unset. */
export const ratesFrom = (
  work: Work,
  given: readonly string[] | '' | null | undefined,
  param = 'tax_rates',
): TaxRateObject[] | undefined => {
  if (given === undefined) return undefined;
  if (given === '' || given === null) return [];
  return given.map((id, position) => work.require(taxRates, id, `${param}[${position}]`));
};

/** What a request says of an item besides its cost. */
export const wordsFrom = (given: GivenCost, before: Record<string, string>) => ({
  ...(given.description === undefined ? {} : { description: given.description === '' ? null : given.description }),
  ...(given.discountable === undefined ? {} : { discountable: given.discountable }),
  ...(given.period === undefined ? {} : { period: given.period }),
  metadata: metadataMerged(before, given.metadata),
});
