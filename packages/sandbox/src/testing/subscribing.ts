import type Stripe from 'stripe';
import { type Billing, runBilling } from './billing.js';
import { advanceClock } from './clock-arrival.js';
import type { RunningOptions } from './running-sandbox.js';

/** What tests of subscriptions share beside those of invoices. */
export interface Subscribing extends Billing {
  /** A price of so much a month, of a product of its own. */
  price(amount: number, recurring?: Partial<Stripe.PriceCreateParams.Recurring>): Promise<string>;
  subscribe(
    customer: string,
    price: string,
    fields?: Stripe.SubscriptionCreateParams,
  ): Promise<Stripe.Response<Stripe.Subscription>>;
  /** A test clock that stands at this time. */
  clock(frozenTime: number): Promise<string>;
  /** Moves a test clock and waits until it arrived. */
  advance(clock: string, to: number): Promise<void>;
  invoice(id: Stripe.Subscription['latest_invoice']): Promise<Stripe.Invoice>;
}

export const daySeconds = 24 * 60 * 60;

export const runSubscribing = async (name: string, options: RunningOptions = {}): Promise<Subscribing> => {
  const billing = await runBilling(name, options);
  const { stripe } = billing;
  let products = 0;
  return {
    ...billing,
    price: async (amount, recurring = {}) => {
      products += 1;
      const made = await stripe.prices.create({
        currency: 'usd',
        unit_amount: amount,
        recurring: { interval: 'month', ...recurring },
        product_data: { name: `Product ${products}` },
      });
      return made.id;
    },
    subscribe: (customer, price, fields = {}) =>
      stripe.subscriptions.create({ customer, items: [{ price }], ...fields }),
    clock: async (frozenTime) => (await stripe.testHelpers.testClocks.create({ frozen_time: frozenTime })).id,
    advance: async (clock, to) => {
      await advanceClock(stripe, clock, to);
    },
    invoice: (id) => stripe.invoices.retrieve(String(typeof id === 'object' ? id?.id : id)),
  };
};
