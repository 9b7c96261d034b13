import type { AccountKind, Currency, Instant, LedgerSourceKind, LedgerTransactionKind } from '@tollbridge/core';
import { instant, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { table } from './table.js';

export interface LedgerBalance {
  readonly account: AccountKind;
  readonly currency: Currency;
  /** Debit above zero. */
  readonly balanceMinor: bigint;
}

/** The balances of every account; of one customer's or connection's alone when an owner is named. */
export async function sumLedgerBalances(
  database: Database,
  environmentId: string,
  ownerId: string | null,
): Promise<LedgerBalance[]> {
  const rows = await database.query({
    name: 'sum_ledger_balances',
    text: `
select account, currency, sum(amount_minor)::bigint as balance_minor
from ledger_entries
where environment_id = $1
  and ($2::text is null or owner_id = $2)
group by account, currency
order by account, currency`,
    values: [environmentId, ownerId],
  });
  return rows.map((row) => ({
    account: row.account as AccountKind,
    currency: row.currency as Currency,
    balanceMinor: row.balance_minor as bigint,
  }));
}

export interface StoredLedgerTransaction {
  readonly environmentId: string;
  readonly id: string;
  readonly kind: LedgerTransactionKind;
  readonly sourceKind: LedgerSourceKind;
  readonly sourceId: string;
  readonly occurredAt: Instant;
}

const ledgerTransactionsTable = table<StoredLedgerTransaction>(
  'ledger_transactions',
  {
    environmentId: text(),
    id: text(),
    kind: text<LedgerTransactionKind>(),
    sourceKind: text<LedgerSourceKind>(),
    sourceId: text(),
    occurredAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

export interface LedgerFilter {
  readonly kind: string | null;
  readonly sourceId: string | null;
  readonly ownerId: string | null;
}

const OF_OWNER = `exists (
    select 1
    from ledger_entries e
    where e.environment_id = t.environment_id
      and e.transaction_id = t.id
      and e.owner_id = $?
  )`;

export async function listLedgerTransactions(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: LedgerFilter },
): Promise<Page<StoredLedgerTransaction> | null> {
  const conditions: Condition[] = [];
  if (filter.kind !== null) conditions.push({ sql: 't.kind = $?', value: filter.kind });
  if (filter.sourceId !== null) conditions.push({ sql: 't.source_id = $?', value: filter.sourceId });
  if (filter.ownerId !== null) conditions.push({ sql: OF_OWNER, value: filter.ownerId });
  return pageOf(database, ledgerTransactionsTable, { environmentId, request, conditions });
}

export interface StoredLedgerEntry {
  readonly transactionId: string;
  readonly account: AccountKind;
  readonly ownerId: string | null;
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

/** The entries of several transactions, each transaction's in its order. */
export async function listLedgerEntries(
  database: Database,
  environmentId: string,
  transactionIds: readonly string[],
): Promise<StoredLedgerEntry[]> {
  const rows = await database.query({
    name: 'list_ledger_entries',
    text: `
select transaction_id, account, owner_id, amount_minor, currency
from ledger_entries
where environment_id = $1
  and transaction_id = any($2::text[])
order by transaction_id, position`,
    values: [environmentId, [...transactionIds]],
  });
  return rows.map((row) => ({
    transactionId: row.transaction_id as string,
    account: row.account as AccountKind,
    ownerId: row.owner_id as string | null,
    amountMinor: row.amount_minor as bigint,
    currency: row.currency as Currency,
  }));
}
