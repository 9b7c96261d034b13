import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import { putBalanceTransaction } from '../balance/balance-transaction.js';
import { type ChargeObject, charges } from './charge.js';

export type DisputeObject = Stripe.Dispute;

export const disputes = defineCollection<DisputeObject>({
  type: 'dispute',
  prefix: 'du',
  path: (dispute) => `/v1/disputes/${dispute.id}`,
  indexes: ['charge', 'payment_intent'],
});

/** https://docs.stripe.com/disputes/how-disputes-work: 15.00, kept whatever the outcome. */
const disputeFee = 1500;
/** Banks give between 7 and 21 days to answer. */
const answerSeconds = 9 * 24 * 60 * 60;

/** https://docs.stripe.com/disputes/how-disputes-work: an inquiry that became no chargeback by then is closed. */
const inquirySeconds = 120 * 24 * 60 * 60;

export const disputeUnanswered = 'dispute.unanswered';

export type DisputeKind = 'fraudulent' | 'product_not_received' | 'inquiry';

/** The customer's bank takes the money back at once; with an inquiry it only asks. */
export const openDispute = (work: Work, charge: ChargeObject, kind: DisputeKind): DisputeObject => {
  const id = work.newId('du');
  const withdrawals = kind === 'inquiry' ? [] : [withdrawal(work, id, charge)];
  const dispute = work.put(disputes, newDispute(work, { id, charge, kind, withdrawals }));
  const before = work.require(charges, charge.id);
  work.emit('charge.dispute.created', dispute);
  if (withdrawals.length > 0) work.emit('charge.dispute.funds_withdrawn', dispute);
  work.schedule(disputeUnanswered, id, kind === 'inquiry' ? work.now + inquirySeconds : dueBy(dispute));
  work.emit('charge.updated', work.update(charges, before, { disputed: true }), before);
  return dispute;
};

const withdrawal = (work: Work, id: string, charge: ChargeObject): Stripe.BalanceTransaction =>
  putBalanceTransaction(work, {
    type: 'adjustment',
    reportingCategory: 'dispute',
    amount: -charge.amount_captured,
    currency: charge.currency,
    fee: disputeFee,
    source: id,
    description: `Chargeback withdrawal for ${charge.id}`,
    availableAtOnce: true,
  });

interface Opening {
  readonly id: string;
  readonly charge: ChargeObject;
  readonly kind: DisputeKind;
  readonly withdrawals: Stripe.BalanceTransaction[];
}

const newDispute = (work: Work, opening: Opening): DisputeObject => {
  const { charge } = opening;
  const isInquiry = opening.kind === 'inquiry';
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  return {
    id: opening.id,
    object: 'dispute',
    amount: charge.amount_captured,
    balance_transactions: opening.withdrawals,
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: work.now + answerSeconds,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: work.account.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: { brand, case_type: isInquiry ? 'inquiry' : 'chargeback', network: brand, network_reason_code: '10.4' },
    },
    reason: isInquiry ? 'general' : opening.kind,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  };
};

const dueBy = ({ evidence_details: details, created }: DisputeObject): number =>
  details.due_by ?? created + answerSeconds;

const isUnanswered = ({ status }: DisputeObject): boolean => status === 'needs_response';
const isInquiry = ({ status }: DisputeObject): boolean => status.startsWith('warning_') && status !== 'warning_closed';

/** Whoever says nothing in time has lost; an inquiry that led to nothing is over whatever was said. */
export const endUnanswered = (work: Work, id: string): void => {
  const dispute = work.get(disputes, id);
  if (dispute !== undefined && (isUnanswered(dispute) || isInquiry(dispute))) settleDispute(work, dispute, 'lost');
};

/** The bank decided. Only a won dispute brings the money back; an inquiry that ends never moved any. */
export const settleDispute = (work: Work, dispute: DisputeObject, outcome: 'won' | 'lost'): DisputeObject => {
  const reinstated = outcome === 'won' && !isInquiry(dispute) ? [reinstatement(work, dispute)] : [];
  const settled = work.update(disputes, dispute, {
    status: isInquiry(dispute) ? 'warning_closed' : outcome,
    balance_transactions: [...dispute.balance_transactions, ...reinstated],
  });
  work.emit('charge.dispute.closed', settled);
  if (reinstated.length > 0) work.emit('charge.dispute.funds_reinstated', settled);
  return settled;
};

const reinstatement = (work: Work, dispute: DisputeObject): Stripe.BalanceTransaction => {
  return putBalanceTransaction(work, {
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
    amount: dispute.amount,
    currency: dispute.currency,
    fee: 0,
    source: dispute.id,
    description: `Chargeback reversal for ${String(dispute.charge)}`,
    availableAtOnce: true,
  });
};

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
