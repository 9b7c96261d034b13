import { type BillingCase, docs, monthly, type Params, subscribed, weekly, yearly } from './billing-case.js';

const page = docs('/billing/subscriptions/coupons');
const duration = `${page}#coupon-duration`;
const stacked = `${page}#stackable-coupons-and-promotion-codes`;

const half = (fields: Params): Params => ({ percent_off: 50, ...fields });
const fourMonths = { half: half({ duration: 'repeating', duration_in_months: 4 }) };
const twentyAndFive = {
  twenty: { percent_off: 20, duration: 'forever' },
  five: { amount_off: 500, currency: 'usd', duration: 'repeating', duration_in_months: 12 },
};
const with_ = (...coupons: readonly string[]): Params => ({
  discounts: coupons.map((coupon) => ({ coupon: `@coupon:${coupon}` })),
});

export const discountCases: readonly BillingCase[] = [
  {
    promise: 'once: the first invoice alone, and the subscription does not show it any more',
    page: duration,
    start: '2026-01-01',
    prices: { ten: monthly(1000) },
    coupons: { half: half({ duration: 'once' }) },
    steps: [
      { create: subscribed('ten', with_('half')), expect: { total: 500, discounts: 500, discounted: false } },
      { at: '2026-02-01T02:00', expect: { total: 1000, discounts: 0 } },
    ],
  },
  {
    promise: 'four months of half: four monthly invoices',
    page: duration,
    start: '2026-01-01',
    prices: { ten: monthly(1000) },
    coupons: fourMonths,
    steps: [
      { create: subscribed('ten', with_('half')), expect: { total: 500 } },
      { at: '2026-02-01T02:00', expect: { total: 500 } },
      { at: '2026-03-01T02:00', expect: { total: 500 } },
      { at: '2026-04-01T02:00', expect: { total: 500 } },
      { at: '2026-05-01T02:00', expect: { invoices: 5, total: 1000 } },
    ],
  },
  {
    promise: 'four months of half on a yearly price: half of the whole year',
    page: duration,
    start: '2026-01-01',
    prices: { year: yearly(12_000) },
    coupons: fourMonths,
    steps: [
      { create: subscribed('year', with_('half')), expect: { total: 6000 } },
      { at: '2027-01-01T02:00', expect: { total: 12_000 } },
    ],
  },
  {
    promise: 'one month of half on a weekly price: every invoice within the month',
    page: duration,
    start: '2026-01-01',
    prices: { week: weekly(1000) },
    coupons: { half: half({ duration: 'repeating', duration_in_months: 1 }) },
    steps: [
      { create: subscribed('week', with_('half')), expect: { total: 500 } },
      { at: '2026-01-29T02:00', expect: { invoices: 5, total: 500 } },
      { at: '2026-02-05T02:00', expect: { invoices: 6, total: 1000 } },
    ],
  },
  {
    promise: 'forever: every invoice',
    page: duration,
    start: '2026-01-01',
    prices: { ten: monthly(1000) },
    coupons: { half: half({ duration: 'forever' }) },
    steps: [
      { create: subscribed('ten', with_('half')), expect: { total: 500 } },
      { at: '2026-02-01T02:00', expect: { total: 500, discounted: true } },
    ],
  },
  {
    promise: '20 % and then 5 off',
    page: stacked,
    start: '2026-01-01',
    prices: { twenty: monthly(2000) },
    coupons: twentyAndFive,
    // 20.00 less 4.00 is 16.00; less 5.00 is 11.00.
    steps: [{ create: subscribed('twenty', with_('twenty', 'five')), expect: { total: 1100, discounts: 900 } }],
  },
  {
    promise: '5 off and then 20 % is something else',
    page: stacked,
    start: '2026-01-01',
    prices: { twenty: monthly(2000) },
    coupons: twentyAndFive,
    // 20.00 less 5.00 is 15.00; less 3.00 is 12.00.
    steps: [{ create: subscribed('twenty', with_('five', 'twenty')), expect: { total: 1200, discounts: 800 } }],
  },
  {
    promise: 'a discount of one item is of that item only',
    page: stacked,
    start: '2026-01-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    coupons: { half: half({ duration: 'forever' }) },
    steps: [
      {
        create: { items: [{ price: '@price:ten', ...with_('half') }, { price: '@price:twenty' }] },
        expect: { lines: [1000, 2000], total: 2500, discounts: 500 },
      },
    ],
  },
  {
    promise: 'a new discount invoices nothing and counts from the next invoice on',
    page: `${page}#update-a-subscription`,
    start: '2026-01-01',
    prices: { ten: monthly(1000) },
    coupons: { half: half({ duration: 'forever' }) },
    steps: [
      { create: subscribed('ten'), expect: { total: 1000 } },
      { at: '2026-01-15', update: with_('half'), expect: { invoices: 1, pending: [] } },
      { at: '2026-02-01T02:00', expect: { total: 500 } },
      { at: '2026-02-15', update: { discounts: '' }, expect: { discounted: false } },
      { at: '2026-03-01T02:00', expect: { total: 1000 } },
    ],
  },
  {
    promise: 'flexible: a coupon of two months is used up by two months before today',
    page: docs('/billing/subscriptions/backdating#backdating-and-discounts'),
    mode: 'flexible',
    start: '2026-03-01',
    prices: { ten: monthly(1000) },
    coupons: { half: half({ duration: 'repeating', duration_in_months: 2 }) },
    steps: [
      { create: subscribed('ten', { backdate_start_date: '@time:2026-01-01', ...with_('half') }) },
      { at: '2026-04-01T02:00', expect: { lines: [1000], total: 1000, discounts: 0 } },
    ],
  },
];
