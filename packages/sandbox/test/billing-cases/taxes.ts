import { type BillingCase, docs, type Expected, monthly, type Params, subscribed } from './billing-case.js';

const page = docs('/billing/taxes/tax-rates');

const rate = (percentage: number, inclusive: boolean): Params => ({ display_name: 'Tax', percentage, inclusive });
const tenOff = { ten: { percent_off: 10, duration: 'forever' } };
const discounted = { discounts: [{ coupon: '@coupon:ten' }] };
/** Items of 5.00 and 10.00. */
const fiveAndTen = { five: monthly(500), ten: monthly(1000) };
const bothItems = [{ price: '@price:five' }, { price: '@price:ten' }];

interface Taxed {
  readonly create: Params;
  readonly rates: Readonly<Record<string, Params>>;
  readonly prices?: Readonly<Record<string, Params>>;
  readonly exempt?: string;
  readonly coupons?: Readonly<Record<string, Params>>;
  readonly at: string;
}

const taxed = (promise: string, given: Taxed, expect: Expected): BillingCase => ({
  promise,
  page: `${page}#${given.at}`,
  start: '2026-04-01',
  prices: given.prices ?? fiveAndTen,
  rates: given.rates,
  ...(given.coupons === undefined ? {} : { coupons: given.coupons }),
  ...(given.exempt === undefined ? {} : { customer: { tax_exempt: given.exempt } }),
  steps: [{ create: given.create, expect }],
});

const onFive = subscribed('five', { default_tax_rates: ['@rate:vat'] });
const onHundred = subscribed('hundred', { default_tax_rates: ['@rate:vat'] });
const hundred = { hundred: monthly(10_000) };
const kinds = 'inclusive-versus-exclusive-tax';

export const taxCases: readonly BillingCase[] = [
  taxed(
    '25 % on top of 5.00 are 1.25, 6.25 in all',
    { create: onFive, rates: { vat: rate(25, false) }, at: kinds },
    { subtotal: 500, taxes: 125, total: 625, paid: 625 },
  ),
  taxed(
    '25 % within 5.00 are 1.00, 5.00 in all',
    { create: onFive, rates: { vat: rate(25, true) }, at: kinds },
    { subtotal: 500, taxes: 100, total: 500, paid: 500 },
  ),
  taxed(
    'an exempt customer pays 90.91 of 100 with 10 % within',
    {
      create: onHundred,
      rates: { vat: rate(10, true) },
      prices: hundred,
      exempt: 'exempt',
      at: 'tax-exempt-and-reverse-charge',
    },
    { taxes: 0, total: 9091 },
  ),
  taxed(
    'an exempt customer pays 100 of 100 with 10 % on top',
    {
      create: onHundred,
      rates: { vat: rate(10, false) },
      prices: hundred,
      exempt: 'exempt',
      at: 'tax-exempt-and-reverse-charge',
    },
    { taxes: 0, total: 10_000 },
  ),
  taxed(
    'two lines of two rates: 0.25 and 1.00, 16.25 in all',
    {
      create: {
        items: [
          { price: '@price:five', tax_rates: ['@rate:low'] },
          { price: '@price:ten', tax_rates: ['@rate:high'] },
        ],
      },
      rates: { low: rate(5, false), high: rate(10, false) },
      at: 'tax-amounts',
    },
    { subtotal: 1500, taxes: 125, total: 1625 },
  ),
  taxed(
    'rates of an item stand in place of the default ones',
    {
      create: {
        items: [{ price: '@price:five' }, { price: '@price:ten', tax_rates: ['@rate:high'] }],
        default_tax_rates: ['@rate:low'],
      },
      rates: { low: rate(5, false), high: rate(10, false) },
      at: 'using-multiple-tax-rates',
    },
    // 5 % of 5.00 and 10 % of 10.00.
    { taxes: 125, total: 1625 },
  ),
  taxed(
    'rounded by line: 10 % within 1,000.00 and 50.00 are 90.91 and 4.55',
    {
      create: {
        items: [{ price: '@price:much' }, { price: '@price:little' }],
        default_tax_rates: ['@rate:vat'],
      },
      prices: { much: monthly(100_000), little: monthly(5000) },
      rates: { vat: rate(10, true) },
      at: 'rounding',
    },
    { taxes: 9546, total: 105_000 },
  ),
  taxed(
    'a discount comes before tax on top: 0.23 and 0.45, 14.18 in all',
    {
      create: { items: bothItems, default_tax_rates: ['@rate:vat'], ...discounted },
      rates: { vat: rate(5, false) },
      coupons: tenOff,
      at: 'exclusive-tax-discount-example',
    },
    { subtotal: 1500, discounts: 150, taxes: 68, total: 1418 },
  ),
  taxed(
    'a discount comes before tax within: 0.21 and 0.43, 13.50 in all',
    {
      create: { items: bothItems, default_tax_rates: ['@rate:vat'], ...discounted },
      rates: { vat: rate(5, true) },
      coupons: tenOff,
      at: 'inclusive-tax-discount-example',
    },
    { subtotal: 1500, discounts: 150, taxes: 64, total: 1350 },
  ),
  taxed(
    'both: 0.64 within, 0.90 of what is left on top, 14.40 in all',
    {
      create: { items: bothItems, default_tax_rates: ['@rate:within', '@rate:top'], ...discounted },
      rates: { within: rate(5, true), top: rate(7, false) },
      coupons: tenOff,
      at: 'both-inclusive-and-exclusive-tax-with-discount-example',
    },
    { subtotal: 1500, discounts: 150, taxes: 154, total: 1440 },
  ),
  taxed(
    '31 with 10 % on top are 34.10',
    {
      create: subscribed('month', { default_tax_rates: ['@rate:vat'] }),
      prices: { month: monthly(3100) },
      rates: { vat: rate(10, false) },
      at: kinds,
    },
    { taxes: 310, total: 3410 },
  ),
];
