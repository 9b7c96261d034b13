import type { Invoice } from '../invoice/invoice.js';
import { postingsOf } from '../ledger/posting.js';
import { refundFailed, refundFailedAgain, refundReversed, refundSucceeded } from '../ledger/refund-postings.js';
import type { Payment } from '../payment/payment.js';
import type { Instant } from '../time/instant.js';
import type { CreditNote } from './credit-note.js';
import {
  type Refund,
  type RefundDecision,
  type RefundError,
  refundEvent,
  refundFact,
  refundOfInvoiceMinor,
} from './refund.js';

/** What Stripe says of a refund, or that it refused to make it (then without an id). */
export interface RefundSeen {
  readonly stripeId: string | null;
  readonly status: Refund['status'];
  readonly failure: RefundError | null;
}

export interface RefundRows {
  readonly refund: Refund;
  readonly payment: Payment;
  readonly invoice: Invoice;
  /** The note that the refund pays out, if it does. */
  readonly creditNote: CreditNote | null;
}

/**
 * What a refund as seen at Stripe makes of ours. A refund that failed is over; one that had succeeded can still fail, when
 * the payer's bank sends it back. Seen twice, it changes nothing.
 *
 * Errors: none. A decision whose refund is the one given says that nothing changed.
 */
export function applyRefund(rows: RefundRows, seen: RefundSeen, now: Instant): RefundDecision {
  const known = withStripeId(rows.refund, seen.stripeId);
  switch (seen.status) {
    case 'pending':
      return { ...rows, refund: known, postings: [], events: [], creditNote: null };
    case 'succeeded':
      return succeeded(rows, known, now);
    case 'failed':
    case 'canceled':
      return failed(rows, known, { seen, now });
  }
}

function succeeded(rows: RefundRows, known: Refund, now: Instant): RefundDecision {
  const same = { ...rows, refund: known, postings: [], events: [], creditNote: null };
  if (known.status !== 'pending') return same;
  const refund: Refund = { ...known, status: 'succeeded', succeededAt: now };
  return {
    ...same,
    refund,
    postings: postingsOf(refundSucceeded(refundFact(refund, now))),
    events: [refundEvent(refund, 'refund.succeeded')],
  };
}

function failed(
  rows: RefundRows,
  known: Refund,
  { seen, now }: { readonly seen: RefundSeen; readonly now: Instant },
): RefundDecision {
  const { payment, invoice, creditNote } = rows;
  if (known.status === 'failed' || known.status === 'canceled') {
    return { ...rows, refund: known, postings: [], events: [], creditNote: null };
  }
  const failure = seen.failure ?? FAILED_WITHOUT_WORDS;
  const refund: Refund = { ...known, status: seen.status, failure, failedAt: now };
  const fact = refundFact(refund, now);
  const failedPending = known.reopenedAt === null ? refundFailed : refundFailedAgain;
  return {
    refund,
    payment: { ...payment, refundedMinor: payment.refundedMinor - refund.amountMinor },
    invoice: { ...invoice, refundedMinor: invoice.refundedMinor - refundOfInvoiceMinor(refund) },
    creditNote: creditNote === null ? null : keptAsCredit(creditNote, refund.amountMinor),
    postings: postingsOf(known.status === 'pending' ? failedPending(fact) : refundReversed(fact)),
    events: [refundEvent(refund, 'refund.failed')],
  };
}

/** What could not be paid out stays the customer's money with us. */
function keptAsCredit(note: CreditNote, amountMinor: bigint): CreditNote {
  return { ...note, refundMinor: note.refundMinor - amountMinor, creditMinor: note.creditMinor + amountMinor };
}

function withStripeId(refund: Refund, stripeId: string | null): Refund {
  return stripeId === null || refund.stripeRefundId === stripeId ? refund : { ...refund, stripeRefundId: stripeId };
}

const FAILED_WITHOUT_WORDS: RefundError = {
  code: 'refund_failed',
  message: 'Stripe could not give the money back and does not say why.',
  requestId: null,
};
