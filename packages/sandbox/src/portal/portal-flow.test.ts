import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confirming, type Opened, openPortal } from '../testing/opened-portal.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let subscribing: Subscribing;

beforeAll(async () => {
  subscribing = await runSubscribing('portalflows');
});
afterAll(() => subscribing.sandbox.close());
afterEach(() => expect(subscribing.sandbox.contractMisfits()).toEqual([]));

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
});
