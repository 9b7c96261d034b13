import { invariant } from '../invariant.js';
import type { Currency } from '../money/currency.js';
import { money } from '../money/money.js';
import type { Instant } from '../time/instant.js';
import { credit, debit, type LedgerTransaction, ledgerTransaction } from './posting.js';

/** An invoice as the books see it: net, tax, and the customer who owes both. All amounts in minor units. */
export interface InvoiceFact {
  readonly invoiceId: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly occurredAt: Instant;
}

/** The customer owes net and tax from now on. Null when the invoice moves nothing. */
export function invoiceFinalized(fact: InvoiceFact): LedgerTransaction | null {
  const { customerId, currency, netMinor, taxMinor } = fact;
  return ledgerTransaction({
    kind: 'invoice_finalized',
    sourceKind: 'invoice',
    sourceId: fact.invoiceId,
    occurredAt: fact.occurredAt,
    entries: [
      debit('receivable', customerId, money(netMinor + taxMinor, currency)),
      credit('revenue', null, money(netMinor, currency)),
      credit('tax_payable', null, money(taxMinor, currency)),
    ],
  });
}

/**
 * The invoice is taken back whole. What it takes away is the customer's debt, or the bad debt when the invoice had
 * already been written off.
 */
export function invoiceVoided(fact: InvoiceFact & { readonly wasUncollectible: boolean }): LedgerTransaction | null {
  const gross = money(fact.netMinor + fact.taxMinor, fact.currency);
  return ledgerTransaction({
    kind: 'invoice_voided',
    sourceKind: 'invoice',
    sourceId: fact.invoiceId,
    occurredAt: fact.occurredAt,
    entries: [
      fact.wasUncollectible ? credit('bad_debt', null, gross) : credit('receivable', fact.customerId, gross),
      debit('revenue', null, money(fact.netMinor, fact.currency)),
      debit('tax_payable', null, money(fact.taxMinor, fact.currency)),
    ],
  });
}

/** What was still due is written off: it is a loss now, and no longer a debt that one counts on. */
export function invoiceUncollectible(fact: {
  readonly invoiceId: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly amountDueMinor: bigint;
  readonly occurredAt: Instant;
}): LedgerTransaction | null {
  const due = money(fact.amountDueMinor, fact.currency);
  return ledgerTransaction({
    kind: 'invoice_uncollectible',
    sourceKind: 'invoice',
    sourceId: fact.invoiceId,
    occurredAt: fact.occurredAt,
    entries: [debit('bad_debt', null, due), credit('receivable', fact.customerId, due)],
  });
}

/**
 * A part of an invoice is not owed any more. What was still open lowers the customer's debt (`againstDebtMinor`); the
 * rest, already paid, becomes money of the customer with us (overpayments), from which a refund can be made.
 *
 * Errors: none; a credit note of nothing, or a part of it below zero or above the whole, is an invariant violation.
 */
export function creditNoteIssued(fact: {
  readonly creditNoteId: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly againstDebtMinor: bigint;
  readonly occurredAt: Instant;
}): LedgerTransaction | null {
  const { customerId, currency, netMinor, taxMinor, againstDebtMinor } = fact;
  const grossMinor = netMinor + taxMinor;
  invariant(grossMinor > 0n, 'a credit note gives more than nothing');
  invariant(
    againstDebtMinor >= 0n && againstDebtMinor <= grossMinor,
    'a credit note lowers the debt by a part of itself',
  );
  return ledgerTransaction({
    kind: 'credit_note_issued',
    sourceKind: 'credit_note',
    sourceId: fact.creditNoteId,
    occurredAt: fact.occurredAt,
    entries: [
      debit('credit_notes_given', null, money(netMinor, currency)),
      debit('tax_payable', null, money(taxMinor, currency)),
      credit('receivable', customerId, money(againstDebtMinor, currency)),
      credit('overpayments', customerId, money(grossMinor - againstDebtMinor, currency)),
    ],
  });
}
