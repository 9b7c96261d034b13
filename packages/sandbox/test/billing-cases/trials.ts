import { type BillingCase, docs, monthly, type Params, subscribed } from './billing-case.js';

const page = docs('/billing/subscriptions/trials/free-trials');
const compare = docs('/billing/subscriptions/billing-mode/compare#trials');
const prices = { thirty: monthly(3000), ten: monthly(1000) };

const withoutMethod = (missing_payment_method: string): Params =>
  subscribed('thirty', { trial_period_days: 30, trial_settings: { end_behavior: { missing_payment_method } } });

export const trialCases: readonly BillingCase[] = [
  {
    promise: 'a trial begins with an invoice of 0, and an hour after its end the first period is charged',
    page,
    start: '2026-04-01',
    prices,
    steps: [
      {
        create: subscribed('thirty', { trial_period_days: 30 }),
        expect: {
          status: 'trialing',
          lines: [0],
          total: 0,
          invoiceStatus: 'paid',
          trial: ['2026-04-01', '2026-05-01'],
        },
      },
      { at: '2026-05-01', expect: { lines: [[3000, '2026-05-01', '2026-06-01']], invoiceStatus: 'draft' } },
      { at: '2026-05-01T02:00', expect: { status: 'active', paid: 3000, anchor: '2026-05-01' } },
    ],
  },
  {
    promise: 'trial_end now ends it at once and bills the first period from then',
    page,
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('thirty', { trial_end: '@time:2026-04-20' }), expect: { status: 'trialing' } },
      {
        at: '2026-04-11',
        update: { trial_end: 'now' },
        expect: { status: 'active', lines: [[3000, '2026-04-11', '2026-05-11']], paid: 3000, anchor: '2026-04-11' },
      },
    ],
  },
  {
    promise: 'a trial is of 730 days at most',
    page,
    start: '2026-04-01',
    prices,
    steps: [{ create: subscribed('thirty', { trial_period_days: 731 }), refused: { param: 'trial_period_days' } }],
  },
  {
    promise: 'without a payment method a trial may end by cancellation',
    page: `${page}#create-free-trials-without-collecting-payment-method`,
    start: '2026-04-01',
    prices,
    customer: { card: null },
    steps: [
      { create: withoutMethod('cancel'), expect: { status: 'trialing', total: 0 } },
      { at: '2026-05-01T02:00', expect: { status: 'canceled', invoices: 1 } },
    ],
  },
  {
    promise: 'or by a pause, in which nothing is invoiced',
    page: `${page}#create-free-trials-without-collecting-payment-method`,
    start: '2026-04-01',
    prices,
    customer: { card: null },
    steps: [
      { create: withoutMethod('pause') },
      { at: '2026-05-01T02:00', expect: { status: 'paused', invoices: 1 } },
      { at: '2026-06-02', expect: { status: 'paused', invoices: 1 } },
    ],
  },
  {
    promise: 'or by an invoice that nobody can pay: past_due once it is final',
    page: `${page}#create-free-trials-without-collecting-payment-method`,
    start: '2026-04-01',
    prices,
    customer: { card: null },
    steps: [
      { create: withoutMethod('create_invoice') },
      { at: '2026-05-01T02:00', expect: { status: 'past_due', total: 3000, invoiceStatus: 'open' } },
    ],
  },
  {
    promise: 'a paused subscription resumes with a new period that begins now',
    page: `${page}#resume-a-paused-subscription`,
    start: '2026-04-01',
    prices,
    customer: { card: null },
    steps: [
      { create: withoutMethod('pause') },
      { at: '2026-05-11', card: 'pm_card_visa' },
      {
        resume: { billing_cycle_anchor: { type: 'now' } },
        payNewest: true,
        expect: { status: 'active', lines: [[3000, '2026-05-11', '2026-06-11']], paid: 3000, anchor: '2026-05-11' },
      },
    ],
  },
  {
    promise: 'or keeps its anchor and pays for the rest of the period only',
    page: `${page}#resume-a-paused-subscription`,
    start: '2026-04-01',
    prices: { month: monthly(3100) },
    customer: { card: null },
    steps: [
      {
        create: subscribed('month', {
          trial_period_days: 30,
          trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
        }),
      },
      { at: '2026-05-11', card: 'pm_card_visa' },
      {
        resume: { billing_cycle_anchor: { type: 'unchanged' }, proration_behavior: 'always_invoice' },
        payNewest: true,
        // 21 of May's 31 days.
        expect: { status: 'active', lines: [[2100, '2026-05-11', '2026-06-01']], anchor: '2026-05-01' },
      },
    ],
  },
  {
    promise: 'something sold once is charged at the beginning of the trial',
    page: `${page}#combining-trials-with-add_invoice_items`,
    start: '2026-04-01',
    prices: { ...prices, setup: { unit_amount: 500 } },
    steps: [
      {
        create: subscribed('thirty', { trial_period_days: 30, add_invoice_items: [{ price: '@price:setup' }] }),
        expect: { status: 'trialing', lines: [0, 500], total: 500, paid: 500 },
      },
    ],
  },
  {
    promise: 'flexible: an item added in a trial is invoiced with 0, and what was invoiced is not again',
    page: compare,
    mode: 'flexible',
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('thirty', { trial_period_days: 30 }) },
      {
        at: '2026-04-11',
        update: { items: [{ price: '@price:ten' }], proration_behavior: 'always_invoice' },
        expect: { status: 'trialing', invoices: 2, lines: [0], total: 0 },
      },
      { at: '2026-05-01T02:00', expect: { lines: [3000, 1000], total: 4000 } },
    ],
  },
  {
    promise: '7 days of trial from 15 July, the days to 1 August in proportion, then whole months',
    page: `${page}#combine-trials-with-a-specific-billing-cycle-anchor`,
    start: '2026-07-15',
    prices: { month: monthly(3100) },
    steps: [
      {
        create: subscribed('month', { trial_end: '@time:2026-07-22', billing_cycle_anchor: '@time:2026-08-01' }),
        expect: { status: 'trialing', total: 0 },
      },
      // 10 of July's 31 days.
      { at: '2026-07-22T02:00', expect: { lines: [[1000, '2026-07-22', '2026-08-01']], paid: 1000, status: 'active' } },
      { at: '2026-08-01T02:00', expect: { lines: [[3100, '2026-08-01', '2026-09-01']] } },
      { at: '2026-09-01T02:00', expect: { lines: [[3100, '2026-09-01', '2026-10-01']] } },
    ],
  },
  {
    promise: 'a trial from the 28th reaches past the 1st: its proportion lasts until the next month',
    page: docs('/billing/subscriptions/billing-cycle#configure-proration-behavior'),
    start: '2026-07-28',
    prices: { month: monthly(3100) },
    steps: [
      { create: subscribed('month', { trial_end: '@time:2026-08-04', billing_cycle_anchor: '@time:2026-09-01' }) },
      // 28 of August's 31 days.
      { at: '2026-08-04T02:00', expect: { lines: [[2800, '2026-08-04', '2026-09-01']], paid: 2800 } },
    ],
  },
  {
    promise: 'flexible: lines of a trial are described as free trial of so many',
    page: compare,
    mode: 'flexible',
    start: '2026-04-01',
    prices,
    steps: [{ create: subscribed('thirty', { trial_period_days: 30 }), expect: { described: 'Free trial for 1 ' } }],
  },
  {
    promise: 'classic: lines of a trial are described as a trial period',
    page: compare,
    mode: 'classic',
    start: '2026-04-01',
    prices,
    steps: [{ create: subscribed('thirty', { trial_period_days: 30 }), expect: { described: 'Trial period for' } }],
  },
  {
    promise: 'flexible: a second trial has its own start',
    page: compare,
    mode: 'flexible',
    start: '2026-01-01',
    prices,
    steps: [
      { create: subscribed('thirty', { trial_end: '@time:2026-02-01' }) },
      { at: '2026-02-01T02:00', expect: { status: 'active' } },
      {
        at: '2026-03-01T02:00',
        update: { trial_end: '@time:2026-04-01', proration_behavior: 'none' },
        expect: { trial: ['2026-03-01T02:00', '2026-04-01'] },
      },
    ],
  },
  {
    promise: 'classic: trial_start stays that of the first trial',
    page: compare,
    mode: 'classic',
    start: '2026-01-01',
    prices,
    steps: [
      { create: subscribed('thirty', { trial_end: '@time:2026-02-01' }) },
      { at: '2026-02-01T02:00' },
      {
        at: '2026-03-01T02:00',
        update: { trial_end: '@time:2026-04-01', proration_behavior: 'none' },
        expect: { trial: ['2026-01-01', '2026-04-01'] },
      },
    ],
  },
];
