import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import type { PaymentMethodObject } from '../payment-methods/payment-method.js';

/** A card in the shape it had before payment methods, while it is a source of a customer. */
export interface CardObject extends Omit<Stripe.Card, 'customer'> {
  readonly customer: string;
}

export const cards = defineCollection<CardObject>({
  type: 'card',
  prefix: 'card',
  label: 'source',
  path: (card) => `/v1/customers/${card.customer}/sources/${card.id}`,
  indexes: ['customer'],
});

export const cardExpires = 'source.expires';

/** Keeps what the payment method says as the customer's card; nothing of a method that is none. */
export const keepCard = (work: Work, method: PaymentMethodObject): CardObject | undefined => {
  const card = method.id.startsWith('card_') ? cardOf(method) : null;
  if (card === null || typeof card.customer !== 'string') return undefined;
  const lastMonth = Date.UTC(card.exp_year, card.exp_month - 1) / 1000;
  if (lastMonth > work.now) work.schedule(cardExpires, card.id, lastMonth);
  else work.unschedule(cardExpires, card.id);
  return work.put(cards, { ...card, customer: card.customer });
};

/** https://docs.stripe.com/api/cards/object */
export const cardOf = (method: PaymentMethodObject): Stripe.Card | null => {
  const { card, billing_details: billing } = method;
  if (card === undefined) return null;
  const { address } = billing;
  return {
    id: method.id,
    object: 'card',
    address_city: address?.city ?? null,
    address_country: address?.country ?? null,
    address_line1: address?.line1 ?? null,
    address_line1_check: card.checks?.address_line1_check ?? null,
    address_line2: address?.line2 ?? null,
    address_state: address?.state ?? null,
    address_zip: address?.postal_code ?? null,
    address_zip_check: card.checks?.address_postal_code_check ?? null,
    allow_redisplay: method.allow_redisplay ?? 'unspecified',
    brand: brandNames[card.brand] ?? 'Unknown',
    country: card.country,
    customer: typeof method.customer === 'string' ? method.customer : null,
    cvc_check: card.checks?.cvc_check ?? null,
    dynamic_last4: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    last4: card.last4,
    metadata: method.metadata,
    name: billing.name,
    regulated_status: card.regulated_status as Stripe.Card['regulated_status'],
    tokenization_method: null,
  };
};

/** A card of the old kind spells its brand out. */
const brandNames: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};
