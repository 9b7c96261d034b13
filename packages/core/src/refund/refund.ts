import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { Invoice } from '../invoice/invoice.js';
import type { LedgerTransaction } from '../ledger/posting.js';
import type { RefundFact } from '../ledger/refund-postings.js';
import type { Currency } from '../money/currency.js';
import type { Payment } from '../payment/payment.js';
import type { Instant } from '../time/instant.js';
import type { CreditNote } from './credit-note.js';

/** `pending` until Stripe says that the money went; `failed` and `canceled` mean that it is with us again. */
export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'canceled';

export type RefundReason = 'requested_by_customer' | 'duplicate' | 'fraudulent' | 'overpayment' | 'other';

export const REFUND_REASONS: readonly RefundReason[] = [
  'requested_by_customer',
  'duplicate',
  'fraudulent',
  'overpayment',
  'other',
];

/** Who wanted it: a person, we by ourselves for money that no invoice needs, or somebody at Stripe. */
export type RefundOrigin = 'asked' | 'automatic' | 'stripe';

/** Why the money did not go back, in the words of Stripe. */
export interface RefundError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
}

/** Money of one payment on its way back to the payer. All amounts in minor units of the payment's currency. */
export interface Refund {
  readonly environmentId: string;
  readonly id: string;
  readonly paymentId: string;
  readonly invoiceId: string;
  readonly customerId: string;
  readonly connectionId: string;
  /** The credit note that it pays out; null for a refund without one. */
  readonly creditNoteId: string | null;
  readonly status: RefundStatus;
  readonly reason: RefundReason;
  readonly origin: RefundOrigin;
  readonly amountMinor: bigint;
  /** As much of it as was the customer's money with us, and no revenue of ours. */
  readonly fromOverpaymentMinor: bigint;
  readonly currency: Currency;
  readonly stripePaymentIntentId: string;
  /** Null until Stripe has answered. */
  readonly stripeRefundId: string | null;
  /** Rises when an unknown outcome was resolved as "nothing happened": only then another key may be used. */
  readonly keyGeneration: number;
  /** Since when the present key is in use, by the machine's clock: Stripe forgets keys after a day. */
  readonly keyUsedAt: Instant;
  /** When the first call under the present key was made, by the machine's clock; null while nothing was sent under it. */
  readonly keySentAt: Instant | null;
  /** Since when nothing is sent under the present key any more, by the machine's clock; null while it is of use. */
  readonly keySpentAt: Instant | null;
  readonly failure: RefundError | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly succeededAt: Instant | null;
  readonly failedAt: Instant | null;
  /** When Stripe told of it after it had been closed as never made; null when that never was. */
  readonly reopenedAt: Instant | null;
  readonly version: number;
  readonly createdAt: Instant;
}

/** What a decision about a refund changes. `creditNote` is null when there is none or it stays as it is. */
export interface RefundDecision {
  readonly refund: Refund;
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly creditNote: CreditNote | null;
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/** Whether its money has left, or is about to. */
export function isRefundAlive(refund: Pick<Refund, 'status'>): boolean {
  return refund.status === 'pending' || refund.status === 'succeeded';
}

/** As much of it as gives back what the invoice had received; the rest was never the invoice's. In minor units. */
export function refundOfInvoiceMinor(
  refund: Pick<Refund, 'creditNoteId' | 'amountMinor' | 'fromOverpaymentMinor'>,
): bigint {
  return refund.creditNoteId === null ? refund.amountMinor - refund.fromOverpaymentMinor : refund.amountMinor;
}

/** The refund as the books see it, at an instant. */
export function refundFact(refund: Refund, occurredAt: Instant): RefundFact {
  const { id, connectionId, customerId, currency, amountMinor, fromOverpaymentMinor } = refund;
  return { refundId: id, connectionId, customerId, currency, amountMinor, fromOverpaymentMinor, occurredAt };
}

/** That this happened to the refund. */
export function refundEvent(refund: Pick<Refund, 'id' | 'customerId'>, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'refund', objectId: refund.id, customerId: refund.customerId };
}
