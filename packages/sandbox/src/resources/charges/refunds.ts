import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext, Work } from '../../work.js';
import { putBalanceTransaction } from '../balance/balance-transaction.js';
import { moveCash, tellFunds } from '../cash-balance/cash-balance.js';
import { requirePositiveInteger, requireWholeUnits } from '../currency-rules.js';
import { customers } from '../customers/customer.js';
import { paymentIntents } from '../payment-intents/payment-intent.js';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.js';
import { refuseUnserved } from '../unserved.js';
import { type ChargeObject, charges, idOf } from './charge.js';
import { disputes } from './dispute.js';
import { type RefundObject, refundOf, refunds } from './refund.js';

/** When the bank's second thoughts come: https://docs.stripe.com/testing#refunds says "some time later". */
const settleSeconds = 60;

const unserved = ['currency', 'customer', 'origin', 'refund_application_fee', 'reverse_transfer'];

const createRefund = operation<Stripe.RefundCreateParams>((context) => {
  const { params } = context;
  refuseUnserved(params, unserved);
  const charge = chargeIn(context);
  // What was held and never captured counts as refunded already.
  const left = charge.amount - charge.amount_refunded;
  if (isOpenHold(charge)) return releaseHold(context, charge);
  requireRefundable(context, charge, left);
  return refundCharge(context, charge, params.amount ?? left, {
    metadata: metadataMerged({}, params.metadata),
    reason: params.reason ?? null,
  });
});

