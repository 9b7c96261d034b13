import type Stripe from 'stripe';
import { defineCollection, type StoredObject } from '../../collection.js';
import type { Work } from '../../work.js';
import { type BalanceTransactionObject, balanceTransactions } from './balance-transaction.js';

/** The balance has no id of its own; this one is only for the event that tells of it, and is never shown. */
interface ToldBalance extends Stripe.Balance, StoredObject {}

export const balances = defineCollection<ToldBalance>({
  type: 'balance',
  prefix: 'balance',
  render: ({ id: _unshown, ...balance }) => balance,
});

/** What the transactions add up to, by currency. */
export const balanceOf = (work: Work): Stripe.Balance => {
  const totals = new Map<string, { available: number; pending: number }>();
  for (const one of work.newestFirst(balanceTransactions)) {
    const total = totals.get(one.currency) ?? { available: 0, pending: 0 };
    if (one.available_on <= work.now) total.available += one.net;
    else total.pending += one.net;
    totals.set(one.currency, total);
  }
  if (totals.size === 0) totals.set('usd', { available: 0, pending: 0 });
  const funds = (kind: 'available' | 'pending') =>
    [...totals].map(([currency, total]) => ({ amount: total[kind], currency, source_types: { card: total[kind] } }));
  return {
    object: 'balance',
    available: funds('available'),
    livemode: work.account.livemode,
    pending: funds('pending'),
  };
};

/**
 * Tells of money that can be used the moment it comes, never of money that leaves:
 * https://docs.stripe.com/api/events/types#event_types-balance.available
 */
export const tellIfAvailable = (work: Work, transaction: BalanceTransactionObject): void => {
  if (transaction.status !== 'available' || transaction.net <= 0) return;
  work.emit('balance.available', { id: 'balance', ...balanceOf(work) });
};
