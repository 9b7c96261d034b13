import { type BillingCase, docs, monthly, type Params, weekly, yearly } from './billing-case.js';

const page = docs('/billing/subscriptions/mixed-interval');
const alignment = `${page}#interval-alignment`;

const every = (interval: string, interval_count = 1): Params => ({
  unit_amount: 1000,
  recurring: { interval, interval_count },
});

const together = (promise: string, one: Params, other: Params, allowed: boolean): BillingCase => ({
  promise,
  page: alignment,
  mode: 'flexible',
  start: '2026-01-01',
  prices: { one, other },
  steps: [
    {
      create: { items: [{ price: '@price:one' }, { price: '@price:other' }] },
      ...(allowed ? { expect: { status: 'active', invoices: 1 } } : { refused: {} }),
    },
  ],
});

export const mixedIntervalCases: readonly BillingCase[] = [
  {
    promise: 'items of one, two and three months keep periods of their own and share invoices where these meet',
    page: `${page}#billing-periods-for-mixed-interval-subscriptions`,
    mode: 'flexible',
    start: '2026-01-01',
    prices: { one: monthly(1000), two: monthly(2000, 2), three: monthly(3000, 3) },
    steps: [
      {
        create: { items: [{ price: '@price:one' }, { price: '@price:two' }, { price: '@price:three' }] },
        expect: {
          lines: [1000, 2000, 3000],
          total: 6000,
          periods: [
            ['2026-01-01', '2026-02-01'],
            ['2026-01-01', '2026-03-01'],
            ['2026-01-01', '2026-04-01'],
          ],
        },
      },
      {
        at: '2026-02-01T02:00',
        expect: {
          invoices: 2,
          lines: [[1000, '2026-02-01', '2026-03-01']],
          periods: [
            ['2026-02-01', '2026-03-01'],
            ['2026-01-01', '2026-03-01'],
            ['2026-01-01', '2026-04-01'],
          ],
        },
      },
      {
        at: '2026-03-01T02:00',
        expect: {
          invoices: 3,
          lines: [
            [1000, '2026-03-01', '2026-04-01'],
            [2000, '2026-03-01', '2026-05-01'],
          ],
          periods: [
            ['2026-03-01', '2026-04-01'],
            ['2026-03-01', '2026-05-01'],
            ['2026-01-01', '2026-04-01'],
          ],
        },
      },
      {
        at: '2026-04-01T02:00',
        expect: {
          invoices: 4,
          lines: [
            [1000, '2026-04-01', '2026-05-01'],
            [3000, '2026-04-01', '2026-07-01'],
          ],
        },
      },
    ],
  },
  {
    promise: 'a trial ends for all items at once',
    page: `${page}#free-trial`,
    mode: 'flexible',
    start: '2026-01-01',
    prices: { one: monthly(1000), two: monthly(2000, 2) },
    steps: [
      {
        create: { items: [{ price: '@price:one' }, { price: '@price:two' }], trial_end: '@time:2026-02-01' },
        expect: {
          periods: [
            ['2026-01-01', '2026-02-01'],
            ['2026-01-01', '2026-02-01'],
          ],
        },
      },
      {
        at: '2026-02-01T02:00',
        expect: {
          lines: [
            [1000, '2026-02-01', '2026-03-01'],
            [2000, '2026-02-01', '2026-04-01'],
          ],
        },
      },
    ],
  },
  {
    promise: 'classic: items of two intervals are refused',
    page: docs('/billing/subscriptions/billing-mode/compare#mixed-intervals-on-the-same-subscription'),
    mode: 'classic',
    start: '2026-01-01',
    prices: { month: monthly(1000), year: yearly(10_000) },
    steps: [{ create: { items: [{ price: '@price:month' }, { price: '@price:year' }] }, refused: {} }],
  },
  together('1 month with 3 months', monthly(1000), monthly(3000, 3), true),
  together('1 month with 1 year', monthly(1000), yearly(10_000), true),
  together('1 day with 1 week', every('day'), weekly(1000), true),
  together('1 day with 3 months', every('day'), monthly(1000, 3), true),
  together('2 weeks with 4 weeks', weekly(1000, 2), weekly(1000, 4), true),
  together('never 2 months with 3 months', monthly(1000, 2), monthly(1000, 3), false),
  together('never 4 months with 6 months', monthly(1000, 4), monthly(1000, 6), false),
  together('never 1 week with 1 month', weekly(1000), monthly(1000), false),
  together('never 2 days with 1 week', every('day', 2), weekly(1000), false),
  together('never 5 months with 1 year', monthly(1000, 5), yearly(1000), false),
];
