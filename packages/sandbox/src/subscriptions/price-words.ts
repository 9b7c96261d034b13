import { decimalsOf } from '../resources/currency-rules.js';
import type { PriceObject } from '../resources/products/price.js';
import { unitDecimalOf } from '../resources/products/price-amount.js';
import { products } from '../resources/products/product.js';
import type { Work } from '../work.js';

const symbols: Readonly<Record<string, string>> = { eur: '€', gbp: '£', usd: '$' };

/** "2 × Gold (at $10.00 / month)", as Stripe's lines say it; a price by tiers has no one amount. */
export const periodWords = (work: Work, price: PriceObject, quantity: number, currency: string): string => {
  const named = `${quantity} × ${productName(work, price)}`;
  if (price._tiers !== null) return named;
  return `${named} (at ${unitWords(unitDecimalOf(price, currency), currency)} / ${intervalWords(price)})`;
};

/** Flexible mode says of how many: https://docs.stripe.com/billing/subscriptions/billing-mode/compare */
export const trialWords = (work: Work, price: PriceObject, quantity: number | null): string =>
  quantity === null
    ? `Trial period for ${productName(work, price)}`
    : `Free trial for ${quantity} × ${productName(work, price)}`;

/** "Unused time on 2 × Gold after 15 Jan 2030" */
export const prorationWords = (
  work: Work,
  price: PriceObject,
  { kind, quantity, at }: { readonly kind: 'Remaining' | 'Unused'; readonly quantity: number; readonly at: number },
): string => {
  const name = productName(work, price);
  return `${kind} time on ${quantity === 1 ? name : `${quantity} × ${name}`} after ${dateWords(at)}`;
};

const productName = (work: Work, price: PriceObject): string =>
  work.get(products, String(price.product))?.name ?? price.nickname ?? price.id;

const intervalWords = ({ recurring }: PriceObject): string => {
  const { interval = 'month', interval_count: count = 1 } = recurring ?? {};
  return count === 1 ? interval : `every ${count} ${interval}s`;
};

/** A unit may be finer than the smallest coin: then all its digits are shown. */
const unitWords = (decimal: string, currency: string): string => {
  const [whole = '0', rest = ''] = decimal.split('.');
  const decimals = decimalsOf(currency);
  const digits = whole.padStart(decimals + 1, '0');
  const units = digits.slice(0, digits.length - decimals);
  const cents = `${decimals === 0 ? '' : digits.slice(-decimals)}${rest}`;
  return `${symbols[currency] ?? `${currency.toUpperCase()} `}${units}${cents === '' ? '' : `.${cents}`}`;
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dateWords = (at: number): string => {
  const date = new Date(at * 1000);
  return `${String(date.getUTCDate()).padStart(2, '0')} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};
