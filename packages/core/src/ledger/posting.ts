import { invariant } from '../invariant.js';
import type { Currency } from '../money/currency.js';
import type { Instant } from '../time/instant.js';
import { ACCOUNTS, type AccountKind } from './accounts.js';

export interface LedgerEntry {
  readonly account: AccountKind;
  /** The customer or the connection whose account it is; null for the accounts that nobody owns. */
  readonly ownerId: string | null;
  /** Debit above zero, credit below zero, never zero. */
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

export type LedgerTransactionKind =
  | 'invoice_finalized'
  | 'invoice_voided'
  | 'invoice_uncollectible'
  | 'payment_succeeded'
  | 'payment_offline_recorded'
  | 'refund_requested'
  | 'refund_succeeded'
  | 'refund_failed'
  | 'refund_reversed'
  | 'refund_reopened'
  | 'refund_failed_again'
  | 'credit_note_issued'
  | 'balance_transaction_posted'
  | 'dispute_opened'
  | 'dispute_won'
  | 'dispute_lost';

export type LedgerSourceKind = 'invoice' | 'payment' | 'refund' | 'credit_note' | 'dispute' | 'balance_transaction';

/** One fact in the books. Kind and source together are unique, so that no fact is entered twice. */
export interface LedgerTransaction {
  readonly kind: LedgerTransactionKind;
  readonly sourceKind: LedgerSourceKind;
  readonly sourceId: string;
  readonly occurredAt: Instant;
  readonly entries: readonly LedgerEntry[];
}

/** The largest number of entries that one fact needs: a balance transaction with an exchange and a fee has six. */
export const LEDGER_ENTRIES_MAX = 8;

/**
 * A transaction of the ledger. Entries of zero say nothing and are left out; a fact that moves nothing has no
 * transaction at all, hence null.
 *
 * Errors: none; that debits and credits of each currency do not balance, or that an account has the wrong kind of owner,
 * is an invariant violation.
 */
export function ledgerTransaction(fact: LedgerTransaction): LedgerTransaction | null {
  const entries = fact.entries.filter((entry) => entry.amountMinor !== 0n);
  invariant(entries.length <= LEDGER_ENTRIES_MAX, `a ledger transaction has at most ${LEDGER_ENTRIES_MAX} entries`);
  for (const entry of entries) {
    const isOwned = ACCOUNTS[entry.account].owner !== 'none';
    invariant(isOwned === (entry.ownerId !== null), `${entry.account} names an owner if and only if it has one`);
  }
  for (const [currency, balance] of balances(entries)) {
    invariant(balance === 0n, `${fact.kind} of ${fact.sourceId} balances in ${currency}`);
  }
  return entries.length === 0 ? null : { ...fact, entries };
}

/** The same as a list, for decisions that imply any number of transactions. */
export function postingsOf(...transactions: readonly (LedgerTransaction | null)[]): LedgerTransaction[] {
  return transactions.filter((transaction) => transaction !== null);
}

export function debit(
  account: AccountKind,
  ownerId: string | null,
  amount: { readonly minor: bigint; readonly currency: Currency },
): LedgerEntry {
  return { account, ownerId, amountMinor: amount.minor, currency: amount.currency };
}

export function credit(
  account: AccountKind,
  ownerId: string | null,
  amount: { readonly minor: bigint; readonly currency: Currency },
): LedgerEntry {
  return { account, ownerId, amountMinor: -amount.minor, currency: amount.currency };
}

function balances(entries: readonly LedgerEntry[]): Map<Currency, bigint> {
  const byCurrency = new Map<Currency, bigint>();
  for (const { currency, amountMinor } of entries) {
    byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + amountMinor);
  }
  return byCurrency;
}
