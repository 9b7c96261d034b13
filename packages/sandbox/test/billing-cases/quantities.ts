import { type BillingCase, changed, docs, monthly, type Params } from './billing-case.js';

const page = docs('/billing/subscriptions/quantities');
const models = docs('/products-prices/pricing-models');

const tiered = (tiers_mode: string, tiers: readonly Params[]): Params => ({
  billing_scheme: 'tiered',
  tiers_mode,
  tiers,
  recurring: { interval: 'month' },
});

/** 7.00 each to 5, 6.50 to 10, 6.00 beyond. */
const projects = [
  { up_to: 5, unit_amount: 700 },
  { up_to: 10, unit_amount: 650 },
  { up_to: 'inf', unit_amount: 600 },
];
/** 5.00, 4.00 and 3.00, and with flat fees of 10.00, 20.00 and 30.00. */
const units = [
  { up_to: 5, unit_amount: 500 },
  { up_to: 10, unit_amount: 400 },
  { up_to: 'inf', unit_amount: 300 },
];
const withFees = units.map((tier, index) => ({ ...tier, flat_amount: (index + 1) * 1000 }));

const costs = (promise: string, at: string, price: Params, quantity: number, total: number): BillingCase => ({
  promise,
  page: at,
  start: '2026-04-01',
  prices: { sold: price },
  steps: [{ create: { items: [{ price: '@price:sold', quantity }] }, expect: { lines: [total], total } }],
});

const perFiveUsers: Params = { ...monthly(1000), transform_quantity: { divide_by: 5, round: 'up' } };
const fives = `${page}#quantity-transformation`;
const volume = `${models}#volume-based-pricing`;
const graduated = `${models}#graduated-pricing`;
const fees = `${models}#flat-fees`;

export const quantityCases: readonly BillingCase[] = [
  costs('5 sites at 9.99 are 49.95', `${page}#multiple-quantities-of-a-subscription`, monthly(999), 5, 4995),
  costs('1 user of packages of 5 is 10', fives, perFiveUsers, 1, 1000),
  costs('3 users of packages of 5 are 10', fives, perFiveUsers, 3, 1000),
  costs('5 users of packages of 5 are 10', fives, perFiveUsers, 5, 1000),
  costs('6 users of packages of 5 are 20', fives, perFiveUsers, 6, 2000),
  costs('7 users of packages of 5 are 20', fives, perFiveUsers, 7, 2000),
  costs(
    '9 units of packages of 5, rounded down, are one package',
    `${page}#rounding`,
    { ...monthly(1000), transform_quantity: { divide_by: 5, round: 'down' } },
    9,
    1000,
  ),
  costs('volume: 5 projects are 35', volume, tiered('volume', projects), 5, 3500),
  costs('volume: 6 projects are 39, all at the second rate', volume, tiered('volume', projects), 6, 3900),
  costs('graduated: 5 projects are 35', graduated, tiered('graduated', projects), 5, 3500),
  costs('graduated: 6 projects are 41.50, 35 and 6.50', graduated, tiered('graduated', projects), 6, 4150),
  costs('graduated: 6 units are 29, 25 and 4', graduated, tiered('graduated', units), 6, 2900),
  costs('volume with fees: 12 are 66, 36 and the fee of 30', fees, tiered('volume', withFees), 12, 6600),
  costs('graduated with fees: 12 are 111, each tier with its fee', fees, tiered('graduated', withFees), 12, 11_100),
  costs('volume with fees: none is the first fee of 10', fees, tiered('volume', withFees), 0, 1000),
  costs('graduated with fees: none is the first fee of 10', fees, tiered('graduated', withFees), 0, 1000),
  {
    promise: 'several products are one invoice and one payment',
    page: `${page}#subscriptions-with-multiple-products`,
    start: '2026-04-01',
    prices: { one: monthly(2995), two: monthly(1295) },
    steps: [
      {
        create: { items: [{ price: '@price:one' }, { price: '@price:two', quantity: 2 }] },
        expect: { invoices: 1, lines: [2995, 2590], total: 5585, paid: 5585 },
      },
    ],
  },
  {
    promise: 'fewer seats are prorated when they change',
    page: `${page}#set-multiple-quantities`,
    start: '2026-04-01',
    prices: { site: monthly(999) },
    steps: [
      { create: { items: [{ price: '@price:site', quantity: 5 }] }, expect: { total: 4995 } },
      {
        at: '2026-04-21',
        update: { items: [changed({ quantity: 3 })] },
        // A third of 49.95 back, a third of 29.97 to pay.
        expect: { pending: [-1665, 999] },
      },
      { at: '2026-05-01T02:00', expect: { lines: [-1665, 999, 2997], total: 2331 } },
    ],
  },
  {
    promise: 'a new price brings the quantity back to 1 unless it is named again',
    page: docs('/billing/subscriptions/change-price#update-the-subscription'),
    start: '2026-04-01',
    prices: { site: monthly(999), host: monthly(3000) },
    steps: [
      { create: { items: [{ price: '@price:site', quantity: 4 }] }, expect: { total: 3996 } },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:host' })], proration_behavior: 'always_invoice' },
        // Half of 39.96 back, half of one month of 30.00.
        expect: { lines: [-1998, 1500], total: -498 },
      },
    ],
  },
  {
    promise: 'more seats across tiers are prorated by what the tiers cost',
    page: graduated,
    start: '2026-04-01',
    prices: { project: tiered('graduated', projects) },
    steps: [
      { create: { items: [{ price: '@price:project', quantity: 5 }] }, expect: { total: 3500 } },
      {
        at: '2026-04-16',
        update: { items: [changed({ quantity: 6 })] },
        // Half of 35.00 back, half of 41.50 to pay.
        expect: { pending: [-1750, 2075] },
      },
    ],
  },
];
