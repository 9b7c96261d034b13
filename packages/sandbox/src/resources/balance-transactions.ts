import type Stripe from 'stripe';
import { operation, type Resource } from '../operation.js';
import { balanceTransactions } from './balance-transaction.js';
import { settlements } from './settlement.js';

const retrieveBalanceTransaction = operation<Stripe.BalanceTransactionRetrieveParams>((context) =>
  context.require(balanceTransactions, context.path.transaction ?? ''),
);

const listBalanceTransactions = operation<Stripe.BalanceTransactionListParams>((context) => {
  const { source, type, currency, payout } = context.params;
  return context.list(balanceTransactions, {
    ...(source === undefined ? {} : { where: { field: 'source', value: source } }),
    // Nothing is ever paid out in the sandbox, so that no transaction belongs to a payout.
    filter: (one) =>
      payout === undefined &&
      (type === undefined || one.type === type) &&
      (currency === undefined || one.currency === currency.toLowerCase()),
  });
});

const retrieveBalance = operation<Stripe.BalanceRetrieveParams>((context) => {
  const totals = new Map<string, { available: number; pending: number }>();
  for (const one of context.newestFirst(balanceTransactions)) {
    const total = totals.get(one.currency) ?? { available: 0, pending: 0 };
    if (one.available_on <= context.now) total.available += one.net;
    else total.pending += one.net;
    totals.set(one.currency, total);
  }
  if (totals.size === 0) totals.set('usd', { available: 0, pending: 0 });
  const funds = (kind: 'available' | 'pending') =>
    [...totals].map(([currency, total]) => ({ amount: total[kind], currency, source_types: { card: total[kind] } }));
  return {
    object: 'balance',
    available: funds('available'),
    livemode: context.account.livemode,
    pending: funds('pending'),
  };
});

export const balanceTransactionsResource: Resource = {
  collections: [balanceTransactions, settlements],
  operations: {
    'GET /v1/balance_transactions': listBalanceTransactions,
    'GET /v1/balance_transactions/:transaction': retrieveBalanceTransaction,
    'GET /v1/balance': retrieveBalance,
  },
};
