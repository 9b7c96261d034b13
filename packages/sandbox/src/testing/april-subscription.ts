import type Stripe from 'stripe';
import type { Subscribing } from './subscribing.js';

const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

/** The period of the subscription: April has thirty days. */
export const april = { start: utc(2030, 4, 1), middle: utc(2030, 4, 16), end: utc(2030, 5, 1) };

/** A monthly subscription of 10 dollars on a clock of its own, at the start of April. */
export const beginInApril = async (
  billing: Subscribing,
  fields: Stripe.SubscriptionCreateParams = {},
  token = 'pm_card_visa',
) => {
  const { stripe } = billing;
  const clock = await billing.clock(april.start);
  const customer = await billing.customer(token, { test_clock: clock });
  const basic = await billing.price(1000);
  const subscription = await billing.subscribe(customer.id, basic, fields);
  const change = (
    items: Stripe.SubscriptionUpdateParams.Item[],
    more: Stripe.SubscriptionUpdateParams = {},
  ): Promise<Stripe.Subscription> => stripe.subscriptions.update(subscription.id, { items, ...more });
  const pending = async () => (await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data.reverse();
  return {
    clock,
    customer: customer.id,
    basic,
    subscription,
    id: subscription.id,
    item: subscription.items.data[0]?.id ?? '',
    change,
    pending,
  };
};

/** From now on the customer's payments fail. */
export const failNext = async ({ stripe }: Subscribing, customer: string): Promise<void> => {
  const { id } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
};
