import { escapeHtml } from '../pages/layout.js';
import { moneyText } from '../pages/money-text.js';
import type { PriceObject } from '../resources/products/price.js';
import { products } from '../resources/products/product.js';
import type { Work } from '../work.js';

/** The day in UTC, as 2026-04-01. */
export const dayWords = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** HTML: "Gold, 32.52 USD / month". */
export const priceWords = (work: Work, price: PriceObject): string => {
  const name = work.get(products, String(price.product))?.name ?? 'Product';
  const amount = price.unit_amount === null ? 'by amount used' : moneyText(price.unit_amount, price.currency);
  return escapeHtml(`${name}, ${amount}${intervalWords(price)}`);
};

const intervalWords = ({ recurring }: PriceObject): string => {
  if (recurring === null) return '';
  const { interval, interval_count: count } = recurring;
  return count === 1 ? ` / ${interval}` : ` every ${count} ${interval}s`;
};
