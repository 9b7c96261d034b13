import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { LedgerTransaction } from '../ledger/posting.js';
import type { Issuer } from '../legal-entity/legal-entity.js';
import type { Currency } from '../money/currency.js';
import type { TaxBehaviour } from '../tax/tax.js';
import type { Instant } from '../time/instant.js';

export type InvoiceStatus = 'draft' | 'finalized' | 'paid' | 'void' | 'uncollectible';
export type InvoicePaymentStatus = 'pending' | 'processing' | 'requires_action' | 'succeeded' | 'failed';
export type CollectionMethod = 'charge_automatically' | 'send_invoice';

/** Why the last attempt brought no money, in the words of Stripe or, where Stripe was not asked, in ours. */
export interface PaymentError {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly requestId: string | null;
  /** Stripe's advice on what to do next, such as `try_again_later`. */
  readonly adviceCode: string | null;
  readonly paymentMethodId: string | null;
}

/** An invoice. All amounts are in minor units of its currency. */
export interface Invoice {
  readonly environmentId: string;
  readonly id: string;
  readonly customerId: string;
  readonly legalEntityId: string;
  /** Null until it is finalized. */
  readonly number: string | null;
  readonly status: InvoiceStatus;
  readonly paymentStatus: InvoicePaymentStatus;
  readonly paymentStatusReason: string | null;
  readonly currency: Currency;
  /** The nets of the lines: without tax, whether it stands inside the price or on top of it. */
  readonly subtotalMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly paidMinor: bigint;
  readonly refundedMinor: bigint;
  /** What credit notes took off while it was due; one issued after payment leads to a refund or an overpayment instead. */
  readonly creditedMinor: bigint;
  readonly collectionMethod: CollectionMethod;
  readonly daysUntilDue: number | null;
  readonly dueAt: Instant | null;
  /** When it was told that its due moment had passed with something due; it stays when it is paid later. */
  readonly overdueAt: Instant | null;
  /** The issuer as it was at finalization; null before. */
  readonly issuer: Issuer | null;
  readonly finalizedAt: Instant | null;
  readonly paidAt: Instant | null;
  readonly voidedAt: Instant | null;
  /** The one attempt that may be open. */
  readonly openPaymentId: string | null;
  readonly lastPaymentError: PaymentError | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly hostedTokenHash: string | null;
  readonly version: number;
  readonly createdAt: Instant;
}

export interface InvoiceLine {
  readonly environmentId: string;
  readonly id: string;
  readonly invoiceId: string;
  /** Counts from 0 in the order in which lines are printed. */
  readonly position: number;
  readonly description: string;
  /** A decimal of at most 12 places. */
  readonly quantity: string;
  /** In minor units, a decimal of at most 12 places. */
  readonly unitAmount: string;
  /** quantity x unitAmount, rounded once, half away from zero; tax is inside it or not by `taxBehaviour`. */
  readonly amountMinor: bigint;
  readonly taxRatePercent: string;
  readonly taxBehaviour: TaxBehaviour;
  readonly taxMinor: bigint;
  readonly netMinor: bigint;
  readonly periodStart: Instant | null;
  readonly periodEnd: Instant | null;
}

/** What a decision about an invoice changes: the invoice, the books, and what is told about it. */
export interface InvoiceDecision {
  readonly invoice: Invoice;
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/** That this happened to the invoice. */
export function invoiceEvent(invoice: Invoice, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'invoice', objectId: invoice.id, customerId: invoice.customerId };
}
