import { type BillingCase, docs, monthly, subscribed } from './billing-case.js';

const page = docs('/billing/subscriptions/backdating');
const charging = `${page}#backdating-and-charging-users`;

export const backdatingCases: readonly BillingCase[] = [
  {
    promise: 'classic: from 15 February to 1 March is half of a month that runs from the 15th',
    page: charging,
    mode: 'classic',
    start: '2026-02-20',
    prices: { month: monthly(3000) },
    steps: [
      {
        create: subscribed('month', {
          backdate_start_date: '@time:2026-02-15',
          billing_cycle_anchor: '@time:2026-03-01',
        }),
        // 14 of 28 days.
        expect: { lines: [[1500, '2026-02-15', '2026-03-01']], total: 1500 },
      },
      { at: '2026-03-01T02:00', expect: { lines: [[3000, '2026-03-01', '2026-04-01']] } },
    ],
  },
  {
    promise: 'classic: from 15 January to 1 February is 17 of 31 days',
    page: charging,
    mode: 'classic',
    start: '2026-01-20',
    prices: { month: monthly(3100) },
    steps: [
      {
        create: subscribed('month', {
          backdate_start_date: '@time:2026-01-15',
          billing_cycle_anchor: '@time:2026-02-01',
        }),
        expect: { lines: [[1700, '2026-01-15', '2026-02-01']], total: 1700 },
      },
    ],
  },
  {
    promise: 'flexible: each month before today is a line of its own, as it would have been billed',
    page: charging,
    mode: 'flexible',
    start: '2026-10-15',
    prices: { month: monthly(3000) },
    steps: [
      {
        create: subscribed('month', {
          backdate_start_date: '@time:2026-09-01',
          billing_cycle_anchor: '@time:2026-11-01',
        }),
        expect: {
          lines: [
            [3000, '2026-09-01', '2026-10-01'],
            [3000, '2026-10-01', '2026-11-01'],
          ],
          total: 6000,
        },
      },
      { at: '2026-11-01T02:00', expect: { invoices: 2, lines: [[3000, '2026-11-01', '2026-12-01']] } },
    ],
  },
  {
    promise: 'without prorations the time before today is not charged',
    page: `${page}#backdating-without-charging-users`,
    start: '2026-10-15',
    prices: { month: monthly(3000) },
    steps: [
      {
        create: subscribed('month', {
          backdate_start_date: '@time:2026-09-01',
          billing_cycle_anchor: '@time:2026-11-01',
          proration_behavior: 'none',
        }),
        expect: { status: 'active', invoices: 0 },
      },
      { at: '2026-11-01T02:00', expect: { invoices: 1, lines: [[3000, '2026-11-01', '2026-12-01']] } },
    ],
  },
];
