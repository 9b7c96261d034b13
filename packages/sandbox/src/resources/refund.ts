import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import type { Work } from '../work.js';

export type RefundObject = Stripe.Refund;

export const refunds = defineCollection<RefundObject>({
  type: 'refund',
  prefix: 're',
  indexes: ['charge', 'payment_intent'],
});

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
