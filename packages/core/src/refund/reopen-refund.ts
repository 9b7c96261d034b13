import type { Invoice } from '../invoice/invoice.js';
import { postingsOf } from '../ledger/posting.js';
import { refundReopened } from '../ledger/refund-postings.js';
import { smallerOf } from '../money/smaller.js';
import type { Payment } from '../payment/payment.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { applyRefund, type RefundRows, type RefundSeen } from './apply-refund.js';
import type { CreditNote } from './credit-note.js';
import { type Refund, type RefundDecision, refundEvent, refundFact, refundOfInvoiceMinor } from './refund.js';
import { type RefundableFacts, refundable } from './refundable.js';

/**
 * Whether Stripe holds a refund that was closed as one that it never made: a call of ours was refused, and an earlier one
 * arrived all the same. One that failed at Stripe itself has moved nothing.
 */
export function isMadeAfterAll(refund: Refund, seen: RefundSeen): boolean {
  const isClosedUnmade = refund.status === 'failed' && refund.stripeRefundId === null;
  return isClosedUnmade && seen.stripeId !== null && (seen.status === 'pending' || seen.status === 'succeeded');
}

/**
 * Opens such a refund again: its money goes, or has gone, and counts as refunded. How much of it was the customer's money
 * with us is looked at anew, since other refunds may have been made in between.
 *
 * Errors: `refund_waits_for_another` while refunds of ours that Stripe must refuse now still hold the money.
 */
export function reopenRefund(
  { rows, facts }: { readonly rows: RefundRows; readonly facts: RefundableFacts },
  seen: RefundSeen,
  now: Instant,
): Result<RefundDecision, { readonly code: 'refund_waits_for_another' }> {
  const { refund, payment, invoice, creditNote } = rows;
  const { amountMinor } = refund;
  if (payment.refundedMinor + amountMinor > payment.amountMinor) return err({ code: 'refund_waits_for_another' });
  const fromOverpaymentMinor =
    refund.creditNoteId === null
      ? smallerOf(amountMinor, refundable(facts).overpaidMinor)
      : refund.fromOverpaymentMinor;
  const reopened: Refund = {
    ...refund,
    status: 'pending',
    stripeRefundId: seen.stripeId,
    fromOverpaymentMinor,
    failure: null,
    failedAt: null,
    reopenedAt: now,
  };
  const open = {
    refund: reopened,
    payment: withRefunded(payment, amountMinor),
    invoice: withRefunded(invoice, refundOfInvoiceMinor(reopened)),
    creditNote: creditNote === null ? null : paidOut(creditNote, amountMinor),
  };
  const applied = applyRefund(open, seen, now);
  return ok({
    ...open,
    refund: applied.refund,
    postings: [...postingsOf(refundReopened(refundFact(reopened, now))), ...applied.postings],
    events: [refundEvent(reopened, 'refund.reopened'), ...applied.events],
  });
}

const withRefunded = <Row extends Payment | Invoice>(row: Row, amountMinor: bigint): Row => ({
  ...row,
  refundedMinor: row.refundedMinor + amountMinor,
});

/** What had been kept as the customer's credit when the refund was closed. */
const paidOut = (note: CreditNote, amountMinor: bigint): CreditNote => ({
  ...note,
  refundMinor: note.refundMinor + amountMinor,
  creditMinor: note.creditMinor - amountMinor,
});
