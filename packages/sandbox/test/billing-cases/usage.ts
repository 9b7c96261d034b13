import { type BillingCase, docs, type Params } from './billing-case.js';

const compare = docs('/billing/subscriptions/billing-mode/compare#usage-based-pricing');

/** The player makes a meter for each price that is metered. */
const metered = (unit_amount: number): Params => ({
  unit_amount,
  recurring: { interval: 'month', usage_type: 'metered' },
});
const unitOf = { unit: metered(100) };

export const usageCases: readonly BillingCase[] = [
  {
    promise: '15 and 17 units at 1 are 32, billed at the end of the period that begins on 15 January',
    page: docs('/revenue-recognition/examples#monthly-metered-subscription'),
    start: '2019-01-15',
    prices: unitOf,
    steps: [
      { create: { items: [{ price: '@price:unit' }] }, expect: { status: 'active' } },
      { at: '2019-01-25', usage: ['unit', 15] },
      { at: '2019-02-04', usage: ['unit', 17] },
      { at: '2019-02-15T02:00', expect: { lines: [[3200, '2019-01-15', '2019-02-15']], total: 3200, paid: 3200 } },
    ],
  },
  {
    promise: 'flexible: metered items alone make no invoice when they are subscribed to',
    page: docs('/billing/invoices/subscription#new-subscription-invoices'),
    mode: 'flexible',
    start: '2026-01-01',
    prices: unitOf,
    steps: [{ create: { items: [{ price: '@price:unit' }] }, expect: { status: 'active', invoices: 0 } }],
  },
  {
    promise: 'classic: they make an invoice with a line of 0',
    page: compare,
    mode: 'classic',
    start: '2026-01-01',
    prices: unitOf,
    steps: [{ create: { items: [{ price: '@price:unit' }] }, expect: { invoices: 1, lines: [0], total: 0 } }],
  },
  {
    promise: 'a renewal bills the flat rate ahead and the usage behind on one invoice',
    page: docs('/billing/subscriptions/quantities#billing-periods-with-multiple-prices'),
    mode: 'flexible',
    start: '2026-01-01',
    prices: { ...unitOf, flat: { unit_amount: 1000, recurring: { interval: 'month' } } },
    steps: [
      {
        create: { items: [{ price: '@price:flat' }, { price: '@price:unit' }] },
        expect: { total: 1000, lines: [1000] },
      },
      { at: '2026-01-20', usage: ['unit', 7] },
      {
        at: '2026-02-01T02:00',
        expect: {
          lines: [
            [1000, '2026-02-01', '2026-03-01'],
            [700, '2026-01-01', '2026-02-01'],
          ],
          total: 1700,
        },
      },
    ],
  },
  {
    promise: 'usage of a trial is not billed',
    page: docs('/billing/subscriptions/trials/free-trials#trials-with-usage-based-billing'),
    start: '2026-01-01',
    prices: unitOf,
    steps: [
      { create: { items: [{ price: '@price:unit' }], trial_end: '@time:2026-02-01' } },
      { at: '2026-01-10', usage: ['unit', 50] },
      { at: '2026-02-10', usage: ['unit', 3] },
      { at: '2026-03-01T02:00', expect: { total: 300 } },
    ],
  },
];