/** Gives back a part of a charge, at most what is left of it. */
export const refundCharge = (
  work: Work,
  charge: ChargeObject,
  amount: number,
  given: Pick<RefundObject, 'metadata' | 'reason'>,
): RefundObject => {
  const left = charge.amount - charge.amount_refunded;
  requireRefundable(work, charge, left);
  requirePositiveInteger(amount, 'amount');
  requireWholeUnits(amount, charge.currency, 'amount');
  if (amount > left) {
    throw invalidRequest(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`, {
      param: 'amount',
    });
  }
  const refund = putRefund(work, charge, amount, given);
  const changed = work.update(charges, charge, {
    amount_refunded: charge.amount_refunded + amount,
    refunded: amount === left,
  });
  work.emit('charge.refunded', changed);
  work.emit('refund.created', refund);
  if (charge.payment_method_details?.type === 'customer_balance') refundToCash(work, refund, idOf(charge.customer));
  return refund;
};

/** https://docs.stripe.com/payments/customer-balance/refunding: the customer's cash, unless sent on from there. */
const refundToCash = (work: Work, refund: RefundObject, customer: string | null): void => {
  if (customer === null || work.get(customers, customer) === undefined) return;
  const { amount, currency, id } = refund;
  const facts = { type: 'refunded_from_payment', refunded_from_payment: { refund: id } } as const;
  moveCash(work, { customer, amount, currency, facts });
  tellFunds(work, customer, currency);
};

/** A hold without an intent, which is let go by a refund; those of intents are canceled with them. */
const isOpenHold = (charge: ChargeObject): boolean =>
  charge.payment_intent === null && charge.paid && !charge.captured && !charge.refunded;

const releaseHold = (context: RequestContext<Stripe.RefundCreateParams>, charge: ChargeObject): RefundObject => {
  const { amount, metadata, reason } = context.params;
  if (amount !== undefined && amount !== charge.amount) {
    throw invalidRequest('A charge that is not captured can only be refunded in full.', { param: 'amount' });
  }
  const refund = context.put(
    refunds,
    refundOf(context, charge, {
      id: context.newId('re'),
      amount: charge.amount,
      balance_transaction: null,
      metadata: metadataMerged({}, metadata),
      reason: reason ?? null,
      status: 'succeeded',
    }),
  );
  context.unschedule('charge.hold_ends', charge.id);
  context.emit('charge.refunded', context.update(charges, charge, { amount_refunded: charge.amount, refunded: true }));
  context.emit('refund.created', refund);
  return refund;
};

const chargeIn = (context: RequestContext<Stripe.RefundCreateParams>): ChargeObject => {
  const { charge, payment_intent: intentId } = context.params;
  if (charge !== undefined && intentId !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: charge, payment_intent.', { param: 'charge' });
  }
  if (charge !== undefined) return context.require(charges, charge, 'charge');
  if (intentId === undefined) {
    throw invalidRequest('One of these parameters is required: payment_intent, charge.', { code: 'parameter_missing' });
  }
  const intent = context.require(paymentIntents, intentId, 'payment_intent');
  const found = context.get(charges, idOf(intent.latest_charge) ?? '');
  if (found?.paid === true) return found;
  throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
    code: 'payment_intent_unexpected_state',
    param: 'payment_intent',
  });
};

const requireRefundable = (work: Work, charge: ChargeObject, left: number): void => {
  if (work.where(disputes, 'charge', charge.id).some((dispute) => isLoss(dispute.status))) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  if (charge.paid && !charge.captured) {
    throw invalidRequest(`Charge ${charge.id} is not captured: cancel its PaymentIntent instead.`, { param: 'charge' });
  }
  if (!charge.paid)
    throw invalidRequest(`Charge ${charge.id} did not succeed; there is nothing to refund.`, { param: 'charge' });
  if (left > 0) return;
  throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
};

/** An inquiry leaves the money with the merchant, and so does a dispute that was won. */
const isLoss = (status: string): boolean => status !== 'won' && !status.startsWith('warning');

const putRefund = (
  work: Work,
  charge: ChargeObject,
  amount: number,
  given: Pick<RefundObject, 'metadata' | 'reason'>,
): RefundObject => {
  const id = work.newId('re');
  const method = work.get(paymentMethods, charge.payment_method ?? '');
  const course = method === undefined ? 'succeeds' : behaviourOf(method).refund;
  const refund = work.put(refunds, {
    ...refundOf(work, charge, {
      id,
      amount,
      balance_transaction: moveMoney(work, charge, { id, amount: -amount, category: 'refund' }),
      metadata: given.metadata,
      reason: given.reason,
      status: course === 'pending_then_succeeds' ? 'pending' : 'succeeded',
    }),
    ...(course === 'pending_then_succeeds' ? { pending_reason: 'processing' as const } : {}),
  });
  if (course !== 'succeeds') work.schedule('refund.settles', id, work.now + settleSeconds);
  return refund;
};

interface Money {
  readonly id: string;
  readonly amount: number;
  readonly category: 'refund' | 'refund_failure';
}

const moveMoney = (work: Work, charge: ChargeObject, money: Money): string => {
  const isCard = charge.payment_method_details?.type === 'card';
  const type = money.category === 'refund' ? (isCard ? 'refund' : 'payment_refund') : 'refund_failure';
  return putBalanceTransaction(work, {
    type,
    reportingCategory: money.category,
    amount: money.amount,
    currency: charge.currency,
    fee: 0,
    source: money.id,
    description: money.category === 'refund' ? 'REFUND FOR CHARGE' : 'REFUND FAILURE',
    availableAtOnce: true,
  }).id;
};

/** The bank's late word on a refund: a waiting one succeeds, the other card's comes back. */
const settle = (work: Work, id: string): void => {
  const refund = work.get(refunds, id);
  if (refund?.status === 'pending') {
    const { pending_reason: _reason, ...rest } = refund;
    const after = work.put(refunds, { ...rest, status: 'succeeded' });
    emitUpdated(work, after, refund);
  } else if (refund?.status === 'succeeded') giveBack(work, refund, 'failed');
};

/** The money did not reach the customer: it is on the balance again, and the charge counts as not refunded. */
const giveBack = (work: Work, refund: RefundObject, status: 'failed' | 'canceled'): RefundObject => {
  const charge = work.require(charges, idOf(refund.charge) ?? '');
  const returned = moveMoney(work, charge, { id: refund.id, amount: refund.amount, category: 'refund_failure' });
  const { pending_reason: _reason, ...rest } = refund;
  const after = work.put(refunds, {
    ...rest,
    status,
    failure_balance_transaction: returned,
    ...(status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : { failure_reason: 'merchant_request' }),
  });
  const changed = work.update(charges, charge, {
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  });
  if (status === 'failed') work.emit('refund.failed', after);
  emitUpdated(work, after, refund);
  work.emit('charge.updated', changed, charge);
  return after;
};

const emitUpdated = (work: Work, after: RefundObject, before: RefundObject): void => {
  work.emit('refund.updated', after, before);
  work.emit('charge.refund.updated', after, before);
};

const inPath = <P>(context: RequestContext<P>): RefundObject => context.require(refunds, context.path.refund ?? '');

const retrieveRefund = operation<Stripe.RefundRetrieveParams>((context) => inPath(context));

const updateRefund = operation<Stripe.RefundUpdateParams>((context) => {
  const before = inPath(context);
  const after = context.update(refunds, before, { metadata: metadataMerged(before.metadata, context.params.metadata) });
  emitUpdated(context, after, before);
  return after;
});

const cancelRefund = operation<Stripe.RefundCancelParams>((context) => {
  const refund = inPath(context);
  if (refund.status !== 'pending') {
    throw invalidRequest(`A refund can only be canceled while it is pending; this one is ${String(refund.status)}.`);
  }
  context.unschedule('refund.settles', refund.id);
  return giveBack(context, refund, 'canceled');
});

const listRefunds = operation<Stripe.RefundListParams>((context) => {
  const { charge, payment_intent: intent } = context.params;
  if (charge !== undefined && context.get(charges, charge) === undefined)
    throw resourceMissing('charge', charge, 'charge');
  const filter = (refund: RefundObject): boolean => intent === undefined || refund.payment_intent === intent;
  if (charge !== undefined) return context.list(refunds, { where: { field: 'charge', value: charge }, filter });
  if (intent !== undefined) return context.list(refunds, { where: { field: 'payment_intent', value: intent } });
  return context.list(refunds);
});

export const refundsResource: Resource = {
  collections: [refunds],
  operations: {
    'POST /v1/refunds': createRefund,
    'GET /v1/refunds': listRefunds,
    'GET /v1/refunds/:refund': retrieveRefund,
    'POST /v1/refunds/:refund': updateRefund,
    'POST /v1/refunds/:refund/cancel': cancelRefund,
  },
  scheduled: { 'refund.settles': settle },
};
