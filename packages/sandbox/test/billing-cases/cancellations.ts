import { type BillingCase, changed, docs, monthly, subscribed, yearly } from './billing-case.js';

const page = docs('/billing/subscriptions/cancel');
const custom = `${page}#set-a-custom-cancel-date`;
const thirty = { thirty: monthly(3000) };

export const cancellationCases: readonly BillingCase[] = [
  {
    promise: 'a cancellation takes effect at once, gives nothing back and ends the invoices',
    page: `${page}#cancel-subscriptions`,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      { at: '2026-04-16', cancel: {}, expect: { status: 'canceled', invoices: 1, pending: [], balance: 0 } },
      { at: '2026-05-02', expect: { invoices: 1 } },
    ],
  },
  {
    promise: 'prorated and invoiced now, the days left become credit',
    page: `${page}#prorate-for-usage-based-billing`,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-16',
        cancel: { prorate: true, invoice_now: true },
        // 15 of 30 days.
        expect: { status: 'canceled', lines: [-1500], total: -1500, due: 0, balance: -1500 },
      },
    ],
  },
  {
    promise: 'prorated and not invoiced, the credit waits as an item',
    page: `${page}#prorate-for-usage-based-billing`,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      { at: '2026-04-16', cancel: { prorate: true }, expect: { status: 'canceled', invoices: 1, pending: [-1500] } },
    ],
  },
  {
    promise: 'at the end of the period: paid for until then, never again',
    page: `${page}#cancel-at-the-end-of-the-current-billing-period`,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-16',
        update: { cancel_at_period_end: true },
        expect: { status: 'active', invoices: 1, pending: [], cancelAt: '2026-05-01' },
      },
      { at: '2026-05-01T02:00', expect: { status: 'canceled', invoices: 1 } },
    ],
  },
  {
    promise: 'what waits is still collected when the period ends by cancellation',
    page: `${page}#handle-invoice-items-when-canceling-subscriptions`,
    start: '2026-04-01',
    prices: { ...thirty, sixty: monthly(6000) },
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-16',
        update: { items: [changed({ price: '@price:sixty' })] },
        // Half of 30 back, half of 60 to pay.
        expect: { pending: [-1500, 3000] },
      },
      { update: { cancel_at_period_end: true }, expect: { pending: [-1500, 3000] } },
      { at: '2026-05-01T02:00', expect: { status: 'canceled', lines: [-1500, 3000], total: 1500 } },
    ],
  },
  {
    promise: 'a cancellation at the end of the period can be taken back until then',
    page: `${page}#stop-a-pending-cancellation`,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      { at: '2026-04-16', update: { cancel_at_period_end: true } },
      { at: '2026-04-30', update: { cancel_at_period_end: false }, expect: { cancelAt: null } },
      { at: '2026-05-01T02:00', expect: { status: 'active', invoices: 2, total: 3000 } },
      { at: '2026-05-02', cancel: {}, expect: { status: 'canceled' } },
      { update: { cancel_at_period_end: false }, refused: {} },
    ],
  },
  {
    promise: 'a cancel date before the end of the period ends the period there and credits the rest',
    page: custom,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-06',
        update: { cancel_at: '@time:2026-04-16' },
        // 15 of 30 days from the cancel date on.
        expect: {
          status: 'active',
          pending: [-1500],
          periods: [['2026-04-01', '2026-04-16']],
          cancelAt: '2026-04-16',
        },
      },
      { at: '2026-04-16T02:00', expect: { status: 'canceled' } },
    ],
  },
  {
    promise: 'without prorations the rest is not credited',
    page: custom,
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty') },
      {
        at: '2026-04-06',
        update: { cancel_at: '@time:2026-04-16', proration_behavior: 'none' },
        expect: { pending: [], periods: [['2026-04-01', '2026-04-16']] },
      },
    ],
  },
  {
    promise: '120 a year that is to end on 1 July renews for half a year',
    page: custom,
    start: '2023-01-01',
    prices: { year: yearly(12_000) },
    steps: [
      { create: subscribed('year') },
      {
        at: '2023-06-01',
        update: { cancel_at: '@time:2024-07-01' },
        expect: { pending: [], periods: [['2023-01-01', '2024-01-01']] },
      },
      // The page says 60 USD; to the second it is 182 of the 366 days of 2024.
      { at: '2024-01-01T02:00', expect: { subtotal: 5967, periods: [['2024-01-01', '2024-07-01']] } },
    ],
  },
  {
    promise: 'moved to 1 October it costs another quarter, pending until the end',
    page: custom,
    start: '2023-01-01',
    prices: { year: yearly(12_000) },
    steps: [
      { create: subscribed('year') },
      { at: '2023-06-01', update: { cancel_at: '@time:2024-07-01' } },
      {
        at: '2024-02-15',
        update: { cancel_at: '@time:2024-10-01' },
        // The page says 30 USD; 92 of 366 days are 30.16.
        expect: { pending: [3016], periods: [['2024-01-01', '2024-10-01']] },
      },
    ],
  },
  {
    promise: 'moved to 1 April it gives a quarter back',
    page: `${page}#cancellation-with-billing-cycle-anchor`,
    start: '2023-01-01',
    prices: { year: yearly(12_000) },
    steps: [
      { create: subscribed('year') },
      { at: '2023-06-01', update: { cancel_at: '@time:2024-07-01' } },
      {
        at: '2024-02-15',
        update: { cancel_at: '@time:2024-04-01' },
        // The page says -30 USD; 91 of the 182 days that 59.67 paid for are -29.84, as are 91 of 366 days of 120.
        expect: { pending: [-2984], periods: [['2024-01-01', '2024-04-01']] },
      },
    ],
  },
  {
    promise: 'flexible: a trial keeps its end when a cancel date is set before it',
    page: custom,
    mode: 'flexible',
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty', { trial_end: '@time:2026-04-21' }) },
      {
        at: '2026-04-06',
        update: { cancel_at: '@time:2026-04-16' },
        expect: { trial: ['2026-04-01', '2026-04-21'], cancelAt: '2026-04-16' },
      },
    ],
  },
  {
    promise: 'classic: the trial ends with it',
    page: docs(
      '/billing/subscriptions/billing-mode/compare#preserve-original-trial-end-date-when-subscription-cancels',
    ),
    mode: 'classic',
    start: '2026-04-01',
    prices: thirty,
    steps: [
      { create: subscribed('thirty', { trial_end: '@time:2026-04-21' }) },
      {
        at: '2026-04-06',
        update: { cancel_at: '@time:2026-04-16' },
        expect: { trial: ['2026-04-01', '2026-04-16'] },
      },
    ],
  },
  {
    promise: 'min_period_end cancels when the first of the items ends, max_period_end when the last does',
    page: custom,
    mode: 'flexible',
    start: '2026-01-01',
    prices: { month: monthly(1000), quarter: monthly(3000, 3) },
    steps: [
      { create: { items: [{ price: '@price:month' }, { price: '@price:quarter' }] } },
      { at: '2026-01-10', update: { cancel_at: 'min_period_end' }, expect: { cancelAt: '2026-02-01' } },
      { update: { cancel_at: 'max_period_end', proration_behavior: 'none' }, expect: { cancelAt: '2026-04-01' } },
    ],
  },
];
