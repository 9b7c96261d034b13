import { type BillingCase, changed, docs, monthly, subscribed, yearly } from './billing-case.js';

const preview = docs('/billing/subscriptions/prorations#preview-proration');
const invoices = docs('/billing/invoices/subscription#preview-upcoming-invoices');

/** The subscription of the page's example: its period begins at 1596749288 and ends at 1599427688. */
const exampleStart = '2020-08-06T21:28:08';
const exampleProration = '@time:2020-09-01T17:42:28';
const toGold = { items: [changed({ price: '@price:gold' })] };

export const previewCases: readonly BillingCase[] = [
  {
    promise: "the page's example: -1.66 unused of Silver, 5.41 remaining of Gold, 32.52 of the next month, 36.27 due",
    page: preview,
    // 445540 of 2678400 seconds are left: 10.00 gives 1.663, 32.52 gives 5.4096.
    start: exampleStart,
    prices: { silver: monthly(1000), gold: monthly(3252) },
    steps: [
      { create: subscribed('silver') },
      {
        at: '2020-09-01T17:42:28',
        preview: {
          subscription: '@subscription',
          subscription_details: { ...toGold, proration_date: exampleProration },
        },
        expect: { lines: [-166, 541, 3252], subtotal: 3627, total: 3627, due: 3627 },
      },
      // A preview changes nothing.
      { expect: { pending: [], invoices: 1 } },
    ],
  },
  {
    promise: 'the update with the date of its preview costs what the preview said, however late it is made',
    page: preview,
    start: exampleStart,
    prices: { silver: monthly(1000), gold: monthly(3252) },
    steps: [
      { create: subscribed('silver') },
      {
        at: '2020-09-03T08:00',
        update: { ...toGold, proration_date: exampleProration },
        expect: { pending: [-166, 541] },
      },
      // 2020-09-06T21:28:08 is 1599427688.
      { at: '2020-09-06T23:00', expect: { lines: [-166, 541, 3252], total: 3627, paid: 3627 } },
    ],
  },
  {
    promise: 'a preview without changes is the next invoice: price, pending items, discounts and the credit balance',
    page: invoices,
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    coupons: { half: { percent_off: 50, duration: 'forever' } },
    steps: [
      { create: subscribed('ten') },
      { at: '2026-04-16', update: { items: [changed({ price: '@price:twenty' })] } },
      { update: { discounts: [{ coupon: '@coupon:half' }] } },
      { balanceBy: -300 },
      {
        preview: { subscription: '@subscription' },
        // 20.00 less half; prorations of 5.00 are not discounted again; 3.00 of credit.
        expect: { lines: [-500, 1000, 2000], subtotal: 2500, total: 1500, due: 1200, startingBalance: -300 },
      },
    ],
  },
  {
    promise: 'a preview of another quantity prorates it and shows the next period with it',
    page: invoices,
    start: '2026-04-01',
    prices: { ten: monthly(1000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        preview: { subscription: '@subscription', subscription_details: { items: [changed({ quantity: 3 })] } },
        // Half of 10 back, half of 30 to pay, 30 of May.
        expect: { lines: [-500, 1500, 3000], total: 4000 },
      },
    ],
  },
  {
    promise: 'a preview that bills at once shows the prorations alone',
    page: docs('/api/invoices/create_preview'),
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        preview: {
          subscription: '@subscription',
          subscription_details: {
            items: [changed({ price: '@price:twenty' })],
            proration_behavior: 'always_invoice',
          },
        },
        expect: { lines: [-500, 1000], total: 500 },
      },
    ],
  },
  {
    promise: 'a preview of a subscription that does not exist yet is its first invoice',
    page: docs('/api/invoices/create_preview'),
    start: '2026-04-01',
    prices: { basic: yearly(10_000), seat: yearly(1000) },
    steps: [
      {
        preview: {
          customer: '@customer',
          subscription_details: { items: [{ price: '@price:basic' }, { price: '@price:seat', quantity: 2 }] },
        },
        expect: { lines: [10_000, 2000], total: 12_000, due: 12_000 },
      },
    ],
  },
  {
    promise: 'a preview with a trial costs nothing yet',
    page: invoices,
    start: '2026-04-01',
    prices: { ten: monthly(1000) },
    steps: [
      {
        preview: {
          customer: '@customer',
          subscription_details: { items: [{ price: '@price:ten' }], trial_end: '@time:2026-04-15' },
        },
        expect: { lines: [0], total: 0, due: 0 },
      },
    ],
  },
];
