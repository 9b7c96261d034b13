import type Stripe from 'stripe';
import { resourceMissing } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { RequestContext } from '../../work.js';
import { checkedCurrency } from '../currency-rules.js';
import { type CustomerObject, customers } from './customer.js';
import { type CustomerBalanceTransactionObject, customerBalanceTransactions, moveBalance } from './customer-balance.js';

const customerIn = <P>(context: RequestContext<P>): CustomerObject =>
  context.require(customers, context.path.customer ?? '');

const transactionIn = <P>(context: RequestContext<P>): CustomerBalanceTransactionObject => {
  const { id: customerId } = customerIn(context);
  const id = context.path.transaction ?? '';
  const found = context.get(customerBalanceTransactions, id);
  if (found?.customer !== customerId) throw resourceMissing(customerBalanceTransactions.label, id);
  return found;
};

const createTransaction = operation<Stripe.CustomerCreateBalanceTransactionParams>((context) => {
  const { params } = context;
  const before = customerIn(context);
  const { customer, transaction } = moveBalance(context, before, {
    amount: params.amount,
    currency: checkedCurrency(params.currency),
    type: 'adjustment',
    description: params.description === '' ? null : (params.description ?? null),
    metadata: metadataMerged({}, params.metadata),
  });
  context.emit('customer.updated', customer, before);
  return transaction;
});

const retrieveTransaction = operation<Stripe.CustomerRetrieveBalanceTransactionParams>((context) =>
  transactionIn(context),
);

/** What was moved stays moved: a mistake is made good by its opposite. */
const updateTransaction = operation<Stripe.CustomerUpdateBalanceTransactionParams>((context) => {
  const { params } = context;
  const before = transactionIn(context);
  return context.update(customerBalanceTransactions, before, {
    ...(provided({ description: params.description }) as Partial<CustomerBalanceTransactionObject>),
    metadata: metadataMerged(before.metadata, params.metadata),
  });
});

const listTransactions = operation<Stripe.CustomerListBalanceTransactionsParams>((context) => {
  const { invoice } = context.params;
  return context.list(customerBalanceTransactions, {
    where: { field: 'customer', value: customerIn(context).id },
    filter: (transaction) => invoice === undefined || transaction.invoice === invoice,
  });
});

export const customerBalanceTransactionsResource: Resource = {
  collections: [customerBalanceTransactions],
  operations: {
    'POST /v1/customers/:customer/balance_transactions': createTransaction,
    'GET /v1/customers/:customer/balance_transactions': listTransactions,
    'GET /v1/customers/:customer/balance_transactions/:transaction': retrieveTransaction,
    'POST /v1/customers/:customer/balance_transactions/:transaction': updateTransaction,
  },
};
