import type Stripe from 'stripe';
import type { StripeObject } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { RequestContext, Work } from '../../work.js';
import { type DisputeObject, disputes, disputeUnanswered, endUnanswered, settleDispute } from './dispute.js';

/** What the bank answers in test mode depends on this text: https://docs.stripe.com/testing#disputes */
const verdicts: Readonly<Record<string, 'won' | 'lost'>> = { winning_evidence: 'won', losing_evidence: 'lost' };

const inPath = <P>(context: RequestContext<P>): DisputeObject => context.require(disputes, context.path.dispute ?? '');

const retrieveDispute = operation<Stripe.DisputeRetrieveParams>((context) => inPath(context));

const updateDispute = operation<Stripe.DisputeUpdateParams>((context) => {
  const before = inPath(context);
  const { params } = context;
  const given = params.evidence;
  if (given !== undefined) requireOpen(before);
  const isSubmitted = given !== undefined && params.submit !== false;
  const after = context.update(disputes, before, {
    metadata: metadataMerged(before.metadata, params.metadata),
    evidence: { ...before.evidence, ...(provided({ ...given }) as Partial<DisputeObject['evidence']>) },
    evidence_details: {
      ...before.evidence_details,
      has_evidence: before.evidence_details.has_evidence || given !== undefined,
      submission_count: before.evidence_details.submission_count + (isSubmitted ? 1 : 0),
      ...(isSubmitted ? { submission_method: 'manual' as const } : {}),
    },
    ...(isSubmitted ? { status: before.status.startsWith('warning') ? 'warning_under_review' : 'under_review' } : {}),
  });
  context.emit('charge.dispute.updated', after, before);
  const verdict = isSubmitted ? verdicts[after.evidence.uncategorized_text ?? ''] : undefined;
  return verdict === undefined ? after : settleDispute(context, after, verdict);
});

/** Closing accepts the loss. */
const closeDispute = operation<Stripe.DisputeCloseParams>((context) => {
  const dispute = inPath(context);
  requireOpen(dispute);
  return settleDispute(context, dispute, 'lost');
});

/** The bank's verdict on `dispute`, by the control API: `outcome` is won or lost. */
export const disputeDecided = (work: Work, fields: Readonly<Record<string, unknown>>): StripeObject => {
  const dispute = work.require(disputes, String(fields.dispute ?? ''), 'dispute');
  if (isClosed(dispute)) throw invalidRequest(`This dispute is ${dispute.status}.`, { param: 'dispute' });
  if (fields.outcome === 'won' || fields.outcome === 'lost')
    return work.render(settleDispute(work, dispute, fields.outcome));
  throw invalidRequest('Invalid outcome: must be one of won or lost', { param: 'outcome' });
};

const isClosed = (dispute: DisputeObject): boolean => ['won', 'lost', 'warning_closed'].includes(dispute.status);

const requireOpen = (dispute: DisputeObject): void => {
  if (dispute.status === 'needs_response' || dispute.status === 'warning_needs_response') return;
  throw invalidRequest(`This dispute is ${dispute.status} and takes no answer any more.`);
};

const listDisputes = operation<Stripe.DisputeListParams>((context) => {
  const { charge, payment_intent: intent } = context.params;
  const filter = (dispute: DisputeObject): boolean => intent === undefined || dispute.payment_intent === intent;
  if (charge !== undefined) return context.list(disputes, { where: { field: 'charge', value: charge }, filter });
  return context.list(disputes, { filter });
});

export const disputesResource: Resource = {
  collections: [disputes],
  operations: {
    'GET /v1/disputes': listDisputes,
    'GET /v1/disputes/:dispute': retrieveDispute,
    'POST /v1/disputes/:dispute': updateDispute,
    'POST /v1/disputes/:dispute/close': closeDispute,
  },
  scheduled: { [disputeUnanswered]: endUnanswered },
};
