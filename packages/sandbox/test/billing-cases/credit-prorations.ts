import { type BillingCase, changed, docs, monthly, type Step, subscribed } from './billing-case.js';

const page = docs('/billing/subscriptions/prorations#credit-prorations');
const compare = docs('/billing/subscriptions/billing-mode/compare#credit-proration-calculations');
const prices = { ten: monthly(1000), twenty: monthly(2000) };

/** 10.00 from 1 April, 20.00 from the 11th without prorations, 10.00 again from the 21st. */
const upAndDown = (last: Step): readonly Step[] => [
  { create: subscribed('ten') },
  {
    at: '2026-04-11',
    update: { items: [changed({ price: '@price:twenty' })], proration_behavior: 'none' },
    expect: { invoices: 1, pending: [] },
  },
  {
    at: '2026-04-21',
    update: { items: [changed({ price: '@price:ten' })], proration_behavior: 'always_invoice' },
    ...last,
  },
];

/** A coupon of 5.00 on items of 10.00 and 20.00; halfway the first is deleted. */
const uneven = (pending: readonly number[]): readonly Step[] => [
  {
    create: {
      items: [{ price: '@price:ten' }, { price: '@price:twenty' }],
      discounts: [{ coupon: '@coupon:five' }],
    },
    expect: { total: 2500, discounts: 500, lines: [1000, 2000], lineDiscounts: [166, 334] },
  },
  {
    at: '2026-02-15',
    deleteItem: { item: 0, proration_behavior: 'create_prorations' },
    expect: { pending },
  },
];

const halfOff = { half: { percent_off: 50, duration: 'forever' } };
const discounted = { discounts: [{ coupon: '@coupon:half' }] };

export const creditProrationCases: readonly BillingCase[] = [
  {
    promise: 'classic: a third of the 20.00 that was never billed is credited, -6.67 and 3.33',
    page,
    mode: 'classic',
    start: '2026-04-01',
    prices,
    steps: upAndDown({ expect: { lines: [-667, 333], total: -334 } }),
  },
  {
    promise: 'flexible: a third of the 10.00 that was billed is credited, and the invoice is 0',
    page,
    mode: 'flexible',
    start: '2026-04-01',
    prices,
    steps: upAndDown({ expect: { lines: [-333, 333], total: 0, creditsNamed: true } }),
  },
  {
    promise: 'classic: an item that is deleted gives back half of 10.00 less the whole coupon, -2.50',
    page,
    mode: 'classic',
    start: '2026-02-01',
    prices,
    coupons: { five: { amount_off: 500, currency: 'usd', duration: 'repeating', duration_in_months: 12 } },
    steps: uneven([-250]),
  },
  {
    promise: 'flexible: an item that is deleted gives back half of 10.00 less its share of the coupon, -4.17',
    page,
    mode: 'flexible',
    start: '2026-02-01',
    prices,
    coupons: { five: { amount_off: 500, currency: 'usd', duration: 'repeating', duration_in_months: 12 } },
    steps: uneven([-417]),
  },
  {
    promise: 'flexible: what is credited names the invoice and the line that charged it',
    page: compare,
    mode: 'flexible',
    start: '2026-04-01',
    prices: { nine: monthly(900) },
    steps: [
      { create: subscribed('nine') },
      {
        at: '2026-04-11',
        update: { items: [changed({ quantity: 2 })], proration_behavior: 'always_invoice' },
        // 20 of 30 days: 6.00 of 9.00 back, 12.00 of 18.00 to pay.
        expect: { lines: [-600, 1200], total: 600, creditsNamed: true },
      },
      {
        at: '2026-04-21',
        update: { items: [changed({ quantity: 1 })], proration_behavior: 'always_invoice' },
        // 10 of the 20 days that 12.00 paid for, and a third of 9.00.
        expect: { lines: [-600, 300], total: -300, creditsNamed: true },
      },
    ],
  },
  {
    promise: 'a discount of the subscription is in the amount of its prorations, which are discounted no further',
    page: docs('/billing/subscriptions/prorations#prorations-and-discounts'),
    start: '2026-04-01',
    prices: { twenty: monthly(2000), forty: monthly(4000) },
    coupons: halfOff,
    steps: [
      { create: subscribed('twenty', discounted), expect: { total: 1000, discounts: 1000 } },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:forty' })], proration_behavior: 'always_invoice' },
        // Half of 10.00 back, half of 20.00 to pay.
        expect: { lines: [-500, 1000], total: 500, discounts: 0 },
      },
    ],
  },
  {
    promise: 'itemized proration discounts show gross amounts and what was taken off them',
    page: docs('/billing/subscriptions/billing-mode#itemize-proration-discounts'),
    start: '2026-04-01',
    prices: { twenty: monthly(2000), forty: monthly(4000) },
    coupons: halfOff,
    steps: [
      {
        create: subscribed('twenty', {
          ...discounted,
          billing_mode: { type: 'flexible', flexible: { proration_discounts: 'itemized' } },
        }),
      },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:forty' })], proration_behavior: 'always_invoice' },
        // Gross: half of 20 and of 40; of -10 + 20 half is taken off.
        expect: { lines: [-1000, 2000], subtotal: 1000, total: 500, discounts: 500 },
      },
    ],
  },
  {
    promise: 'classic: a change of quantity with the discount taken away is counted without it on both sides',
    page: docs('/billing/subscriptions/prorations#discount-changes-and-prorations'),
    mode: 'classic',
    start: '2026-04-01',
    prices: { twenty: monthly(2000) },
    coupons: halfOff,
    steps: [
      { create: subscribed('twenty', discounted), expect: { total: 1000 } },
      {
        at: '2026-04-16',
        update: { items: [changed({ quantity: 2 })], discounts: '' },
        // Half of 20.00 back, half of 40.00 to pay.
        expect: { pending: [-1000, 2000] },
      },
    ],
  },
];
