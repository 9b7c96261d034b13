import { type BillingCase, changed, docs, monthly, subscribed } from './billing-case.js';

const prorations = docs('/billing/subscriptions/prorations');
const examples = docs('/revenue-recognition/examples');
const support =
  'https://support.stripe.com/questions/refunding-credit-balance-to-customer-after-subscription-downgrade-or-cancellation';

const upgrade = (price: string, fields = {}) => ({ items: [changed({ price: `@price:${price}` })], ...fields });

export const prorationCases: readonly BillingCase[] = [
  {
    promise: 'an upgrade from 10 to 20 halfway is 5 more: -5 unused, 10 remaining, both with the next invoice',
    page: `${prorations}#how-prorations-work`,
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten'), expect: { status: 'active', lines: [1000], total: 1000, paid: 1000 } },
      { at: '2026-04-16', update: upgrade('twenty'), expect: { invoices: 1, pending: [-500, 1000] } },
      { at: '2026-05-01T02:00', expect: { lines: [-500, 1000, 2000], total: 2500, paid: 2500, pending: [] } },
    ],
  },
  {
    promise: 'always_invoice bills the 5 at once and leaves the period as it is',
    page: `${prorations}#create-immediate-prorations`,
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        update: upgrade('twenty', { proration_behavior: 'always_invoice' }),
        expect: {
          invoices: 2,
          lines: [-500, 1000],
          total: 500,
          paid: 500,
          pending: [],
          reason: 'subscription_update',
          periods: [['2026-04-01', '2026-05-01']],
        },
      },
      { at: '2026-05-01T02:00', expect: { lines: [2000], total: 2000 } },
    ],
  },
  {
    promise: 'proration_behavior none bills the full new price with the next invoice and nothing before',
    page: `${prorations}#disable-prorations`,
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        update: upgrade('twenty', { proration_behavior: 'none' }),
        expect: { invoices: 1, pending: [] },
      },
      { at: '2026-05-01T02:00', expect: { lines: [2000], total: 2000 } },
    ],
  },
  {
    promise: 'an upgrade from 90 to 120 on 21 April: -30, 40 and 120 on 1 May, each for its days',
    page: `${examples}#upgrade`,
    start: '2026-04-01',
    prices: { ninety: monthly(9000), more: monthly(12_000) },
    steps: [
      { create: subscribed('ninety') },
      { at: '2026-04-21', update: upgrade('more'), expect: { pending: [-3000, 4000] } },
      {
        at: '2026-05-01T02:00',
        expect: {
          lines: [
            [-3000, '2026-04-21', '2026-05-01'],
            [4000, '2026-04-21', '2026-05-01'],
            [12_000, '2026-05-01', '2026-06-01'],
          ],
          total: 13_000,
        },
      },
    ],
  },
  {
    promise: 'a downgrade from 90 to 30 on 21 April: -30, 10 and 30 on 1 May',
    page: `${examples}#downgrade`,
    start: '2026-04-01',
    prices: { ninety: monthly(9000), less: monthly(3000) },
    steps: [
      { create: subscribed('ninety') },
      { at: '2026-04-21', update: upgrade('less'), expect: { pending: [-3000, 1000] } },
      {
        at: '2026-05-01T02:00',
        expect: {
          lines: [
            [-3000, '2026-04-21', '2026-05-01'],
            [1000, '2026-04-21', '2026-05-01'],
            [3000, '2026-05-01', '2026-06-01'],
          ],
          total: 1000,
        },
      },
    ],
  },
  {
    promise: 'from 10 to 100 in the middle: 5 back, 50 owed, 45 in all',
    page: support,
    start: '2026-04-01',
    prices: { ten: monthly(1000), hundred: monthly(10_000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-16',
        update: upgrade('hundred', { proration_behavior: 'always_invoice' }),
        expect: { lines: [-500, 5000], total: 4500, paid: 4500 },
      },
    ],
  },
  {
    promise: 'from 100 to 10 in the middle: 45 go to the credit balance, are not refunded, and pay the next invoices',
    page: support,
    start: '2026-04-01',
    prices: { hundred: monthly(10_000), ten: monthly(1000) },
    steps: [
      { create: subscribed('hundred') },
      {
        at: '2026-04-16',
        update: upgrade('ten', { proration_behavior: 'always_invoice' }),
        expect: { lines: [-5000, 500], total: -4500, due: 0, paid: 0, invoiceStatus: 'paid', balance: -4500 },
      },
      // 10.00 of the next month is paid by the balance: -45 + 10 = -35.
      { at: '2026-05-01T02:00', expect: { total: 1000, due: 0, startingBalance: -4500, endingBalance: -3500 } },
      { expect: { balance: -3500 } },
    ],
  },
  {
    promise: 'a credit is given for a period that was not paid yet',
    page: `${prorations}#prorations-and-unpaid-invoices`,
    start: '2026-04-01',
    prices: { twenty: monthly(2000), ten: monthly(1000) },
    steps: [
      { create: subscribed('twenty', { collection_method: 'send_invoice', days_until_due: 30 }) },
      // Half of 20 back, half of 10 to pay.
      { at: '2026-04-16', update: upgrade('ten'), expect: { pending: [-1000, 500] } },
    ],
  },
  {
    promise: 'an item that is added is charged for the days left, and one that is removed gives them back',
    page: `${prorations}#what-triggers-prorations`,
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      // 20 of 30 days of 20.00 is 13.33.
      { at: '2026-04-11', update: { items: [{ price: '@price:twenty' }] }, expect: { pending: [1333] } },
      // A third of 10.00 is 3.33.
      {
        at: '2026-04-21',
        update: { items: [changed({ deleted: true })] },
        expect: { pending: [1333, -333] },
      },
      { at: '2026-05-01T02:00', expect: { lines: [1333, -333, 2000], total: 3000 } },
    ],
  },
  {
    promise: 'metadata, a discount and cancel_at_period_end make no proration',
    page: `${prorations}#what-doesnt-trigger-prorations`,
    start: '2026-04-01',
    prices: { ten: monthly(1000) },
    coupons: { half: { percent_off: 50, duration: 'forever' } },
    steps: [
      { create: subscribed('ten') },
      { at: '2026-04-11', update: { metadata: { seats: 'many' } }, expect: { pending: [], invoices: 1 } },
      { update: { discounts: [{ coupon: '@coupon:half' }] }, expect: { pending: [], invoices: 1 } },
      { update: { cancel_at_period_end: true, proration_behavior: 'always_invoice' }, expect: { invoices: 1 } },
      { update: { cancel_at_period_end: false }, expect: { pending: [], invoices: 1 } },
      // The discount is of the next invoice.
      { at: '2026-05-01T02:00', expect: { total: 500, discounts: 500 } },
    ],
  },
  {
    promise: 'the moment of a proration may be set back within the period, and not before it',
    page: docs('/billing/subscriptions/backdating#backdating-an-update'),
    start: '2026-04-01',
    prices: { ten: monthly(1000), twenty: monthly(2000) },
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-04-21',
        update: upgrade('twenty', { proration_date: '@time:2026-03-31' }),
        refused: { param: 'proration_date' },
      },
      // Counted from the middle: 5 and 10.
      { update: upgrade('twenty', { proration_date: '@time:2026-04-16' }), expect: { pending: [-500, 1000] } },
    ],
  },
];
