import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { daySeconds, runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('renewalamounts');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

const begin = async (start: number, token: string, fields: Stripe.SubscriptionCreateParams = {}) => {
  const clock = await billing.clock(start);
  const customer = await billing.customer(token, { test_clock: clock });
  const subscription = await billing.subscribe(customer.id, await billing.price(1500), fields);
  const current = (): Promise<Stripe.Subscription> => billing.stripe.subscriptions.retrieve(subscription.id);
  return { clock, customer: customer.id, subscription, current };
};

describe('what a renewal bills', () => {
  it('a coupon for three months takes from the invoices of three months', async () => {
    const { stripe } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'repeating', duration_in_months: 3 });
    const { clock, subscription } = await begin(utc(2030, 1, 1), 'pm_card_visa', {
      discounts: [{ coupon: coupon.id }],
    });
    for (const month of [2, 3, 4, 5]) await billing.advance(clock, utc(2030, month, 2));
    const { data } = await stripe.invoices.list({ subscription: subscription.id });
    expect(data.map((invoice) => invoice.total).reverse()).toEqual([750, 750, 750, 1500, 1500]);
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ discounts: [] });
  });

  it('what waits for a customer is on the next renewal', async () => {
    const { stripe } = billing;
    const { clock, customer, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await stripe.invoiceItems.create({ customer, amount: 300, currency: 'usd', description: 'Extra' });
    await billing.advance(clock, utc(2030, 2, 1) + hour);
    expect(await billing.invoice((await current()).latest_invoice)).toMatchObject({ total: 1800, status: 'paid' });
  });

  it("the account's own clock renews as well", async () => {
    const customer = await billing.customer('pm_card_visa');
    const made = await billing.subscribe(customer.id, await billing.price(700, { interval: 'day' }));
    await billing.later(2 * daySeconds + 2 * hour);
    const { data } = await billing.stripe.invoices.list({ subscription: made.id });
    expect(data.map((invoice) => invoice.status)).toEqual(['paid', 'paid', 'paid']);
  });
});
