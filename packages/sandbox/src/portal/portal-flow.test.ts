import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confirming, everything, type Opened, openPortal } from '../testing/opened-portal.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let subscribing: Subscribing;

beforeAll(async () => {
  subscribing = await runSubscribing('portalflows');
});
afterAll(() => subscribing.sandbox.close());
afterEach(() => expect(subscribing.sandbox.contractMisfits()).toEqual([]));

const text = async (url: string): Promise<string> => (await subscribing.sandbox.page(url)).text();
const submit = (url: string, fields: Record<string, string> = {}): Promise<Response> =>
  subscribing.sandbox.page(url, fields);

const withStep = (
  about: Omit<Opened, 'session'>,
  changes: Partial<Stripe.BillingPortal.SessionCreateParams.FlowData.SubscriptionUpdateConfirm>,
) => {
  const flow = confirming(about);
  return { ...flow, subscription_update_confirm: { ...flow.subscription_update_confirm, ...changes } };
};

describe('flows of the portal', () => {
  it('are refused when they lead nowhere, offer what is no coupon, or confirm what nobody could choose', async () => {
    const codes: [(about: Omit<Opened, 'session'>) => Stripe.BillingPortal.SessionCreateParams.FlowData, string][] = [
      [
        (about) => ({
          ...confirming(about),
          after_completion: { type: 'redirect', redirect: { return_url: 'javascript:alert(1)' } },
        }),
        'flow_data[after_completion][redirect][return_url]',
      ],
      [
        ({ subscription }) => ({
          type: 'subscription_cancel',
          subscription_cancel: {
            subscription: subscription.id,
            retention: { type: 'coupon_offer', coupon_offer: { coupon: 'nobody' } },
          },
        }),
        'flow_data[subscription_cancel][retention][coupon_offer][coupon]',
      ],
      [
        (about) => withStep(about, { discounts: [{ coupon: 'nobody' }] }),
        'flow_data[subscription_update_confirm][discounts][0][coupon]',
      ],
      [
        (about) => withStep(about, { discounts: [{ coupon: 'one', promotion_code: 'other' }] }),
        'flow_data[subscription_update_confirm][discounts][0]',
      ],
      [
        (about) => withStep(about, { items: [{ id: about.subscription.items.data[0]?.id ?? '', quantity: 6 }] }),
        'flow_data[subscription_update_confirm][items][0][quantity]',
      ],
    ];
    for (const [flow, param] of codes) {
      await expect(openPortal(subscribing, { flow })).rejects.toMatchObject({ statusCode: 400, param });
    }
    const session = { return_url: 'javascript:alert(1)' };
    await expect(openPortal(subscribing, { session })).rejects.toMatchObject({
      code: 'url_invalid',
      param: 'return_url',
    });
  });

  it('are refused for a price that the subscription cannot have', async () => {
    const flowTo = async (product: string, price: string) => {
      const opened = await openPortal(subscribing);
      const { id: configuration } = await subscribing.stripe.billingPortal.configurations.create({
        features: {
          subscription_update: {
            enabled: true,
            default_allowed_updates: ['price'],
            products: [{ product, prices: [price] }],
          },
        },
      });
      const items = [{ id: opened.subscription.items.data[0]?.id ?? '', price }];
      return subscribing.stripe.billingPortal.sessions.create({
        customer: opened.customer,
        configuration,
        flow_data: {
          type: 'subscription_update_confirm',
          subscription_update_confirm: { subscription: opened.subscription.id, items },
        },
      });
    };
    const { prices, products } = subscribing.stripe;
    const { id: product } = await products.create({ name: 'Elsewhere' });
    const priced = { product, unit_amount: 500, recurring: { interval: 'month' as const } };
    const euros = await prices.create({ ...priced, currency: 'eur' });
    const old = await prices.create({ ...priced, currency: 'usd' });
    await prices.update(old.id, { active: false });
    const param = 'flow_data[subscription_update_confirm][items][0][price]';
    await expect(flowTo(product, euros.id)).rejects.toMatchObject({ statusCode: 400, param });
    await expect(flowTo(product, old.id)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

describe('promotion codes in the portal', () => {
  it('lower a change where the configuration takes them, count, and are refused where they are none', async () => {
    const { stripe } = subscribing;
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const { id: code } = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'HALF' });
    const update = (opened: Opened, fields: Record<string, string>) =>
      submit(`${opened.session.url}?page=update`, { subscription: opened.subscription.id, ...fields });
    const allowed = { default_allowed_updates: ['price' as const, 'promotion_code' as const] };
    const opened = await openPortal(subscribing, {
      features: { ...everything, subscription_update: { enabled: true, ...allowed } },
    });
    const page = await text(`${opened.session.url}?page=update&subscription=${opened.subscription.id}`);
    expect(page).toContain('Promotion code');
    const [, price] = opened.prices;
    expect((await update(opened, { price, promotion_code: 'NONE' })).status).toBe(400);
    expect((await update(opened, { price, promotion_code: 'half' })).status).toBe(303);
    const after = await stripe.subscriptions.retrieve(opened.subscription.id, { expand: ['discounts'] });
    expect(after.discounts).toMatchObject([{ promotion_code: code }]);
    expect((await stripe.promotionCodes.retrieve(code)).times_redeemed).toBe(1);
    const closed = await openPortal(subscribing);
    expect((await update(closed, { price: closed.prices[1], promotion_code: 'half' })).status).toBe(400);
    expect((await stripe.subscriptions.retrieve(closed.subscription.id)).discounts).toEqual([]);
  });
});
