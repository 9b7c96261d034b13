import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';

/** Kept by the id of its customer, which is not shown as the cash balance's own. */
export interface CashBalanceObject extends Stripe.CashBalance {
  readonly id: string;
}

export const cashBalances = defineCollection<CashBalanceObject>({
  type: 'cash_balance',
  prefix: 'cashbal',
  label: 'cash balance',
  path: ({ customer }) => `/v1/customers/${customer}/cash_balance`,
  render: ({ id: _id, ...shown }) => shown,
});

export interface CashTransactionObject extends Omit<Stripe.CustomerCashBalanceTransaction, 'customer'> {
  readonly customer: string;
}

export const cashTransactions = defineCollection<CashTransactionObject>({
  type: 'customer_cash_balance_transaction',
  prefix: 'ccsbtxn',
  label: 'customer cash balance transaction',
  path: ({ customer, id }) => `/v1/customers/${customer}/cash_balance_transactions/${id}`,
  indexes: ['customer'],
});

/** What is scheduled when something new awaits the cash of a customer. */
export const cashReconciles = 'cash_balance.reconciles';

/** As it is for whoever never had any. */
export const cashBalanceOf = (work: Work, customer: string): CashBalanceObject =>
  work.get(cashBalances, customer) ?? {
    id: customer,
    object: 'cash_balance',
    available: null,
    customer,
    customer_account: null,
    livemode: work.account.livemode,
    settings: { reconciliation_mode: 'automatic', using_merchant_default: true },
  };

/** In the smallest unit of the currency. */
export const cashIn = (work: Work, customer: string, currency: string): number =>
  cashBalanceOf(work, customer).available?.[currency] ?? 0;

type CashFacts = Pick<CashTransactionObject, 'type'> &
  Partial<
    Pick<CashTransactionObject, 'applied_to_payment' | 'funded' | 'refunded_from_payment' | 'unapplied_from_payment'>
  >;

export interface CashMovement {
  readonly customer: string;
  /** Positive is what the customer gets. */
  readonly amount: number;
  readonly currency: string;
  readonly facts: CashFacts;
}

/** Moves cash and writes and tells the movement: the only way it ever moves. */
export const moveCash = (work: Work, { customer, amount, currency, facts }: CashMovement): CashTransactionObject => {
  const before = cashBalanceOf(work, customer);
  const ending = (before.available?.[currency] ?? 0) + amount;
  if (!Number.isSafeInteger(ending) || ending < 0) {
    throw invalidRequest('The cash balance would be beyond what can be counted.', { param: 'amount' });
  }
  work.put(cashBalances, { ...before, available: { ...before.available, [currency]: ending } });
  const transaction = work.put(cashTransactions, {
    id: work.newId('ccsbtxn'),
    object: 'customer_cash_balance_transaction',
    created: work.now,
    currency,
    customer,
    customer_account: null,
    ending_balance: ending,
    livemode: work.account.livemode,
    net_amount: amount,
    ...facts,
  });
  work.emit('customer_cash_balance_transaction.created', transaction);
  return transaction;
};

/** Tells whoever reconciles that there is money: comment of `cash_balance.funds_available` in the SDK. */
export const tellFunds = (work: Work, customer: string, currency: string): void => {
  if (cashIn(work, customer, currency) > 0) work.emit('cash_balance.funds_available', cashBalanceOf(work, customer));
};

type ReconciliationMode = NonNullable<Stripe.CustomerUpdateCashBalanceParams.Settings['reconciliation_mode']>;

/** `merchant_default` is what all customers have who have no mode of their own. */
export const setReconciliation = (
  work: Work,
  customer: string,
  mode: ReconciliationMode | undefined,
): CashBalanceObject => {
  const before = cashBalanceOf(work, customer);
  if (mode === undefined) return before;
  const isDefault = mode === 'merchant_default';
  const settings = { reconciliation_mode: isDefault ? 'automatic' : mode, using_merchant_default: isDefault } as const;
  return work.put(cashBalances, { ...before, settings });
};

export const isAutomatic = (work: Work, customer: string): boolean =>
  cashBalanceOf(work, customer).settings.reconciliation_mode === 'automatic';
