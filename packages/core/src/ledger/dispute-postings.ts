import type { Currency } from '../money/currency.js';
import { money } from '../money/money.js';
import type { Instant } from '../time/instant.js';
import { credit, debit, type LedgerTransaction, ledgerTransaction } from './posting.js';

/** A dispute as the books see it: the contested amount, in the currency that the payment was made in. */
export interface DisputeFact {
  readonly disputeId: string;
  readonly connectionId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly occurredAt: Instant;
}

/** Stripe takes the contested money out; its balance transaction follows or came before. */
export function disputeOpened(fact: DisputeFact): LedgerTransaction | null {
  const amount = money(fact.amountMinor, fact.currency);
  return ledgerTransaction({
    ...source(fact, 'dispute_opened'),
    entries: [debit('disputed_funds', fact.connectionId, amount), credit('disputes', fact.connectionId, amount)],
  });
}

/** A decision ends the contest: won, and Stripe puts the money back; lost, and it is gone. */
export function disputeClosed(fact: DisputeFact, outcome: 'won' | 'lost'): LedgerTransaction | null {
  const amount = money(fact.amountMinor, fact.currency);
  return ledgerTransaction({
    ...source(fact, outcome === 'won' ? 'dispute_won' : 'dispute_lost'),
    entries: [
      outcome === 'won' ? debit('disputes', fact.connectionId, amount) : debit('dispute_losses', null, amount),
      credit('disputed_funds', fact.connectionId, amount),
    ],
  });
}

function source(fact: DisputeFact, kind: LedgerTransaction['kind']): Omit<LedgerTransaction, 'entries'> {
  return { kind, sourceKind: 'dispute', sourceId: fact.disputeId, occurredAt: fact.occurredAt };
}
