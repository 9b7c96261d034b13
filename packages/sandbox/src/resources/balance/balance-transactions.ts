import type Stripe from 'stripe';
import { operation, type Resource } from '../../operation.js';
import { settlements } from '../accounts/settlement.js';
import { balanceOf, balances } from './balance.js';
import { balanceTransactions } from './balance-transaction.js';

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

const retrieveBalance = operation<Stripe.BalanceRetrieveParams>((context) => ({ ...balanceOf(context) }));

export const balanceTransactionsResource: Resource = {
  collections: [balances, balanceTransactions, settlements],
  operations: {
    'GET /v1/balance_transactions': listBalanceTransactions,
    'GET /v1/balance_transactions/:transaction': retrieveBalanceTransaction,
    'GET /v1/balance': retrieveBalance,
  },
};
