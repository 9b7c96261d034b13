import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';

export interface AmountDetailsLineItemObject extends Stripe.PaymentIntentAmountDetailsLineItem {
  readonly _intent: string;
}

export const amountDetailsLineItems = defineCollection<AmountDetailsLineItemObject>({
  type: 'payment_intent_amount_details_line_item',
  prefix: 'uli',
  indexes: ['_intent'],
});

const shownMax = 10;

/** The list inside an intent, in the order of the lines: the last of them came first. */
export const lineItemsOf = (work: Work, intentId: string) => {
  const all = work.where(amountDetailsLineItems, '_intent', intentId).reverse();
  return {
    object: 'list' as const,
    data: all.slice(0, shownMax).map(({ _intent, ...line }) => line),
    has_more: all.length > shownMax,
    url: `/v1/payment_intents/${intentId}/amount_details_line_items`,
  };
};
