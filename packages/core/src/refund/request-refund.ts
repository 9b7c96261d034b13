import { invariant } from '../invariant.js';
import type { Invoice } from '../invoice/invoice.js';
import { postingsOf } from '../ledger/posting.js';
import { refundRequested, refundSucceeded } from '../ledger/refund-postings.js';
import { money } from '../money/money.js';
import { smallerOf } from '../money/smaller.js';
import { stripeAmountFromMoney } from '../money/stripe-amount.js';
import type { Payment } from '../payment/payment.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import {
  type Refund,
  type RefundDecision,
  type RefundOrigin,
  type RefundReason,
  refundEvent,
  refundFact,
  refundOfInvoiceMinor,
} from './refund.js';
import { type RefundableFacts, refundable } from './refundable.js';

/** More refunds of one payment than anybody makes; the rules look at all of them. */
export const REFUNDS_OF_PAYMENT_MAX = 100;

export type RefundRefused =
  | { readonly code: 'payment_not_succeeded'; readonly status: Payment['status'] }
  | { readonly code: 'refund_of_offline_payment' }
  | { readonly code: 'refund_too_many'; readonly refundsMax: number }
  | { readonly code: 'refund_nothing_left' }
  | { readonly code: 'refund_amount_too_large'; readonly refundableMinor: bigint }
  | { readonly code: 'refund_amount_not_exact'; readonly multipleOfMinor: bigint };

