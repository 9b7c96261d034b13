import type { Invoice } from '../invoice/invoice.js';
import { smallerOf } from '../money/smaller.js';
import type { Payment } from '../payment/payment.js';
import type { CreditNote } from './credit-note.js';
import { isRefundAlive, type Refund } from './refund.js';

export interface RefundableFacts {
  readonly payment: Payment;
  readonly invoice: Invoice;
  /** All refunds of the payment. */
  readonly refunds: readonly Refund[];
  /** All credit notes of the invoice. */
  readonly creditNotes: readonly CreditNote[];
}

export interface Refundable {
  /** What no invoice needed and is still with us, in minor units. */
  readonly overpaidMinor: bigint;
  /** What the invoice received by this payment and can still be given back without a credit note, in minor units. */
  readonly appliedMinor: bigint;
  /** What of the payment is still with us at all, less what was overpaid: the most a credit note can pay out of it. */
  readonly chargedMinor: bigint;
}

/**
 * What can still go back of a payment. What a credit note has turned into the customer's credit is his already and does
 * not go back a second time.
 */
export function refundable({ payment, invoice, refunds, creditNotes }: RefundableFacts): Refundable {
  const alive = refunds.filter(isRefundAlive);
  const overpaidGone = total(
    alive.filter((each) => each.creditNoteId === null).map((each) => each.fromOverpaymentMinor),
  );
  const overpaidMinor = atLeastZero(payment.amountMinor - payment.appliedMinor - overpaidGone);
  const chargedMinor = atLeastZero(payment.amountMinor - payment.refundedMinor - overpaidMinor);
  const credited = total(creditNotes.map((each) => each.creditMinor));
  const ofInvoice = atLeastZero(invoice.paidMinor - invoice.refundedMinor - credited);
  return { overpaidMinor, appliedMinor: smallerOf(chargedMinor, ofInvoice), chargedMinor };
}

const atLeastZero = (minor: bigint): bigint => (minor < 0n ? 0n : minor);

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((left, right) => left + right, 0n);
