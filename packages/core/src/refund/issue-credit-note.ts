import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import { amountDueMinor } from '../invoice/amount-due.js';
import { type Invoice, type InvoiceLine, invoiceEvent } from '../invoice/invoice.js';
import { nextInvoiceStatus } from '../invoice/states.js';
import { creditNoteIssued } from '../ledger/invoice-postings.js';
import { type LedgerTransaction, postingsOf } from '../ledger/posting.js';
import { money } from '../money/money.js';
import { smallerOf } from '../money/smaller.js';
import { stripeAmountFromMoney } from '../money/stripe-amount.js';
import type { Payment } from '../payment/payment.js';
import { err, ok, type Result } from '../result.js';
import {
  type CreditLineAsked,
  type CreditLineRefused,
  creditAmount,
  creditableMinor,
  creditEverything,
  creditLines,
  type NewCreditLine,
} from './credit-lines.js';
import { type CreditNote, type CreditNoteLine, type CreditNoteReason, creditNoteEvent } from './credit-note.js';
import type { Refund, RefundDecision } from './refund.js';
import { refundable } from './refundable.js';
import { payOutCreditNote, type RefundTimes } from './request-refund.js';

/** More notes for one invoice than anybody writes; the rules look at all of them. */
export const CREDIT_NOTES_OF_INVOICE_MAX = 100;
/** Of how many payments one note is paid out. */
export const CREDIT_NOTE_REFUNDS_MAX = 10;

export interface CreditNoteFacts {
  readonly invoice: Invoice;
  readonly lines: readonly InvoiceLine[];
  readonly creditNotes: readonly CreditNote[];
  readonly creditedLines: readonly CreditNoteLine[];
  /** The payments of the invoice that succeeded at Stripe, each with all its refunds, the newest first. */
  readonly payments: readonly { readonly payment: Payment; readonly refunds: readonly Refund[] }[];
}

export type CreditAsked =
  | { readonly lines: readonly CreditLineAsked[] }
  | { readonly amountMinor: bigint }
  | 'everything';

export interface CreditNoteAsked {
  readonly id: string;
  readonly reason: CreditNoteReason;
  readonly memo: string | null;
  /** Lines, an amount with its tax in minor units, or everything that is left of the invoice. */
  readonly what: CreditAsked;
  /** What happens to the part that was paid already: back to the payer, or kept as his money with us. */
  readonly settleBy: 'refund' | 'credit';
  readonly metadata: Readonly<Record<string, string>>;
  /** Ids for the refunds that this may need, as many as `CREDIT_NOTE_REFUNDS_MAX`. */
  readonly refundIds: readonly string[];
}

export type CreditNoteRefused =
  | CreditLineRefused
  | { readonly code: 'credit_note_invoice_not_creditable'; readonly status: Invoice['status'] }
  | { readonly code: 'credit_note_too_many'; readonly creditNotesMax: number }
  | { readonly code: 'credit_note_total_not_positive' }
  | { readonly code: 'credit_note_amount_too_large'; readonly creditableMinor: bigint }
  | { readonly code: 'credit_note_not_refundable'; readonly refundableMinor: bigint }
  | { readonly code: 'invoice_has_open_payment'; readonly paymentId: string };

