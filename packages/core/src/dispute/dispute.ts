import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { LedgerTransaction } from '../ledger/posting.js';
import type { Currency } from '../money/currency.js';
import type { Instant } from '../time/instant.js';

/** How a contest ended: for us, for the payer, or without any money moved. */
export type DisputeOutcome = 'won' | 'lost' | 'withdrawn';

/** A payer contests a payment at his bank. Amounts in minor units of the payment's currency. */
export interface Dispute {
  readonly environmentId: string;
  readonly id: string;
  readonly paymentId: string;
  readonly invoiceId: string;
  readonly customerId: string;
  readonly connectionId: string;
  readonly stripeDisputeId: string;
  readonly stripeChargeId: string;
  /** Stripe's own word, such as `needs_response`. */
  readonly status: string;
  /** Null while it is not decided. */
  readonly outcome: DisputeOutcome | null;
  readonly reason: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** Whether Stripe took the money out: an inquiry comes before that, and may end without it. */
  readonly hasFundsWithdrawn: boolean;
  /** Until when evidence can be given. */
  readonly evidenceDueAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly version: number;
  readonly createdAt: Instant;
}

export interface DisputeDecision {
  readonly dispute: Dispute;
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/** That this happened to the dispute. */
export function disputeEvent(dispute: Pick<Dispute, 'id' | 'customerId'>, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'dispute', objectId: dispute.id, customerId: dispute.customerId };
}
