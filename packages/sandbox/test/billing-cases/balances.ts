import { type BillingCase, docs, monthly, subscribed } from './billing-case.js';

const examples = docs('/revenue-recognition/examples#customer-credit-balance');
const page = docs('/billing/customer/balance');

export const balanceCases: readonly BillingCase[] = [
  {
    promise: '11 of credit pay of 31, 20 are charged and the balance is 0',
    page: examples,
    start: '2019-01-15',
    prices: { month: monthly(3100) },
    customer: { balance: -1100 },
    steps: [
      {
        create: subscribed('month'),
        expect: { total: 3100, due: 2000, paid: 2000, startingBalance: -1100, endingBalance: 0, balance: 0 },
      },
    ],
  },
  {
    promise: '10 that a customer owes are added to 31',
    page: examples,
    start: '2019-01-15',
    prices: { month: monthly(3100) },
    customer: { balance: 1000 },
    steps: [
      { create: subscribed('month'), expect: { total: 3100, due: 4100, paid: 4100, endingBalance: 0, balance: 0 } },
    ],
  },
  {
    promise: 'too little to charge is paid and waits in the balance for the next invoice',
    page,
    start: '2026-04-01',
    prices: { little: monthly(30) },
    steps: [
      { create: subscribed('little'), expect: { total: 30, invoiceStatus: 'paid', status: 'active', balance: 30 } },
      // 0.30 and 0.30 are enough for a charge of 0.50 or more.
      { at: '2026-05-01T02:00', expect: { total: 30, startingBalance: 30, due: 60, paid: 60, balance: 0 } },
    ],
  },
  {
    promise: 'credit is used by the next invoice that becomes final, as much as it can use',
    page: `${page}#credit-balances`,
    start: '2026-04-01',
    prices: { ten: monthly(1000) },
    customer: { balance: -1700 },
    steps: [
      { create: subscribed('ten'), expect: { due: 0, paid: 0, invoiceStatus: 'paid', balance: -700 } },
      { at: '2026-05-01', expect: { invoiceStatus: 'draft', balance: -700 } },
      { at: '2026-05-01T02:00', expect: { due: 300, paid: 300, startingBalance: -700, endingBalance: 0, balance: 0 } },
    ],
  },
  {
    promise: 'a transaction is undone by its opposite',
    page: `${page}#undo-a-transaction`,
    start: '2026-04-01',
    prices: { ten: monthly(1000) },
    steps: [
      { balanceBy: -1000, expect: { balance: -1000 } },
      { balanceBy: 1000, expect: { balance: 0 } },
      { create: subscribed('ten'), expect: { due: 1000, paid: 1000 } },
    ],
  },
];
