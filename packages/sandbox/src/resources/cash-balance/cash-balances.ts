import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext } from '../../work.js';
import { checkedCurrency, requirePositiveInteger } from '../currency-rules.js';
import { clockOf, customers } from '../customers/customer.js';
import { addressesOf, senderOf, transferFrom, transferTypeOf } from './bank-transfer.js';
import {
  cashBalanceOf,
  cashBalances,
  cashReconciles,
  cashTransactions,
  moveCash,
  setReconciliation,
  tellFunds,
} from './cash-balance.js';
import { reconcile, reconcileCash } from './reconcile.js';

interface Place<P> {
  readonly context: RequestContext<P>;
  readonly customer: string;
}

/** A customer on a test clock lives in its time, and so does their cash. */
const placeOf = <P>(request: RequestContext<P>): Place<P> => {
  const customer = request.require(customers, request.path.customer ?? '');
  return { context: request.onClock(clockOf(customer)), customer: customer.id };
};

const retrieveCashBalance = operation<Stripe.CustomerRetrieveCashBalanceParams>((request) => {
  const { context, customer } = placeOf(request);
  return cashBalanceOf(context, customer);
});

const updateCashBalance = operation<Stripe.CustomerUpdateCashBalanceParams>((request) => {
  const { context, customer } = placeOf(request);
  return setReconciliation(context, customer, context.params.settings?.reconciliation_mode);
});

const listTransactions = operation<Stripe.CustomerListCashBalanceTransactionsParams>((request) => {
  const { context, customer } = placeOf(request);
  return context.list(cashTransactions, { where: { field: 'customer', value: customer } });
});

const retrieveTransaction = operation<Stripe.CustomerRetrieveCashBalanceTransactionParams>((request) => {
  const { context, customer } = placeOf(request);
  const id = context.path.transaction ?? '';
  const found = context.get(cashTransactions, id);
  if (found?.customer !== customer) throw resourceMissing(cashTransactions.label, id);
  return found;
});

/** The answer is the same each time: an account for transfers is the customer's for good. */
const createFundingInstructions = operation<Stripe.CustomerCreateFundingInstructionsParams>((request) => {
  const { context, customer } = placeOf(request);
  const { bank_transfer: choice } = context.params;
  const currency = checkedCurrency(context.params.currency);
  const transfer = transferFrom(currency, choice, 'bank_transfer');
  return {
    object: 'funding_instructions',
    bank_transfer: {
      country: transfer.country,
      financial_addresses: addressesOf(context, customer, transfer),
      type: transfer.type,
    },
    currency,
    funding_type: 'bank_transfer',
    livemode: context.account.livemode,
  };
});

interface FundParams {
  readonly amount: number;
  readonly currency: string;
  readonly reference?: string;
}

/** https://docs.stripe.com/api/cash_balance_transactions/fund_cash_balance: a transfer arrives, in test mode alone. */
const fundCashBalance = operation<FundParams>((request) => {
  const { context, customer } = placeOf(request);
  const { amount, reference = '' } = context.params;
  const currency = checkedCurrency(context.params.currency);
  const type = transferTypeOf(currency);
  if (type === undefined) {
    throw invalidRequest(`A cash balance cannot be funded in ${currency}: use eur, gbp, jpy, mxn or usd.`, {
      param: 'currency',
    });
  }
  requirePositiveInteger(amount, 'amount');
  const said = reference === '' ? null : reference;
  const transaction = moveCash(context, {
    customer,
    amount,
    currency,
    facts: { type: 'funded', funded: { bank_transfer: { ...senderOf(type), reference: said, type } } },
  });
  reconcile(context, { customer, currency, amount, reference: said });
  tellFunds(context, customer, currency);
  return transaction;
});

export const cashBalancesResource: Resource = {
  collections: [cashBalances, cashTransactions],
  operations: {
    'GET /v1/customers/:customer/cash_balance': retrieveCashBalance,
    'POST /v1/customers/:customer/cash_balance': updateCashBalance,
    'GET /v1/customers/:customer/cash_balance_transactions': listTransactions,
    'GET /v1/customers/:customer/cash_balance_transactions/:transaction': retrieveTransaction,
    'POST /v1/customers/:customer/funding_instructions': createFundingInstructions,
    'POST /v1/test_helpers/customers/:customer/fund_cash_balance': fundCashBalance,
  },
  scheduled: { [cashReconciles]: reconcileCash },
};
