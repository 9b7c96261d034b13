import { type Dispute, isoFromInstant } from '@tollbridge/core';
import { amountToJson } from './amount.js';

export const disputeToJson = (dispute: Dispute) => ({
  object: 'dispute' as const,
  id: dispute.id,
  payment_id: dispute.paymentId,
  invoice_id: dispute.invoiceId,
  customer_id: dispute.customerId,
  connection_id: dispute.connectionId,
  stripe_dispute_id: dispute.stripeDisputeId,
  stripe_charge_id: dispute.stripeChargeId,
  status: dispute.status,
  outcome: dispute.outcome,
  reason: dispute.reason,
  amount: amountToJson(dispute.amountMinor),
  currency: dispute.currency,
  has_funds_withdrawn: dispute.hasFundsWithdrawn,
  evidence_due_at: dispute.evidenceDueAt === null ? null : isoFromInstant(dispute.evidenceDueAt),
  closed_at: dispute.closedAt === null ? null : isoFromInstant(dispute.closedAt),
  created_at: isoFromInstant(dispute.createdAt),
});
