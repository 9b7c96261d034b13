import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { PaymentError } from '../invoice/invoice.js';
import type { Currency } from '../money/currency.js';
import { earlierOf, type Instant } from '../time/instant.js';

/** How the money is to come: charged by us, paid on a page of Stripe's, or received outside Stripe. */
export type PaymentKind = 'automatic' | 'hosted' | 'offline';

/**
 * Where an attempt stands. `creating`, `confirming` and `canceling` say that a call to Stripe was committed to and its
 * answer is not known yet; `awaiting_payer` that a hosted page waits for the payer.
 */
export type PaymentStatus =
  | 'creating'
  | 'awaiting_payer'
  | 'confirming'
  | 'canceling'
  | 'processing'
  | 'requires_action'
  | 'succeeded'
  | 'failed'
  | 'canceled';

export const PAYMENT_STATUSES_OPEN: readonly PaymentStatus[] = [
  'creating',
  'awaiting_payer',
  'confirming',
  'canceling',
  'processing',
  'requires_action',
];

export interface Times {
  /** Business time: when it happened. */
  readonly now: Instant;
  /** The process's time: from when an idempotency key is in use. */
  readonly machineNow: Instant;
}

/** What the payer must do next, and where. */
export interface PaymentNextAction {
  readonly type: string;
  readonly url: string | null;
}

/** One attempt to collect an invoice: one PaymentIntent, one hosted session, or one receipt outside Stripe. */
export interface Payment {
  readonly environmentId: string;
  readonly id: string;
  readonly invoiceId: string;
  readonly customerId: string;
  /** Null for money received outside Stripe. */
  readonly connectionId: string | null;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** How often it was really confirmed at Stripe; each time has an idempotency key of its own, since Stripe keeps declines. */
  readonly confirmations: number;
  /** Rises when an unknown outcome was resolved as "nothing happened": only then another key may be used. */
  readonly keyGeneration: number;
  /** When the present key was first used, by the machine's clock: Stripe forgets keys after a day. */
  readonly keyUsedAt: Instant | null;
  /** When the present key was made, by the earlier of both clocks: nothing made under it is older at Stripe. */
  readonly searchFromAt: Instant | null;
  /** When the first call under the present key was made, by the machine's clock; null while nothing was sent under it. */
  readonly keySentAt: Instant | null;
  /** Since when nothing is sent under the present key any more, by the machine's clock; null while it is of use. */
  readonly keySpentAt: Instant | null;
  /** Since when the last look forbids the call that was committed to, by the machine's clock; null while it may be made. */
  readonly heldBackAt: Instant | null;
  /** What was sent with the present key; a repetition must send the same. */
  readonly stripeCustomerId: string | null;
  readonly stripePaymentMethodId: string | null;
  readonly returnUrl: string | null;
  readonly cancelUrl: string | null;
  readonly stripePaymentIntentId: string | null;
  readonly stripeSessionId: string | null;
  readonly stripeChargeId: string | null;
  readonly sessionUrl: string | null;
  readonly sessionExpiresAt: Instant | null;
  readonly nextAction: PaymentNextAction | null;
  readonly failure: PaymentError | null;
  /** As much of the money as the invoice needed; the rest of a succeeded payment is in excess. */
  readonly appliedMinor: bigint;
  readonly refundedMinor: bigint;
  /** It succeeded when the invoice was settled already, and is refunded by itself. */
  readonly isLateDuplicate: boolean;
  /** How a person refers to money received outside Stripe, such as a transfer's text. */
  readonly reference: string | null;
  readonly succeededAt: Instant | null;
  readonly canceledAt: Instant | null;
  readonly version: number;
  readonly createdAt: Instant;
}

/** Whether the attempt could still bring money. */
export function isPaymentOpen(payment: Pick<Payment, 'status'>): boolean {
  return PAYMENT_STATUSES_OPEN.includes(payment.status);
}

/** Whether a call to Stripe was committed to for it, and the answer is not known. */
export function isUnanswered(payment: Pick<Payment, 'status'>): boolean {
  return payment.status === 'creating' || payment.status === 'confirming' || payment.status === 'canceling';
}

/** A failed attempt whose intent still stands at Stripe and could be confirmed. */
export function isPaymentDormant(payment: Pick<Payment, 'kind' | 'status' | 'stripePaymentIntentId'>): boolean {
  return payment.kind === 'automatic' && payment.status === 'failed' && payment.stripePaymentIntentId !== null;
}

/** What of a new attempt differs from one that has done nothing yet. */
export type NewPaymentFacts = Pick<
  Payment,
  | 'environmentId'
  | 'id'
  | 'invoiceId'
  | 'customerId'
  | 'connectionId'
  | 'kind'
  | 'amountMinor'
  | 'currency'
  | 'stripeCustomerId'
  | 'stripePaymentMethodId'
>;

/** An attempt as it is committed before Stripe hears of it: its first key is in use from `machineNow` on. */
export function newPayment(facts: NewPaymentFacts, times: Times): Payment {
  return {
    ...facts,
    status: 'creating',
    confirmations: 1,
    keyGeneration: 1,
    ...keyMade(times),
    heldBackAt: null,
    returnUrl: null,
    cancelUrl: null,
    stripePaymentIntentId: null,
    stripeSessionId: null,
    stripeChargeId: null,
    sessionUrl: null,
    sessionExpiresAt: null,
    nextAction: null,
    failure: null,
    appliedMinor: 0n,
    refundedMinor: 0n,
    isLateDuplicate: false,
    reference: null,
    succeededAt: null,
    canceledAt: null,
    version: 1,
    createdAt: times.now,
  };
}

/** What is known of an idempotency key when it is made. Errors: none. */
export function keyMade({
  now,
  machineNow,
}: Times): Pick<Payment, 'keyUsedAt' | 'searchFromAt' | 'keySentAt' | 'keySpentAt'> {
  return { keyUsedAt: machineNow, searchFromAt: earlierOf(now, machineNow), keySentAt: null, keySpentAt: null };
}

/** That this happened to the attempt. */
export function paymentEvent(payment: Pick<Payment, 'id' | 'customerId'>, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'payment', objectId: payment.id, customerId: payment.customerId };
}