export interface CreditNoteDecision {
  readonly creditNote: CreditNote;
  readonly lines: readonly CreditNoteLine[];
  readonly invoice: Invoice;
  /** Each with its payment as it becomes; the invoice above has them all in it. */
  readonly refunds: readonly RefundDecision[];
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/**
 * Takes back a finalized invoice, wholly or in part. What is still due is lowered first; what was paid becomes the
 * customer's money with us, and goes back to him or stays. An invoice of which nothing is due any more is paid.
 *
 * Errors: `credit_note_invoice_not_creditable` unless it is finalized or paid; `credit_note_too_many`; those of a line;
 * `credit_note_total_not_positive`; `credit_note_amount_too_large` when what was paid has gone back in other ways;
 * `credit_note_not_refundable` when less than needed came through Stripe; `invoice_has_open_payment` when the amount due
 * would change under an attempt.
 */
export function issueCreditNote(
  facts: CreditNoteFacts,
  asked: CreditNoteAsked,
  times: RefundTimes,
): Result<CreditNoteDecision, CreditNoteRefused> {
  const refusal = refusalOfInvoice(facts);
  if (refusal !== null) return err(refusal);
  const made = newLines(facts, asked.what);
  if (!made.ok) return made;
  const netMinor = total(made.value.map((line) => line.netMinor));
  const taxMinor = total(made.value.map((line) => line.taxMinor));
  const split = splitOf(facts, netMinor + taxMinor);
  if (!split.ok) return split;
  const note = newNote(facts, asked, { netMinor, taxMinor, ...split.value, createdAt: times.now });
  const lines = made.value.map((line) => ({ ...line, environmentId: note.environmentId, creditNoteId: note.id }));
  return decided({ facts, asked, times }, note, lines);
}

function newLines(facts: CreditNoteFacts, what: CreditAsked): Result<NewCreditLine[], CreditNoteRefused> {
  const lineFacts = { lines: facts.lines, credited: facts.creditedLines };
  if (what === 'everything') return ok(creditEverything(lineFacts));
  if ('lines' in what) return creditLines(lineFacts, what.lines);
  const leftMinor = creditableMinor(lineFacts);
  const made = what.amountMinor > leftMinor ? null : creditAmount(lineFacts, what.amountMinor);
  return made === null ? err({ code: 'credit_note_amount_too_large', creditableMinor: leftMinor }) : ok(made);
}

function refusalOfInvoice({ invoice, creditNotes }: CreditNoteFacts): CreditNoteRefused | null {
  if (invoice.status !== 'finalized' && invoice.status !== 'paid') {
    return { code: 'credit_note_invoice_not_creditable', status: invoice.status };
  }
  if (creditNotes.length >= CREDIT_NOTES_OF_INVOICE_MAX) {
    return { code: 'credit_note_too_many', creditNotesMax: CREDIT_NOTES_OF_INVOICE_MAX };
  }
  return null;
}

interface Split {
  readonly againstDebtMinor: bigint;
  readonly paidMinor: bigint;
}

function splitOf({ invoice, creditNotes }: CreditNoteFacts, totalMinor: bigint): Result<Split, CreditNoteRefused> {
  if (totalMinor <= 0n) return err({ code: 'credit_note_total_not_positive' });
  const due = amountDueMinor(invoice);
  const againstDebtMinor = smallerOf(totalMinor, due);
  const paidMinor = totalMinor - againstDebtMinor;
  const stillOurs = invoice.paidMinor - invoice.refundedMinor - total(creditNotes.map((each) => each.creditMinor));
  if (paidMinor > stillOurs) {
    return err({ code: 'credit_note_amount_too_large', creditableMinor: due + (stillOurs > 0n ? stillOurs : 0n) });
  }
  if (againstDebtMinor > 0n && invoice.openPaymentId !== null) {
    return err({ code: 'invoice_has_open_payment', paymentId: invoice.openPaymentId });
  }
  return ok({ againstDebtMinor, paidMinor });
}

function newNote(
  { invoice, creditNotes }: CreditNoteFacts,
  asked: CreditNoteAsked,
  amounts: Split & Pick<CreditNote, 'netMinor' | 'taxMinor' | 'createdAt'>,
): CreditNote {
  const position = creditNotes.length + 1;
  const { paidMinor, ...rest } = amounts;
  return {
    ...rest,
    environmentId: invoice.environmentId,
    id: asked.id,
    invoiceId: invoice.id,
    customerId: invoice.customerId,
    position,
    number: `${invoice.number}-CN${position}`,
    reason: asked.reason,
    memo: asked.memo,
    currency: invoice.currency,
    totalMinor: amounts.netMinor + amounts.taxMinor,
    refundMinor: asked.settleBy === 'refund' ? paidMinor : 0n,
    creditMinor: asked.settleBy === 'refund' ? 0n : paidMinor,
    metadata: asked.metadata,
    version: 1,
  };
}

interface Issuing {
  readonly facts: CreditNoteFacts;
  readonly asked: CreditNoteAsked;
  readonly times: RefundTimes;
}

function decided(
  issuing: Issuing,
  creditNote: CreditNote,
  lines: readonly CreditNoteLine[],
): Result<CreditNoteDecision, CreditNoteRefused> {
  const { now } = issuing.times;
  const lowered = withCredit(issuing.facts.invoice, creditNote.againstDebtMinor, issuing.times);
  const refunds = refundsOf(issuing, creditNote, lowered);
  if (!refunds.ok) return refunds;
  const invoice = refunds.value.at(-1)?.invoice ?? lowered;
  const isPaidNow = invoice.status === 'paid' && issuing.facts.invoice.status !== 'paid';
  return ok({
    creditNote,
    lines,
    invoice,
    refunds: refunds.value,
    postings: postingsOf(creditNoteIssued({ ...creditNote, creditNoteId: creditNote.id, occurredAt: now })),
    events: [
      creditNoteEvent(creditNote, 'credit_note.issued'),
      ...(isPaidNow ? [invoiceEvent(invoice, 'invoice.paid')] : []),
    ],
  });
}

function withCredit(invoice: Invoice, creditedMinor: bigint, { now }: RefundTimes): Invoice {
  const lowered: Invoice = { ...invoice, creditedMinor: invoice.creditedMinor + creditedMinor };
  if (invoice.status === 'paid' || amountDueMinor(lowered) > 0n) return lowered;
  const status = nextInvoiceStatus(invoice.status, 'settle');
  invariant(status.ok, 'an open invoice can be settled');
  return { ...lowered, status: status.value, paymentStatus: 'succeeded', paymentStatusReason: null, paidAt: now };
}

/** The newest payments first, each as far as it has the money. */
function refundsOf(
  { facts, asked, times }: Issuing,
  note: CreditNote,
  before: Invoice,
): Result<RefundDecision[], CreditNoteRefused> {
  const decisions: RefundDecision[] = [];
  let leftMinor = note.refundMinor;
  let invoice = before;
  for (const { payment, refunds } of facts.payments) {
    const id = asked.refundIds[decisions.length];
    if (leftMinor === 0n || id === undefined) break;
    const { chargedMinor } = refundable({ payment, invoice, refunds, creditNotes: facts.creditNotes });
    const amountMinor = smallerOf(chargedMinor, leftMinor);
    if (!stripeAmountFromMoney(money(amountMinor, payment.currency)).ok) break;
    if (amountMinor === 0n) continue;
    const wanted = { id, amountMinor, creditNoteId: note.id, reason: 'other', origin: 'asked', metadata: {} } as const;
    const decision = payOutCreditNote({ payment, invoice }, wanted, times);
    decisions.push(decision);
    invoice = decision.invoice;
    leftMinor -= amountMinor;
  }
  if (leftMinor > 0n) {
    return err({ code: 'credit_note_not_refundable', refundableMinor: note.refundMinor - leftMinor });
  }
  return ok(decisions);
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((left, right) => left + right, 0n);
