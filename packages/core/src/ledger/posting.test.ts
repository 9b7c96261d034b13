import { expect, test } from 'vitest';
import { currencyOf } from '../money/currency.js';
import { money } from '../money/money.js';
import { instantOf } from '../time/instant.js';
import { credit, debit, type LedgerEntry, ledgerTransaction, postingsOf } from './posting.js';

const eur = currencyOf('eur');
const usd = currencyOf('usd');
const transaction = (entries: LedgerEntry[]) =>
  ledgerTransaction({
    kind: 'payment_succeeded',
    sourceKind: 'payment',
    sourceId: 'pay_1',
    occurredAt: instantOf(0),
    entries,
  });

test('INV-9: a transaction that balances is taken as it is, without the entries of zero', () => {
  const entries = [
    debit('offline_receipts', null, money(5n, eur)),
    debit('bad_debt', null, money(0n, eur)),
    credit('revenue', null, money(5n, eur)),
  ];
  expect(transaction(entries)?.entries).toEqual([
    { account: 'offline_receipts', ownerId: null, amountMinor: 5n, currency: 'eur' },
    { account: 'revenue', ownerId: null, amountMinor: -5n, currency: 'eur' },
  ]);
});

test('a fact that moves nothing has no transaction, and adds none to a list', () => {
  const nothing = transaction([debit('revenue', null, money(0n, eur))]);
  expect(nothing).toBeNull();
  expect(postingsOf(nothing)).toEqual([]);
});

test.each<[string, LedgerEntry[]]>([
  ['one side only', [debit('revenue', null, money(1n, eur))]],
  ['sides that differ', [debit('revenue', null, money(2n, eur)), credit('bad_debt', null, money(1n, eur))]],
  [
    'sides that balance only across currencies',
    [debit('revenue', null, money(1n, eur)), credit('bad_debt', null, money(1n, usd))],
  ],
  [
    'an account without its owner',
    [debit('receivable', null, money(1n, eur)), credit('revenue', null, money(1n, eur))],
  ],
  [
    'an owner that the account does not have',
    [debit('bad_debt', 'cus_1', money(1n, eur)), credit('revenue', null, money(1n, eur))],
  ],
  [
    'more entries than a fact needs',
    [1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, -8n].map((minor) => debit('revenue', null, money(minor, eur))),
  ],
])('INV-9: %s is a bug', (_name, entries) => {
  expect(() => transaction(entries)).toThrow();
});
