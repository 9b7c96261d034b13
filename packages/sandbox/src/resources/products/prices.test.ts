import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';
import { unique } from '../../testing/unique.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_prices');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

it('a product comes with its default price, is changed, and stays while it has prices', async () => {
  const product = await stripe.products.create({
    name: 'Gold',
    default_price_data: { currency: 'usd', unit_amount: 2000, recurring: { interval: 'month' } },
    expand: ['default_price'],
  });
  expect(product.default_price).toMatchObject({ unit_amount: 2000, type: 'recurring', product: product.id });
  const renamed = await stripe.products.update(product.id, { name: 'Platinum', metadata: { tier: '1' } });
  expect(renamed).toMatchObject({ name: 'Platinum', metadata: { tier: '1' } });
  await expect(stripe.products.del(product.id)).rejects.toMatchObject({ statusCode: 400 });
  const [event] = (await stripe.events.list({ type: 'product.updated' })).data;
  expect(event?.data.previous_attributes).toMatchObject({ name: 'Gold' });
});

it('behaviour 33: a decimal unit amount of at most 12 places, with unit_amount null when it is not whole', async () => {
  const product = await stripe.products.create({ name: 'Call' });
  const create = (decimal: string) =>
    stripe.prices.create({ currency: 'usd', product: product.id, unit_amount_decimal: Stripe.Decimal.from(decimal) });
  const fine = await create('0.125');
  expect(fine.unit_amount).toBeNull();
  expect(String(fine.unit_amount_decimal)).toBe('0.125');
  expect((await create('12.000')).unit_amount).toBe(12);
  await expect(create('0.1234567890123')).rejects.toMatchObject({ statusCode: 400, param: 'unit_amount_decimal' });
});

it('a lookup key belongs to one price and moves only when asked', async () => {
  const seat = unique('seat');
  const product = await stripe.products.create({ name: 'Seat' });
  const price = (transfer?: boolean) =>
    stripe.prices.create({
      currency: 'eur',
      product: product.id,
      unit_amount: 500,
      lookup_key: seat,
      ...(transfer === undefined ? {} : { transfer_lookup_key: transfer }),
    });
  await price();
  await expect(price()).rejects.toMatchObject({ statusCode: 400, param: 'lookup_key' });
  const holder = await price(true);
  expect((await stripe.prices.list({ lookup_keys: [seat] })).data.map((one) => one.id)).toEqual([holder.id]);
});

it('tiers are shown when expanded, and end with infinity', async () => {
  const product = await stripe.products.create({ name: 'Storage' });
  const base = {
    currency: 'usd',
    product: product.id,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    recurring: { interval: 'month' },
  } as const;
  const price = await stripe.prices.create({
    ...base,
    tiers: [
      { up_to: 10, unit_amount: 100 },
      { up_to: 'inf', unit_amount: 50, flat_amount: 5 },
    ],
    expand: ['tiers'],
  });
  expect(price.tiers?.map((tier) => [tier.up_to, tier.unit_amount, tier.flat_amount])).toEqual([
    [10, 100, null],
    [null, 50, 5],
  ]);
  const open = stripe.prices.create({ ...base, tiers: [{ up_to: 10, unit_amount: 100 }] });
  await expect(open).rejects.toMatchObject({ statusCode: 400, param: 'tiers' });
});

it('a tax rate is made, listed and retired', async () => {
  const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19, country: 'DE' });
  expect((await stripe.taxRates.update(rate.id, { active: false })).active).toBe(false);
  const { data } = await stripe.taxRates.list({ active: true, limit: 100 });
  expect(data.map(({ id }) => id)).not.toContain(rate.id);
});
