import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import { converted, settlementOf } from '../accounts/settlement.js';

export type BalanceTransactionObject = Stripe.BalanceTransaction;

/** Money is available this long after a card charge: https://docs.stripe.com/payouts#payout-speed */
const settlementDelaySeconds = 2 * 24 * 60 * 60;

export const balanceTransactions = defineCollection<BalanceTransactionObject>({
  type: 'balance_transaction',
  prefix: 'txn',
  label: 'balance transaction',
  indexes: ['source'],
  // Whether money is available is a question of the time of asking.
  render: (transaction, work) =>
    transaction.status === 'pending' && transaction.available_on <= work.now
      ? { ...transaction, status: 'available' }
      : { ...transaction },
});

export interface Movement {
  readonly type: BalanceTransactionObject['type'];
  readonly reportingCategory: string;
  /** In the smallest unit of `currency`; negative when money leaves. */
  readonly amount: number;
  readonly currency: string;
  /** What Stripe keeps, in the smallest unit of `currency`. */
  readonly fee: number;
  readonly source: string;
  readonly description: string | null;
  readonly availableAtOnce: boolean;
}

/** Writes what happened to the balance, in the currency the account settles in. */
export const putBalanceTransaction = (work: Work, movement: Movement): BalanceTransactionObject => {
  const settlement = settlementOf(work, movement.currency);
  const amount = converted(movement.amount, movement.currency, settlement);
  const fee = converted(movement.fee, movement.currency, settlement);
  const { currency } = settlement;
  return work.put(balanceTransactions, {
    id: work.newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: movement.availableAtOnce ? work.now : work.now + settlementDelaySeconds,
    balance_type: 'payments',
    created: work.now,
    currency,
    description: movement.description,
    exchange_rate: settlement.rate === null ? null : Number(settlement.rate),
    fee,
    fee_details: fee === 0 ? [] : [feeDetail(fee, currency)],
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: movement.availableAtOnce ? 'available' : 'pending',
    type: movement.type,
  });
};

const feeDetail = (amount: number, currency: string): Stripe.BalanceTransaction.FeeDetail => ({
  amount,
  application: null,
  currency,
  description: 'Stripe processing fees',
  type: 'stripe_fee',
});

/** 2.9 % and 30 of the smallest unit, half up: https://stripe.com/pricing for cards in the US. */
export const processingFee = (amount: number): number => Math.floor((amount * 29 + 500) / 1000) + 30;
