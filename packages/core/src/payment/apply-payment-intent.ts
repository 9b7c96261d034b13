import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { settleInvoice } from '../invoice/settle.js';
import { paymentSucceeded } from '../ledger/payment-postings.js';
import { type LedgerTransaction, postingsOf } from '../ledger/posting.js';
import type { Instant } from '../time/instant.js';
import {
  failedWith,
  failureEvents,
  holdsInvoice,
  releasedFrom,
  statusEvents,
  withdrawalEvents,
  withdrawnFrom,
} from './attempt.js';
import { isPaymentOpen, isUnanswered, type Payment, type PaymentNextAction, paymentEvent } from './payment.js';

/** A PaymentIntent of Stripe's as it was seen, in our words. */
export interface IntentSeen {
  readonly stripeId: string;
  /** Stripe's own word; it may learn new ones, which change nothing here. */
  readonly status: string;
  /** What arrived, in our minor units. */
  readonly receivedMinor: bigint;
  readonly chargeId: string | null;
  readonly nextAction: PaymentNextAction | null;
  /** Why it was not paid, as far as Stripe says. */
  readonly failure: PaymentError | null;
}

/** `answer`: to the call that this attempt was waiting for. `look`: it was fetched, perhaps while a call is under way. */
export type SeenBy = 'answer' | 'look';

export interface PaymentDecision {
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
  /** What arrived and no invoice needed, in minor units: to be refunded by itself (INV-7). */
  readonly excessMinor: bigint;
}

/**
 * What a PaymentIntent as seen at Stripe makes of our attempt and its invoice. Money that arrived counts always, whatever
 * we thought of the attempt; everything else only while the attempt is the invoice's own. Seen twice, it changes nothing.
 *
 * Errors: none. A decision equal to what was given says that nothing changed.
 */
export function applyPaymentIntent(
  payment: Payment,
  invoice: Invoice,
  { seen, seenBy, now }: { readonly seen: IntentSeen; readonly seenBy: SeenBy; readonly now: Instant },
): PaymentDecision {
  const known: Payment = { ...payment, stripePaymentIntentId: seen.stripeId };
  const same = unchanged(payment.stripePaymentIntentId === seen.stripeId ? payment : known, invoice);
  if (payment.status === 'succeeded') return same;
  switch (seen.status) {
    case 'succeeded':
      return succeeded(known, invoice, { seen, now });
    case 'processing':
    case 'requires_capture':
      return inHand(known, invoice, { status: 'processing', nextAction: null });
    case 'requires_action':
      return inHand(known, invoice, { status: 'requires_action', nextAction: seen.nextAction });
    case 'requires_payment_method':
      return isAnswerDue(payment, seenBy) ? same : withoutMoney(known, invoice, { seen, same });
    case 'canceled':
      return canceled(known, invoice, now);
    default:
      return same;
  }
}

/**
 * Before Stripe has answered a call of ours, an intent without a payment method shows what was before the call. The one
 * who made the call learns the outcome, by repeating it if need be.
 */
function isAnswerDue(payment: Payment, seenBy: SeenBy): boolean {
  return seenBy === 'look' && isUnanswered(payment);
}

function succeeded(
  payment: Payment,
  invoice: Invoice,
  { seen, now }: { readonly seen: IntentSeen; readonly now: Instant },
): PaymentDecision {
  invariant(payment.connectionId !== null, 'an intent belongs to a connection');
  const settlement = settleInvoice(invoice, { amountMinor: seen.receivedMinor, now });
  const isPaid = settlement.invoice.status === 'paid';
  const others = invoice.openPaymentId === payment.id ? null : invoice.openPaymentId;
  const settled: Invoice = {
    ...settlement.invoice,
    openPaymentId: others,
    ...(isPaid || settlement.appliedMinor === 0n
      ? {}
      : { paymentStatus: 'pending' as const, paymentStatusReason: 'partly_paid' }),
    ...(settlement.appliedMinor === 0n ? {} : { lastPaymentError: null }),
  };
  const posting = paymentSucceeded({
    paymentId: payment.id,
    customerId: payment.customerId,
    connectionId: payment.connectionId,
    currency: payment.currency,
    amountMinor: seen.receivedMinor,
    appliedMinor: settlement.appliedMinor,
    wasUncollectible: settlement.wasUncollectible,
    occurredAt: now,
  });
  const paid: Payment = {
    ...payment,
    status: 'succeeded',
    amountMinor: seen.receivedMinor,
    appliedMinor: settlement.appliedMinor,
    stripeChargeId: seen.chargeId,
    nextAction: null,
    failure: null,
    isLateDuplicate: settlement.appliedMinor === 0n,
    succeededAt: now,
    canceledAt: null,
  };
  return {
    payment: paid,
    invoice: settled,
    postings: postingsOf(posting),
    events: [
      paymentEvent(paid, 'payment.succeeded'),
      ...statusEvents(invoice, settled.paymentStatus),
      ...settlement.events,
    ],
    excessMinor: settlement.excessMinor,
  };
}