export interface RefundAsked {
  readonly id: string;
  /** In minor units; null for everything that can still go back. */
  readonly amountMinor: bigint | null;
  readonly reason: RefundReason;
  readonly origin: RefundOrigin;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface RefundTimes {
  /** Business time. */
  readonly now: Instant;
  /** The process's time: from when the idempotency key is in use. */
  readonly machineNow: Instant;
}

/**
 * A refund of a payment, owed from this moment on. It takes first what no invoice needed, then what the invoice received.
 *
 * Errors: `payment_not_succeeded`; `refund_of_offline_payment`, since Stripe never had that money; `refund_too_many`;
 * `refund_nothing_left`; `refund_amount_too_large`; `refund_amount_not_exact` when Stripe has no unit as small.
 */
export function requestRefund(
  facts: RefundableFacts,
  asked: RefundAsked,
  times: RefundTimes,
): Result<RefundDecision, RefundRefused> {
  const { payment } = facts;
  const refusal = refusalOfPayment(facts);
  if (refusal !== null) return err(refusal);
  const { overpaidMinor, appliedMinor } = refundable(facts);
  const refundableMinor = overpaidMinor + appliedMinor;
  if (refundableMinor === 0n) return err({ code: 'refund_nothing_left' });
  const amountMinor = asked.amountMinor ?? refundableMinor;
  if (amountMinor > refundableMinor) return err({ code: 'refund_amount_too_large', refundableMinor });
  const exact = stripeAmountFromMoney(money(amountMinor, payment.currency));
  if (!exact.ok) return err({ code: 'refund_amount_not_exact', multipleOfMinor: exact.error.multipleOfMinor });
  const fromOverpaymentMinor = smallerOf(amountMinor, overpaidMinor);
  const refund = newRefund(payment, { ...asked, amountMinor, fromOverpaymentMinor, creditNoteId: null }, times);
  return ok(decided(refund, facts, times.now));
}

/** What of a refund by credit note is known beforehand: the note says how much, and all of it is the customer's money. */
export function payOutCreditNote(
  facts: Pick<RefundableFacts, 'payment' | 'invoice'>,
  asked: RefundAsked & { readonly amountMinor: bigint; readonly creditNoteId: string },
  times: RefundTimes,
): RefundDecision {
  const refund = newRefund(facts.payment, { ...asked, fromOverpaymentMinor: asked.amountMinor }, times);
  return decided(refund, facts, times.now);
}

export interface RefundMadeAtStripe {
  readonly id: string;
  readonly stripeRefundId: string;
  readonly amountMinor: bigint;
  readonly status: 'pending' | 'succeeded';
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A refund that somebody made at Stripe: nobody asks whether it may be, because it is.
 *
 * Errors: `refund_waits_for_another` while refunds of ours that Stripe must refuse now still hold the money.
 */
export function recordRefundMadeAtStripe(
  facts: RefundableFacts,
  made: RefundMadeAtStripe,
  times: RefundTimes,
): Result<RefundDecision, { readonly code: 'refund_waits_for_another' }> {
  const { payment } = facts;
  if (payment.refundedMinor + made.amountMinor > payment.amountMinor) return err({ code: 'refund_waits_for_another' });
  const { overpaidMinor } = refundable(facts);
  const fromOverpaymentMinor = smallerOf(made.amountMinor, overpaidMinor);
  const { id, amountMinor, metadata } = made;
  const asked = { id, amountMinor, metadata, reason: 'other', origin: 'stripe' } as const;
  const pending = newRefund(payment, { ...asked, fromOverpaymentMinor, creditNoteId: null }, times);
  const refund: Refund = {
    ...pending,
    stripeRefundId: made.stripeRefundId,
    ...(made.status === 'succeeded' ? { status: 'succeeded', succeededAt: times.now } : {}),
  };
  const decision = decided(refund, facts, times.now);
  if (made.status === 'pending') return ok(decision);
  return ok({
    ...decision,
    postings: [...decision.postings, ...postingsOf(refundSucceeded(refundFact(refund, times.now)))],
    events: [...decision.events, refundEvent(refund, 'refund.succeeded')],
  });
}

function refusalOfPayment({ payment, refunds }: RefundableFacts): RefundRefused | null {
  if (payment.status !== 'succeeded') return { code: 'payment_not_succeeded', status: payment.status };
  if (payment.kind === 'offline') return { code: 'refund_of_offline_payment' };
  if (refunds.length >= REFUNDS_OF_PAYMENT_MAX) return { code: 'refund_too_many', refundsMax: REFUNDS_OF_PAYMENT_MAX };
  return null;
}

interface NewRefundFacts extends RefundAsked {
  readonly amountMinor: bigint;
  readonly fromOverpaymentMinor: bigint;
  readonly creditNoteId: string | null;
}

function newRefund(payment: Payment, facts: NewRefundFacts, times: RefundTimes): Refund {
  invariant(payment.connectionId !== null, 'only money that came through Stripe goes back through it');
  invariant(payment.stripePaymentIntentId !== null, 'a payment that succeeded at Stripe has its intent');
  return {
    environmentId: payment.environmentId,
    id: facts.id,
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    customerId: payment.customerId,
    connectionId: payment.connectionId,
    creditNoteId: facts.creditNoteId,
    status: 'pending',
    reason: facts.reason,
    origin: facts.origin,
    amountMinor: facts.amountMinor,
    fromOverpaymentMinor: facts.fromOverpaymentMinor,
    currency: payment.currency,
    stripePaymentIntentId: payment.stripePaymentIntentId,
    stripeRefundId: null,
    keyGeneration: 1,
    keyUsedAt: times.machineNow,
    keySentAt: null,
    keySpentAt: null,
    failure: null,
    metadata: facts.metadata,
    succeededAt: null,
    failedAt: null,
    reopenedAt: null,
    version: 1,
    createdAt: times.now,
  };
}

function decided(
  refund: Refund,
  { payment, invoice }: { readonly payment: Payment; readonly invoice: Invoice },
  now: Instant,
): RefundDecision {
  return {
    refund,
    payment: { ...payment, refundedMinor: payment.refundedMinor + refund.amountMinor },
    invoice: { ...invoice, refundedMinor: invoice.refundedMinor + refundOfInvoiceMinor(refund) },
    creditNote: null,
    postings: postingsOf(refundRequested(refundFact(refund, now))),
    events: [refundEvent(refund, 'refund.created')],
  };
}
