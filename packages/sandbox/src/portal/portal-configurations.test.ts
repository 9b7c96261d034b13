import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_configurations');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

type Params = Stripe.BillingPortal.ConfigurationCreateParams;

const make = (params: Partial<Params> = {}): Promise<Stripe.BillingPortal.Configuration> =>
  stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, ...params });

const sold = async () => {
  const product = await stripe.products.create({ name: 'Seat' });
  const price = await stripe.prices.create({
    currency: 'usd',
    product: product.id,
    unit_amount: 500,
    recurring: { interval: 'month' },
  });
  return { product: product.id, prices: [price.id] };
};

describe('portal configurations', () => {
  it('what is not said is off, with Stripe’s choices for when it is switched on', async () => {
    const made = await make({
      business_profile: { headline: 'Ours' },
      default_return_url: 'https://shop.example/back',
      metadata: { a: '1' },
    });
    expect(made).toMatchObject({
      active: true,
      name: null,
      business_profile: { headline: 'Ours', privacy_policy_url: null },
      login_page: { enabled: false, url: null },
      features: {
        customer_update: { enabled: false, allowed_updates: [] },
        invoice_history: { enabled: true },
        subscription_cancel: { enabled: false, mode: 'at_period_end', proration_behavior: 'none' },
        subscription_update: {
          enabled: false,
          proration_behavior: 'none',
          trial_update_behavior: 'end_trial',
          billing_cycle_anchor: 'unchanged',
        },
      },
    });
    const [event] = (await stripe.events.list({ type: 'billing_portal.configuration.created', limit: 1 })).data;
    expect(event?.data.object).toMatchObject({ id: made.id });
  });

  it('an update changes what it names, deep inside too, and tells what was before', async () => {
    const line = await sold();
    const { id } = await make({
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'tax_id'] },
        subscription_update: { enabled: true, default_allowed_updates: ['price'], products: [line] },
        subscription_pause: {
          enabled: true,
          duration: { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 36 }] },
        },
      },
    });
    const changed = await stripe.billingPortal.configurations.update(id, {
      name: 'Main',
      expand: ['features.subscription_update.products'],
      login_page: { enabled: true },
      features: {
        customer_update: { allowed_updates: '' },
        subscription_cancel: {
          enabled: true,
          mode: 'immediately',
          cancellation_reason: { enabled: true, options: ['unused'] },
        },
        subscription_update: { schedule_at_period_end: { conditions: [{ type: 'shortening_interval' }] } },
      },
    });
    expect(changed).toMatchObject({
      name: 'Main',
      login_page: { enabled: true, url: expect.stringContaining(id) },
      features: {
        customer_update: { enabled: true, allowed_updates: [] },
        subscription_cancel: {
          enabled: true,
          mode: 'immediately',
          cancellation_reason: { enabled: true, options: ['unused'] },
        },
        subscription_pause: {
          enabled: true,
          duration: { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 36 }] },
        },
        subscription_update: {
          enabled: true,
          products: [{ ...line, adjustable_quantity: { enabled: false, maximum: null, minimum: 1 } }],
          schedule_at_period_end: { conditions: [{ type: 'shortening_interval' }] },
        },
      },
    });
    const shown = await stripe.billingPortal.configurations.retrieve(id);
    expect(shown.features.subscription_update.products).toBeUndefined();
    const [event] = (await stripe.events.list({ type: 'billing_portal.configuration.updated' })).data;
    expect(event?.data.previous_attributes).toMatchObject({
      name: null,
      features: { customer_update: { allowed_updates: ['email', 'tax_id'] } },
    });
  });

  it('the first is the default, stays it, and cannot be deactivated; the others can', async () => {
    sandbox.steers('needs an account in which nothing happened');
    const { configurations } = sandbox.stripe('sk_test_defaultportal').billingPortal;
    const create = () => configurations.create({ features: { invoice_history: { enabled: true } } });
    const [first, second] = [await create(), await create()];
    expect([first.is_default, second.is_default]).toEqual([true, false]);
    await expect(configurations.update(first.id, { active: false })).rejects.toMatchObject({
      statusCode: 400,
      param: 'active',
    });
    expect((await configurations.update(second.id, { active: false })).active).toBe(false);
    expect((await configurations.list({ active: true })).data.map((one) => one.id)).toEqual([first.id]);
    expect((await configurations.list({ is_default: false })).data.map((one) => one.id)).toEqual([second.id]);
    expect((await configurations.retrieve(first.id)).is_default).toBe(true);
    expect((await configurations.update(second.id, { active: true })).active).toBe(true);
  });

  it.each([
    { name: 'no features', params: { features: undefined }, param: 'features' },
    { name: 'a return to nowhere', params: { default_return_url: 'nowhere' }, param: 'default_return_url' },
    {
      name: 'a long headline',
      params: { business_profile: { headline: 'x'.repeat(61) } },
      param: 'business_profile[headline]',
    },
    {
      name: 'a product that is not there',
      params: {
        features: { subscription_update: { enabled: true, products: [{ product: 'prod_x', prices: ['price_x'] }] } },
      },
      param: 'features[subscription_update][products][0][product]',
    },
    {
      name: 'a pause of more than three years',
      params: {
        features: {
          subscription_pause: {
            enabled: true,
            duration: { type: 'interval_options', interval_options: [{ interval: 'year', interval_count: 4 }] },
          },
        },
      },
      param: 'features[subscription_pause][duration][interval_options][0][interval_count]',
    },
  ])('is refused: $name', async ({ params, param }) => {
    await expect(make(params as Partial<Params>)).rejects.toMatchObject({ statusCode: 400, param });
  });

  it('a price is of its product and recurring', async () => {
    const [one, other] = [await sold(), await sold()];
    const once = await stripe.prices.create({ currency: 'usd', product: one.product, unit_amount: 5 });
    const offer = (product: string, prices: string[]) =>
      make({ features: { subscription_update: { enabled: true, products: [{ product, prices }] } } });
    const param = 'features[subscription_update][products][0][prices][0]';
    await expect(offer(one.product, other.prices)).rejects.toMatchObject({ statusCode: 400, param });
    await expect(offer(one.product, [once.id])).rejects.toMatchObject({ statusCode: 400, param });
    await offer(one.product, one.prices);
  });

  it('is refused what no portal could do: products listed twice, bounds that cross, credits at the end of a period', async () => {
    const { product, prices } = await sold();
    const updating = (products: { product: string; prices: string[]; adjustable_quantity?: object }[]) =>
      make({
        features: {
          subscription_update: { enabled: true, default_allowed_updates: ['price'], products },
        } as Params['features'],
      });
    const path = 'features[subscription_update][products]';
    await expect(
      updating([
        { product, prices },
        { product, prices },
      ]),
    ).rejects.toMatchObject({
      param: `${path}[1][product]`,
    });
    for (const [bounds, name] of [
      [{ minimum: 5, maximum: 2 }, 'maximum'],
      [{ minimum: -1 }, 'minimum'],
      [{ maximum: 0 }, 'maximum'],
    ] as const) {
      const one = { product, prices, adjustable_quantity: { enabled: true, ...bounds } };
      await expect(updating([one])).rejects.toMatchObject({ param: `${path}[0][adjustable_quantity][${name}]` });
    }
    const canceling = (cancel: Partial<NonNullable<Params['features']['subscription_cancel']>>) =>
      make({ features: { subscription_cancel: { enabled: true, ...cancel } } });
    const param = 'features[subscription_cancel][proration_behavior]';
    await expect(canceling({ proration_behavior: 'create_prorations' })).rejects.toMatchObject({ param });
    await expect(canceling({ mode: 'immediately', proration_behavior: 'always_invoice' })).rejects.toMatchObject({
      param,
    });
    const made = await canceling({ mode: 'immediately', proration_behavior: 'create_prorations' });
    expect(made.features.subscription_cancel.proration_behavior).toBe('create_prorations');
  });
});
