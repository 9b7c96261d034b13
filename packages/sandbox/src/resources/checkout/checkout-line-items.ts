import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import type { Work } from '../../work.js';
import { type PriceData, type PriceObject, prices, putPrice } from '../products/price.js';
import { type ProductData, products, putProduct } from '../products/product.js';
import { lineAmount } from '../unit-amount.js';
import { refuseUnserved } from '../unserved.js';
import { countableAmount } from '../whole-number.js';

/** Comments of `line_items` in the SDK's types: so many in all, and of subscriptions so many of each kind. */
const linesMax = 100;
const linesOfKindMax = 20;
const quantityMax = 999_999;

export interface CheckoutLine {
  readonly id: string;
  readonly object: 'item';
  readonly adjustable_quantity: null;
  readonly amount_discount: number;
  readonly amount_subtotal: number;
  readonly amount_tax: number;
  readonly amount_total: number;
  readonly currency: string;
  readonly description: string;
  readonly metadata: Record<string, string>;
  /** The id; shown as the whole price. */
  readonly price: string;
  /** Null for what is billed by usage. */
  readonly quantity: number | null;
}

type GivenLine = Stripe.Checkout.SessionCreateParams.LineItem;

/** The lines of a checkout. Lines with price data make a price, and a product where they bring its data. */
export const linesFrom = (work: Work, given: readonly GivenLine[], mode: CheckoutMode): CheckoutLine[] => {
  const lines = given.map((line, position) => lineFrom(work, line, `line_items[${position}]`, mode));
  const recurring = lines.filter((line) => isRecurring(work, line)).length;
  requireNotTooMany(mode, { recurring, once: lines.length - recurring });
  if (mode === 'subscription' && recurring === 0) {
    throw invalidRequest('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    });
  }
  const currencies = new Set(lines.map((line) => line.currency));
  if (currencies.size > 1) {
    throw invalidRequest('All line items must have one currency.', { param: 'line_items' });
  }
  return lines;
};

const requireNotTooMany = (mode: CheckoutMode, { recurring, once }: { recurring: number; once: number }): void => {
  const isOfSubscription = mode === 'subscription';
  if (isOfSubscription ? Math.max(recurring, once) <= linesOfKindMax : recurring + once <= linesMax) return;
  const most = isOfSubscription
    ? `${linesOfKindMax} line items with recurring and ${linesOfKindMax} with one-time prices`
    : `${linesMax} line items`;
  throw invalidRequest(`A checkout takes at most ${most}.`, { param: 'line_items' });
};

export type CheckoutMode = 'payment' | 'setup' | 'subscription';

export const isRecurring = (work: Work, line: CheckoutLine): boolean =>
  work.require(prices, line.price).recurring !== null;

const lineFrom = (work: Work, given: GivenLine, param: string, mode: CheckoutMode): CheckoutLine => {
  refuseUnserved(given, ['adjustable_quantity', 'tax_rates']);
  const price = priceOf(work, given, param);
  if (price.recurring !== null && mode !== 'subscription') {
    throw invalidRequest('A recurring price needs mode subscription.', { param: `${param}[price]` });
  }
  if (price.recurring?.usage_type === 'metered') return meteredLine(work, price, given, param);
  const quantity = given.quantity ?? 1;
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > quantityMax) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: `${param}[quantity]`,
    });
  }
  if (price.unit_amount_decimal === null || price._tiers !== null) {
    throw invalidRequest('The sandbox takes prices with a unit amount in checkouts.', { param: `${param}[price]` });
  }
  const amount = countableAmount(lineAmount(price.unit_amount_decimal, quantity), `${param}[quantity]`);
  return lineOf(work, price, given, { amount, quantity });
};

/** What is billed by usage costs nothing yet. */
const meteredLine = (work: Work, price: PriceObject, given: GivenLine, param: string): CheckoutLine => {
  if (given.quantity === undefined) return lineOf(work, price, given, { amount: 0, quantity: null });
  throw invalidRequest('Quantity should not be specified where usage_type is `metered`.', {
    param: `${param}[quantity]`,
  });
};

const lineOf = (
  work: Work,
  price: PriceObject,
  given: GivenLine,
  { amount, quantity }: Pick<CheckoutLine, 'quantity'> & { readonly amount: number },
): CheckoutLine => ({
  id: work.newId('li'),
  object: 'item',
  adjustable_quantity: null,
  amount_discount: 0,
  amount_subtotal: amount,
  amount_tax: 0,
  amount_total: amount,
  currency: price.currency,
  description: work.get(products, String(price.product))?.name ?? price.nickname ?? price.id,
  metadata: metadataMerged({}, given.metadata),
  price: price.id,
  quantity,
});

const priceOf = (work: Work, given: GivenLine, param: string) => {
  if (given.price !== undefined && given.price_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', {
      param: `${param}[price]`,
    });
  }
  if (given.price !== undefined) {
    const price = work.require(prices, given.price, `${param}[price]`);
    if (price.active) return price;
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param: `${param}[price]`,
    });
  }
  const data = given.price_data;
  if (data === undefined) {
    throw invalidRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    });
  }
  if (data.product !== undefined) work.require(products, data.product, `${param}[price_data][product]`);
  if (data.product !== undefined && data.product_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', {
      param: `${param}[price_data][product]`,
    });
  }
  if (data.product === undefined && data.product_data === undefined) {
    const missing = `${param}[price_data][product]`;
    throw invalidRequest(`Missing required param: ${missing}.`, { code: 'parameter_missing', param: missing });
  }
  const productId = data.product ?? putProduct(work, data.product_data as unknown as ProductData).id;
  return putPrice(work, data as unknown as PriceData, productId);
};

/** What a line costs, whatever a trial makes of it today; what is billed by usage costs nothing yet. */
export const wholeAmount = (work: Work, { price, quantity }: CheckoutLine): number => {
  const { unit_amount_decimal: unit } = work.require(prices, price);
  return unit === null || quantity === null ? 0 : Number(lineAmount(unit, quantity));
};
