import { type BillingCase, changed, docs, monthly, subscribed, weekly, yearly } from './billing-case.js';

const page = docs('/billing/subscriptions/billing-cycle');
const config = `${page}#use-billing_cycle_anchor_config`;
const changing = `${page}#change-the-billing-period-on-existing-subscriptions`;

export const billingCycleCases: readonly BillingCase[] = [
  {
    promise: 'a month anchored on 31 January bills on 28 February, 31 March and 30 April',
    page,
    start: '2026-01-31',
    prices: { ten: monthly(1000) },
    steps: [
      { create: subscribed('ten'), expect: { anchor: '2026-01-31', periods: [['2026-01-31', '2026-02-28']] } },
      { at: '2026-02-28', expect: { invoices: 2, lines: [[1000, '2026-02-28', '2026-03-31']] } },
      { at: '2026-03-31', expect: { invoices: 3, lines: [[1000, '2026-03-31', '2026-04-30']] } },
      { at: '2026-04-30', expect: { invoices: 4, lines: [[1000, '2026-04-30', '2026-05-31']], anchor: '2026-01-31' } },
    ],
  },
  {
    promise: 'and on 29 February in a leap year',
    page,
    start: '2028-01-31',
    prices: { ten: monthly(1000) },
    steps: [
      { create: subscribed('ten'), expect: { periods: [['2028-01-31', '2028-02-29']] } },
      { at: '2028-02-29', expect: { invoices: 2, lines: [[1000, '2028-02-29', '2028-03-31']] } },
    ],
  },
  {
    promise: 'a month anchored on 2 September bills on the 2nd',
    page,
    start: '2026-09-02',
    prices: { ten: monthly(1000) },
    steps: [
      { create: subscribed('ten') },
      { at: '2026-10-02', expect: { invoices: 2, lines: [[1000, '2026-10-02', '2026-11-02']] } },
      { at: '2026-11-02', expect: { invoices: 3, lines: [[1000, '2026-11-02', '2026-12-02']] } },
    ],
  },
  {
    promise: 'a week anchored on Friday, 3 June bills every Friday',
    page,
    start: '2022-06-03',
    prices: { ten: weekly(1000) },
    steps: [
      { create: subscribed('ten') },
      { at: '2022-06-10', expect: { invoices: 2, lines: [[1000, '2022-06-10', '2022-06-17']] } },
      { at: '2022-06-17', expect: { invoices: 3, lines: [[1000, '2022-06-17', '2022-06-24']] } },
    ],
  },
  {
    promise: 'day_of_month 31 renews at the end of each month, after a prorated beginning',
    page: config,
    start: '2026-04-10',
    prices: { thirty: monthly(3000) },
    steps: [
      {
        create: subscribed('thirty', { billing_cycle_anchor_config: { day_of_month: 31 } }),
        // 20 of the 30 days from 31 March to 30 April.
        expect: { lines: [[2000, '2026-04-10', '2026-04-30']], anchor: '2026-05-31' },
      },
      { at: '2026-04-30', expect: { lines: [[3000, '2026-04-30', '2026-05-31']] } },
      { at: '2026-05-31', expect: { lines: [[3000, '2026-05-31', '2026-06-30']] } },
    ],
  },
  {
    promise: 'yearly prices cycle on the first of July when the config says so',
    page: config,
    start: '2026-08-01',
    prices: { year: yearly(36_500) },
    steps: [
      {
        create: subscribed('year', { billing_cycle_anchor_config: { month: 7, day_of_month: 1 } }),
        // 334 of 365 days.
        expect: { lines: [[33_400, '2026-08-01', '2027-07-01']], anchor: '2027-07-01' },
      },
    ],
  },
  {
    promise: 'day, hour, minute and second may be aligned with another subscription',
    page: config,
    start: '2026-04-10T12:30',
    prices: { month: monthly(3100) },
    steps: [
      {
        create: subscribed('month', {
          billing_cycle_anchor_config: { day_of_month: 15, hour: 12, minute: 30, second: 0 },
        }),
        // 5 of the 31 days from 15 March to 15 April.
        expect: { lines: [500], anchor: '2026-04-15T12:30', periods: [['2026-04-10T12:30', '2026-04-15T12:30']] },
      },
    ],
  },
  {
    promise: 'two months from February at the 31st are anchored in August and billed in February first',
    page: config,
    start: '2026-02-10',
    prices: { two: monthly(5900, 2) },
    steps: [
      {
        create: subscribed('two', { billing_cycle_anchor_config: { day_of_month: 31 } }),
        // 18 of the 59 days from 31 December to 28 February.
        expect: { lines: [[1800, '2026-02-10', '2026-02-28']], anchor: '2026-08-31' },
      },
      { at: '2026-02-28', expect: { lines: [[5900, '2026-02-28', '2026-04-30']] } },
    ],
  },
  {
    promise: 'the time before the first full invoice is billed at once in proportion',
    page: `${page}#configure-proration-behavior`,
    start: '2026-04-16',
    prices: { thirty: monthly(3000) },
    steps: [
      {
        create: subscribed('thirty', { billing_cycle_anchor: '@time:2026-05-01' }),
        // 15 of April's 30 days.
        expect: { lines: [[1500, '2026-04-16', '2026-05-01']], total: 1500, anchor: '2026-05-01' },
      },
      { at: '2026-05-01', expect: { lines: [[3000, '2026-05-01', '2026-06-01']] } },
    ],
  },
  {
    promise: 'without prorations that time is free, and nothing is invoiced until the first full period',
    page: `${page}#configure-proration-behavior`,
    start: '2026-04-16',
    prices: { thirty: monthly(3000) },
    steps: [
      {
        create: subscribed('thirty', { billing_cycle_anchor: '@time:2026-05-01', proration_behavior: 'none' }),
        expect: { status: 'active', invoices: 0 },
      },
      { at: '2026-05-01', expect: { invoices: 1, lines: [[3000, '2026-05-01', '2026-06-01']] } },
    ],
  },
  {
    promise: 'resetting the anchor to now bills a new period at once, less what was paid of the old one',
    page: `${page}#reset-the-billing-period-to-the-current-time`,
    start: '2026-04-01',
    prices: { thirty: monthly(3000) },
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-16',
        update: { billing_cycle_anchor: { type: 'now' }, proration_behavior: 'create_prorations' },
        expect: {
          lines: [-1500, [3000, '2026-04-16', '2026-05-16']],
          total: 1500,
          paid: 1500,
          anchor: '2026-04-16',
          periods: [['2026-04-16', '2026-05-16']],
        },
      },
    ],
  },
  {
    promise: 'resetting the anchor without prorations overcharges',
    page: `${page}#reset-the-billing-period-to-the-current-time`,
    start: '2026-04-01',
    prices: { thirty: monthly(3000) },
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-16',
        update: { billing_cycle_anchor: { type: 'now' }, proration_behavior: 'none' },
        expect: { lines: [3000], total: 3000, paid: 3000, periods: [['2026-04-16', '2026-05-16']] },
      },
    ],
  },
  {
    promise: 'a trial moves the billing date of a subscription that was to bill on 23 July to 1 August',
    page: `${page}#change-the-billing-period-using-a-trial-period`,
    start: '2026-06-23',
    prices: { ten: monthly(1000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-07-15',
        update: { trial_end: '@time:2026-08-01', proration_behavior: 'none' },
        expect: { status: 'trialing', anchor: '2026-08-01', total: 0, due: 0 },
      },
      { at: '2026-07-24', expect: { invoices: 2, total: 0 } },
      { at: '2026-08-01T02:00', expect: { status: 'active', lines: [[1000, '2026-08-01', '2026-09-01']], paid: 1000 } },
    ],
  },
  {
    promise: 'classic: a price of another interval moves the billing date to the day of the change',
    page: docs('/billing/subscriptions/change-price#billing-periods'),
    mode: 'classic',
    start: '2026-04-01',
    prices: { month: monthly(1000), year: yearly(10_000) },
    steps: [
      { create: subscribed('month') },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:year' })] },
        // Half of the month back, the year to pay.
        expect: {
          lines: [-500, [10_000, '2026-04-16', '2027-04-16']],
          total: 9500,
          paid: 9500,
          anchor: '2026-04-16',
        },
      },
    ],
  },
  {
    promise: 'classic: from a year to a month in its middle, the rest of the year becomes credit',
    page: docs('/billing/subscriptions/change-price#billing-periods'),
    mode: 'classic',
    start: '2026-01-01',
    prices: { month: monthly(1000), year: yearly(36_500) },
    steps: [
      { create: subscribed('year') },
      {
        at: '2026-07-02',
        update: { items: [changed({ price: '@price:month' })] },
        // 183 of 365 days back, a month of 10.00: -183 + 10.
        expect: { lines: [-18_300, [1000, '2026-07-02', '2026-08-02']], total: -17_300, due: 0, balance: -17_300 },
      },
      { at: '2026-08-02T02:00', expect: { lines: [1000], due: 0, endingBalance: -16_300 } },
    ],
  },
  {
    promise: 'another price of the same period leaves the billing dates as they are',
    page: docs('/billing/subscriptions/change-price#billing-periods'),
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:twenty' })] },
        expect: { anchor: '2026-04-01', periods: [['2026-04-01', '2026-05-01']] },
      },
    ],
  },
  {
    promise: 'classic: from nothing to a price that costs something, the period begins anew and is billed',
    page: changing,
    mode: 'classic',
    start: '2026-04-01',
    prices: { free: monthly(0), twenty: monthly(2000) },
    steps: [
      { create: subscribed('free'), expect: { total: 0 } },
      {
        at: '2026-04-11',
        update: { items: [changed({ price: '@price:twenty' })] },
        expect: { total: 2000, paid: 2000, anchor: '2026-04-11', periods: [['2026-04-11', '2026-05-11']] },
      },
    ],
  },
  {
    promise: 'flexible: the anchor stays, and the days left are prorated',
    page: docs('/billing/subscriptions/billing-mode/compare#reset-the-billing-cycle-anchor'),
    mode: 'flexible',
    start: '2026-04-01',
    prices: { free: monthly(0), twenty: monthly(2000) },
    steps: [
      { create: subscribed('free') },
      {
        at: '2026-04-11',
        update: { items: [changed({ price: '@price:twenty' })], proration_behavior: 'always_invoice' },
        // 20 of 30 days.
        expect: { total: 1333, anchor: '2026-04-01', periods: [['2026-04-01', '2026-05-01']] },
      },
    ],
  },
  {
    promise: 'from a quantity of 0 nothing is invoiced at once and the period stays',
    page: docs('/billing/subscriptions/change-price#handle-zero-amount-prices-and-quantities'),
    start: '2026-04-01',
    prices: { twenty: monthly(2000) },
    steps: [
      { create: { items: [{ price: '@price:twenty', quantity: 0 }] }, expect: { total: 0, invoices: 1 } },
      {
        at: '2026-04-16',
        update: { items: [changed({ quantity: 1 })] },
        expect: { invoices: 1, anchor: '2026-04-01', periods: [['2026-04-01', '2026-05-01']] },
      },
      { at: '2026-05-01T02:00', expect: { total: 3000 } },
    ],
  },
];
