import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { type CustomerObject, customers } from './customer.js';

export type CustomerBalanceTransactionObject = Stripe.CustomerBalanceTransaction;

export const customerBalanceTransactions = defineCollection<CustomerBalanceTransactionObject>({
  type: 'customer_balance_transaction',
  prefix: 'cbtxn',
  label: 'customer balance transaction',
  path: (transaction) => `/v1/customers/${String(transaction.customer)}/balance_transactions/${transaction.id}`,
  indexes: ['customer'],
});

export interface BalanceMovement {
  /** In the smallest unit of `currency`; negative is a credit, which lowers what the customer's next invoice asks for. */
  readonly amount: number;
  readonly currency: string;
  readonly type: CustomerBalanceTransactionObject['type'];
  readonly description?: string | null;
  readonly metadata?: Record<string, string>;
  readonly invoice?: string;
  readonly creditNote?: string;
  readonly checkoutSession?: string;
}

export interface MovedBalance {
  readonly customer: CustomerObject;
  readonly transaction: CustomerBalanceTransactionObject;
}

/**
 * Writes one movement of a customer's credit balance and moves the balance with it; the only way it ever moves. Emits
 * nothing, so that a request that changes more of the customer tells it once: emit `customer.updated` with what it was.
 */
export const moveBalance = (work: Work, customer: CustomerObject, movement: BalanceMovement): MovedBalance => {
  const { amount, currency } = movement;
  const ending = balanceIn(customer, currency) + amount;
  if (!Number.isSafeInteger(ending)) {
    throw invalidRequest('The balance would be beyond what can be counted.', { param: 'amount' });
  }
  const transaction = work.put(customerBalanceTransactions, {
    id: work.newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: movement.checkoutSession ?? null,
    created: work.now,
    credit_note: movement.creditNote ?? null,
    currency,
    customer: customer.id,
    customer_account: null,
    description: movement.description ?? null,
    ending_balance: ending,
    invoice: movement.invoice ?? null,
    livemode: work.account.livemode,
    metadata: movement.metadata ?? {},
    type: movement.type,
  });
  return { customer: work.update(customers, customer, withBalance(customer, currency, ending)), transaction };
};

/** The first currency becomes the customer's own; balances in others stand beside `balance`. */
const withBalance = (customer: CustomerObject, currency: string, ending: number): Partial<CustomerObject> =>
  isOwn(customer, currency)
    ? { balance: ending, currency }
    : { _otherBalances: { ...customer._otherBalances, [currency]: ending } };

const isOwn = (customer: CustomerObject, currency: string): boolean =>
  customer.currency === null || customer.currency === undefined || customer.currency === currency;

/** In the smallest unit of the currency; negative is what the customer has to their credit. */
export const balanceIn = (customer: CustomerObject, currency: string): number =>
  isOwn(customer, currency) ? customer.balance : (customer._otherBalances?.[currency] ?? 0);

/** Sets the balance in the customer's own currency, by a movement of the difference. */
export const setBalance = (
  work: Work,
  customer: CustomerObject,
  balance: number,
  type: 'adjustment' | 'initial',
): CustomerObject => {
  const amount = balance - customer.balance;
  if (amount === 0) return customer;
  // A customer who was never charged has no currency yet: https://docs.stripe.com/api/accounts/object#account_object-default_currency
  const currency = customer.currency ?? defaultCurrency;
  return moveBalance(work, customer, { amount, currency, type }).customer;
};

/** Of every account of the sandbox, as `/v1/account` says. */
const defaultCurrency = 'usd';
