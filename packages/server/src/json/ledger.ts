import { ACCOUNTS, isoFromInstant } from '@tollbridge/core';
import type { LedgerBalance, StoredLedgerEntry, StoredLedgerTransaction } from '../store/ledger.js';
import { LEDGER_IDENTITIES, type LedgerViolation } from '../store/ledger-check.js';

/** Balances add up over all that ever happened: exact as text, whatever their size. */
export const ledgerBalanceToJson = (balance: LedgerBalance) => ({
  object: 'ledger_balance' as const,
  account: balance.account,
  normal_side: ACCOUNTS[balance.account].normalSide,
  meaning: ACCOUNTS[balance.account].sentence,
  currency: balance.currency,
  balance: balance.balanceMinor.toString(),
});

export const ledgerTransactionToJson = (
  transaction: StoredLedgerTransaction,
  entries: readonly StoredLedgerEntry[],
) => ({
  object: 'ledger_transaction' as const,
  id: transaction.id,
  kind: transaction.kind,
  source: { kind: transaction.sourceKind, id: transaction.sourceId },
  occurred_at: isoFromInstant(transaction.occurredAt),
  entries: entries.map((entry) => ({
    account: entry.account,
    owner_id: entry.ownerId,
    amount: entry.amountMinor.toString(),
    currency: entry.currency,
  })),
});

export const ledgerViolationToJson = (violation: LedgerViolation) => ({
  identity: violation.identity,
  meaning: LEDGER_IDENTITIES[violation.identity],
  subject_id: violation.subjectId,
  currency: violation.currency,
  expected: violation.expectedMinor.toString(),
  actual: violation.actualMinor.toString(),
});
