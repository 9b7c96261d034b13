import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';

export type RefundObject = Stripe.Refund;

export const refunds = defineCollection<RefundObject>({
  type: 'refund',
  prefix: 're',
  path: (refund) => `/v1/refunds/${refund.id}`,
  indexes: ['charge', 'payment_intent'],
});

export type NewRefund = Pick<RefundObject, 'id' | 'amount' | 'balance_transaction' | 'metadata' | 'reason' | 'status'>;

/** A refund of the charge; `fields` is what differs from one to the next. */
export const refundOf = (work: Work, charge: Stripe.Charge, fields: NewRefund): RefundObject => ({
  object: 'refund',
  charge: charge.id,
  created: work.now,
  currency: charge.currency,
  customer: charge.customer,
  customer_account: null,
  ...destinationOf(charge),
  payment_intent: charge.payment_intent,
  payment_method: charge.payment_method,
  receipt_number: null,
  source_transfer_reversal: null,
  transfer_reversal: null,
  ...fields,
});

const destinationOf = (charge: Stripe.Charge): Partial<RefundObject> =>
  charge.payment_method_details?.type === 'customer_balance'
    ? { destination_details: { type: 'customer_cash_balance', customer_cash_balance: {} } }
    : charge.payment_method_details?.type === 'card'
      ? {
          destination_details: {
            type: 'card',
            card: { type: 'refund', reference_status: 'pending', reference_type: 'acquirer_reference_number' },
          },
        }
      : {};

/**
 * What a hold gives back of money that was never taken: a refund that moves nothing on the balance. Gives how much of
 * the charge is refunded now. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
 */
export const putRelease = (work: Work, charge: Stripe.Charge, amount: number): number => {
  const fields = { balance_transaction: null, metadata: {}, reason: null, status: 'succeeded' } as const;
  if (amount > 0) work.put(refunds, refundOf(work, charge, { id: work.newId('re'), amount, ...fields }));
  return charge.amount_refunded + amount;
};

const refundsShownMax = 10;

/** The list inside a charge, newest first. */
export const refundsOfCharge = (work: Work, chargeId: string) => {
  const all = work.where(refunds, 'charge', chargeId).reverse();
  return {
    object: 'list' as const,
    data: all.slice(0, refundsShownMax),
    has_more: all.length > refundsShownMax,
    url: `/v1/charges/${chargeId}/refunds`,
  };
};
