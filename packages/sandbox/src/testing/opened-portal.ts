import type Stripe from 'stripe';
import type { Subscribing } from './subscribing.js';

export const everything: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
  customer_update: { enabled: true, allowed_updates: ['email', 'name', 'address', 'tax_id'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: {
    enabled: true,
    mode: 'at_period_end',
    cancellation_reason: { enabled: true, options: ['unused', 'other'] },
  },
};

export interface Opened {
  readonly session: Stripe.BillingPortal.Session;
  readonly customer: string;
  readonly subscription: Stripe.Subscription;
  readonly prices: readonly [gold: string, platinum: string];
}

export interface Opening {
  readonly features?: Stripe.BillingPortal.ConfigurationCreateParams.Features;
  readonly session?: Stripe.BillingPortal.SessionCreateParams;
  readonly flow?: (opened: Omit<Opened, 'session'>) => Stripe.BillingPortal.SessionCreateParams.FlowData;
  readonly subscription?: Partial<Stripe.SubscriptionCreateParams>;
}

/** A customer of a monthly 10.00 who may change to 30.00, and a portal of theirs. */
export const openPortal = async (
  { stripe, customer: newCustomer, subscribe }: Subscribing,
  { features = everything, session = {}, flow, subscription = {} }: Opening = {},
): Promise<Opened> => {
  const { id: product } = await stripe.products.create({ name: 'Metal' });
  const priceOf = async (unit_amount: number): Promise<string> =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval: 'month' } })).id;
  const prices = [await priceOf(1000), await priceOf(3000)] as const;
  const { id: customer } = await newCustomer('pm_card_visa');
  const subscribed = await subscribe(customer, prices[0], subscription);
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      ...features,
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price', 'quantity'],
        proration_behavior: 'always_invoice',
        products: [{ product, prices: [...prices], adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 } }],
        ...features.subscription_update,
      },
    },
  });
  const about = { customer, subscription: subscribed, prices };
  const made = await stripe.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
    return_url: 'https://example.com/account',
    ...(flow === undefined ? {} : { flow_data: flow(about) }),
    ...session,
  });
  return { session: made, ...about };
};

/** A flow to three of the dearer price. */
export const confirming = ({ prices, subscription }: Omit<Opened, 'session'>) => ({
  type: 'subscription_update_confirm' as const,
  subscription_update_confirm: {
    subscription: subscription.id,
    items: [{ id: subscription.items.data[0]?.id ?? '', price: prices[1], quantity: 3 }],
  },
});
