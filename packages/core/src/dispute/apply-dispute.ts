import { invariant } from '../invariant.js';
import { type DisputeFact, disputeClosed, disputeOpened } from '../ledger/dispute-postings.js';
import { postingsOf } from '../ledger/posting.js';
import type { Currency } from '../money/currency.js';
import type { Payment } from '../payment/payment.js';
import type { Instant } from '../time/instant.js';
import { type Dispute, type DisputeDecision, type DisputeOutcome, disputeEvent } from './dispute.js';

/** A dispute as it lies at Stripe, in our words. */
export interface DisputeSeen {
  readonly stripeId: string;
  readonly chargeId: string;
  /** Stripe's own word; it may learn new ones, which decide nothing here. */
  readonly status: string;
  readonly reason: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly hasFundsWithdrawn: boolean;
  readonly evidenceDueAt: Instant | null;
}

/** https://docs.stripe.com/api/disputes/object: the statuses after which nothing moves any more. */
const OUTCOMES: ReadonlyMap<string, DisputeOutcome> = new Map([
  ['won', 'won'],
  ['lost', 'lost'],
  ['warning_closed', 'withdrawn'],
  ['prevented', 'withdrawn'],
]);

/** What a dispute that was not known before makes of us. Its amounts are entered when Stripe has moved the money. */
export function newDispute(
  payment: Payment,
  { id, seen, now }: { readonly id: string; readonly seen: DisputeSeen; readonly now: Instant },
): DisputeDecision {
  invariant(payment.connectionId !== null, 'only payments through Stripe are contested there');
  const opened: Dispute = {
    environmentId: payment.environmentId,
    id,
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    customerId: payment.customerId,
    connectionId: payment.connectionId,
    stripeDisputeId: seen.stripeId,
    stripeChargeId: seen.chargeId,
    status: seen.status,
    outcome: null,
    reason: seen.reason,
    amountMinor: seen.amountMinor,
    currency: seen.currency,
    hasFundsWithdrawn: false,
    evidenceDueAt: seen.evidenceDueAt,
    closedAt: null,
    version: 1,
    createdAt: now,
  };
  const decision = applyDispute(opened, seen, now);
  return { ...decision, events: [disputeEvent(opened, 'dispute.created'), ...decision.events] };
}

/**
 * What a dispute as seen at Stripe makes of ours: the money out when it left, back when it was won, lost when it was lost.
 * A decided dispute stays as it is. Seen twice, it changes nothing.
 *
 * Errors: none. A decision whose dispute is the one given says that nothing changed.
 */
export function applyDispute(dispute: Dispute, seen: DisputeSeen, now: Instant): DisputeDecision {
  if (dispute.outcome !== null) return { dispute, postings: [], events: [] };
  const outcome = OUTCOMES.get(seen.status) ?? null;
  const isWithdrawnNow = seen.hasFundsWithdrawn && !dispute.hasFundsWithdrawn;
  const { status, evidenceDueAt } = seen;
  const isSame = status === dispute.status && evidenceDueAt === dispute.evidenceDueAt && !isWithdrawnNow;
  if (isSame && outcome === null) return { dispute, postings: [], events: [] };
  const applied: Dispute = {
    ...dispute,
    status,
    evidenceDueAt,
    hasFundsWithdrawn: dispute.hasFundsWithdrawn || seen.hasFundsWithdrawn,
    outcome,
    closedAt: outcome === null ? null : now,
  };
  const fact = factOf(applied, now);
  const isMoneyDecided = applied.hasFundsWithdrawn && (outcome === 'won' || outcome === 'lost');
  return {
    dispute: applied,
    postings: postingsOf(
      isWithdrawnNow ? disputeOpened(fact) : null,
      isMoneyDecided ? disputeClosed(fact, outcome) : null,
    ),
    events: outcome === null ? [] : [disputeEvent(applied, 'dispute.closed')],
  };
}

function factOf(dispute: Dispute, occurredAt: Instant): DisputeFact {
  const { id, connectionId, currency, amountMinor } = dispute;
  return { disputeId: id, connectionId, currency, amountMinor, occurredAt };
}