function inHand(
  payment: Payment,
  invoice: Invoice,
  next: { readonly status: 'processing' | 'requires_action'; readonly nextAction: PaymentNextAction | null },
): PaymentDecision {
  // Until Stripe has answered the withdrawal, an intent that is still in hand says nothing new.
  if (payment.status === 'canceling') return unchanged(payment, invoice);
  // On a page of Stripe's the payer confirms there; what he must do is none of ours.
  if (payment.kind === 'hosted' && next.status === 'requires_action') return unchanged(payment, invoice);
  const moved: Payment = { ...payment, ...next, failure: null };
  const isNews = payment.status !== next.status || payment.nextAction?.url !== next.nextAction?.url;
  const touched = holdsInvoice(payment, invoice)
    ? { ...invoice, openPaymentId: payment.id, paymentStatus: next.status, paymentStatusReason: null }
    : invoice;
  const type = next.status === 'processing' ? 'payment.processing' : 'payment.requires_action';
  return {
    ...unchanged(isNews ? moved : payment, touched),
    events: [...(isNews ? [paymentEvent(payment, type)] : []), ...statusEvents(invoice, touched.paymentStatus)],
  };
}

function withoutMoney(
  payment: Payment,
  invoice: Invoice,
  { seen, same }: { readonly seen: IntentSeen; readonly same: PaymentDecision },
): PaymentDecision {
  const { failure } = seen;
  if (failure === null || payment.status === 'failed' || payment.status === 'canceled') return same;
  if (payment.status === 'canceling') return same;
  // Declined on Stripe's own page: the payer is still there and may try another card.
  if (payment.kind === 'hosted' && payment.status === 'awaiting_payer') return same;
  if (failure.code === 'authentication_required') return askPayer(payment, invoice, failure);
  const failed: Payment = { ...payment, status: 'failed', failure, nextAction: null };
  const touches = holdsInvoice(payment, invoice);
  return {
    ...unchanged(failed, touches ? { ...invoice, ...failedWith(failure) } : releasedFrom(payment, invoice)),
    events: [paymentEvent(failed, 'payment.failed'), ...(touches ? failureEvents(invoice, 'failed') : [])],
  };
}

/**
 * The bank wants to see the payer. Stripe puts the intent back to its start then; the payer confirms it again, on our
 * page or the host's (https://docs.stripe.com/payments/save-and-reuse).
 */
function askPayer(payment: Payment, invoice: Invoice, failure: PaymentError): PaymentDecision {
  if (payment.status === 'requires_action') return unchanged(payment, invoice);
  const waiting: Payment = { ...payment, status: 'requires_action', failure, nextAction: null };
  const touched: Invoice = holdsInvoice(payment, invoice)
    ? {
        ...invoice,
        openPaymentId: payment.id,
        paymentStatus: 'requires_action',
        paymentStatusReason: failure.code,
        lastPaymentError: failure,
      }
    : invoice;
  return {
    ...unchanged(waiting, touched),
    events: [paymentEvent(waiting, 'payment.requires_action'), ...statusEvents(invoice, touched.paymentStatus)],
  };
}

/** Withdrawn by us it leaves the invoice as it stood before; withdrawn at Stripe by somebody it is a failure (INV-3). */
function canceled(payment: Payment, invoice: Invoice, now: Instant): PaymentDecision {
  if (payment.status === 'canceled') return unchanged(payment, invoice);
  const wasOurs = payment.status === 'canceling' || payment.kind === 'hosted';
  const withdrawn: Payment = { ...payment, status: 'canceled', nextAction: null, canceledAt: now };
  const events = [paymentEvent(withdrawn, 'payment.canceled')];
  if (!holdsInvoice(payment, invoice) || !isPaymentOpen(payment)) {
    return { ...unchanged(withdrawn, releasedFrom(payment, invoice)), events };
  }
  if (!wasOurs) {
    const failed: Invoice = { ...invoice, ...failedWith(CANCELED_AT_STRIPE) };
    return {
      ...unchanged({ ...withdrawn, failure: CANCELED_AT_STRIPE }, failed),
      events: [...events, ...failureEvents(invoice, 'failed')],
    };
  }
  const freed = withdrawnFrom(invoice);
  return { ...unchanged(withdrawn, freed), events: [...events, ...withdrawalEvents(invoice, freed)] };
}

function unchanged(payment: Payment, invoice: Invoice): PaymentDecision {
  return { payment, invoice, postings: [], events: [], excessMinor: 0n };
}

const CANCELED_AT_STRIPE: PaymentError = {
  code: 'payment_canceled',
  declineCode: null,
  message: 'The payment was canceled at Stripe.',
  requestId: null,
  adviceCode: null,
  paymentMethodId: null,
};
