import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { Currency } from '../money/currency.js';
import type { Instant } from '../time/instant.js';

export type CreditNoteReason = 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | 'other';

export const CREDIT_NOTE_REASONS: readonly CreditNoteReason[] = [
  'duplicate',
  'fraudulent',
  'order_change',
  'product_unsatisfactory',
  'other',
];

/** That a part of a finalized invoice is not owed after all. All amounts in minor units; never changed but for the split. */
export interface CreditNote {
  readonly environmentId: string;
  readonly id: string;
  readonly invoiceId: string;
  readonly customerId: string;
  /** Counts the notes of one invoice from 1. */
  readonly position: number;
  readonly number: string;
  readonly reason: CreditNoteReason;
  readonly memo: string | null;
  readonly currency: Currency;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  /** What lowered the amount due. Together with the next two it is the total. */
  readonly againstDebtMinor: bigint;
  /** What goes, or went, back to the payer. */
  readonly refundMinor: bigint;
  /** What is kept for the customer as his money with us. */
  readonly creditMinor: bigint;
  readonly metadata: Readonly<Record<string, string>>;
  readonly version: number;
  readonly createdAt: Instant;
}

export interface CreditNoteLine {
  readonly environmentId: string;
  readonly creditNoteId: string;
  readonly position: number;
  /** The line of the invoice that it takes back, wholly or in part. */
  readonly invoiceLineId: string;
  readonly description: string;
  readonly netMinor: bigint;
  readonly taxRatePercent: string;
  readonly taxMinor: bigint;
}

/** That this happened to the credit note. */
export function creditNoteEvent(note: Pick<CreditNote, 'id' | 'customerId'>, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'creditNote', objectId: note.id, customerId: note.customerId };
}
