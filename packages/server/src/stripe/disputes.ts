import { type DisputeSeen, err, instantFromUnixSeconds, ok, parseCurrency, type Result } from '@tollbridge/core';
import { amountFromStripe } from './amounts.js';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

export interface StripeDispute extends DisputeSeen {
  readonly paymentIntentId: string | null;
}

export async function retrieveStripeDispute(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeId: string,
): Promise<Result<StripeDispute, StripeFailure>> {
  const answer = await stripe.call(access, (client) => client.disputes.retrieve(stripeId));
  if (!answer.ok) return answer;
  const dispute = disputeFromStripe(answer.value);
  return dispute === null ? err(strangeAnswer('a dispute')) : ok(dispute);
}

function disputeFromStripe(dispute: Stripe.Dispute): StripeDispute | null {
  if (typeof dispute.id !== 'string' || typeof dispute.amount !== 'number') return null;
  const currency = parseCurrency(dispute.currency);
  const amountMinor = amountFromStripe(dispute.amount, dispute.currency);
  if (!currency.ok || amountMinor === null) return null;
  const { due_by: dueBy } = dispute.evidence_details;
  const dueAt = dueBy === null ? ok(null) : instantFromUnixSeconds(dueBy);
  if (!dueAt.ok) return null;
  return {
    stripeId: dispute.id,
    chargeId: idOf(dispute.charge) ?? '',
    paymentIntentId: idOf(dispute.payment_intent),
    status: dispute.status,
    reason: dispute.reason,
    amountMinor,
    currency: currency.value,
    // An inquiry has none; Stripe enters the withdrawal here when it takes the money.
    hasFundsWithdrawn: dispute.balance_transactions.length > 0,
    evidenceDueAt: dueAt.value,
  };
}

const idOf = (reference: string | { readonly id: string } | null): string | null =>
  reference === null || typeof reference === 'string' ? reference : reference.id;
