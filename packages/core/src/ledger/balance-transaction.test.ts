import { expect, test } from 'vitest';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import { ACCOUNTS } from './accounts.js';
import {
  BALANCE_TRANSACTION_PLACES,
  type BalanceTransactionFact,
  type BalanceTransactionPlace,
  balanceTransactionPlace,
  balanceTransactionPosted,
} from './balance-transaction.js';

const fact: BalanceTransactionFact = {
  id: 'txn_1',
  connectionId: 'con_1',
  type: 'charge',
  currency: currencyOf('eur'),
  amountMinor: 1000n,
  feeMinor: 30n,
  netMinor: 970n,
  exchange: null,
  attributed: 'ours',
  occurredAt: instantOf(0),
};

/** The entries as text, such as `stripe_clearing 970 eur`. */
const entries = (change: Partial<BalanceTransactionFact>): string[] | undefined =>
  balanceTransactionPosted({ ...fact, ...change })?.entries.map(
    (entry) => `${entry.account} ${entry.amountMinor} ${entry.currency}`,
  );

test('a charge leaves transit: its net is at Stripe, its fee is gone', () => {
  expect(entries({})).toEqual(['stripe_clearing 970 eur', 'stripe_fees 30 eur', 'payments_in_transit -1000 eur']);
});

test('a refund leaves transit the other way, and its fee stays with Stripe', () => {
  expect(entries({ type: 'refund', amountMinor: -1000n, feeMinor: 0n, netMinor: -1000n })).toEqual([
    'stripe_clearing -1000 eur',
    'payments_in_transit 1000 eur',
  ]);
});

test('a dispute takes its amount and a fee', () => {
  expect(entries({ type: 'adjustment', amountMinor: -1000n, feeMinor: 1500n, netMinor: -2500n })).toEqual([
    'stripe_clearing -2500 eur',
    'stripe_fees 1500 eur',
    'disputes 1000 eur',
  ]);
});

test('a fee of its own is a fee as a whole', () => {
  expect(entries({ type: 'stripe_fee', amountMinor: -200n, feeMinor: 0n, netMinor: -200n })).toEqual([
    'stripe_clearing -200 eur',
    'stripe_fees 200 eur',
  ]);
});

test('what Stripe exchanged balances in each currency by itself', () => {
  const exchange = { amountMinor: 900n, currency: currencyOf('usd') };
  expect(entries({ exchange })).toEqual([
    'stripe_clearing 970 eur',
    'stripe_fees 30 eur',
    'currency_exchange -1000 eur',
    'currency_exchange 900 usd',
    'payments_in_transit -900 usd',
  ]);
});

test('an exchange into the same currency is none', () => {
  expect(entries({ exchange: { amountMinor: 1000n, currency: currencyOf('eur') } })).toEqual(entries({}));
});

test('a transaction that moves nothing is not posted', () => {
  expect(balanceTransactionPosted({ ...fact, amountMinor: 0n, feeMinor: 0n, netMinor: 0n })).toBeNull();
});

test.each<[string, BalanceTransactionFact['attributed'], BalanceTransactionPlace]>([
  ['charge', 'ours', 'payments_in_transit'],
  ['charge', 'foreign', 'foreign'],
  ['payment', 'ours', 'payments_in_transit'],
  ['refund', 'foreign', 'foreign'],
  ['refund_failure', 'ours', 'payments_in_transit'],
  ['adjustment', 'ours', 'disputes'],
  ['adjustment', 'foreign', 'foreign'],
  ['payout', 'foreign', 'payouts'],
  ['payout_failure', 'ours', 'payouts'],
  ['stripe_fee', 'foreign', 'stripe_fees'],
  ['issuing_transaction', 'ours', 'foreign'],
  ['something_of_next_year', 'ours', 'foreign'],
  ['toString', 'ours', 'foreign'],
])('a transaction of type %s that is %s belongs to %s', (type, attributed, place) => {
  expect(balanceTransactionPlace({ type, attributed })).toBe(place);
});

test('every place is an account of a connection', () => {
  for (const place of Object.values(BALANCE_TRANSACTION_PLACES)) expect(ACCOUNTS[place].owner).toBe('connection');
});

test('amounts that do not fit each other are a bug', () => {
  expect(() => balanceTransactionPosted({ ...fact, netMinor: 971n })).toThrow('gross less its fee');
});
