import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_intentamounts');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

describe('amounts', () => {
  it('behaviour 12: zero and negative amounts are parameter_invalid_integer', async () => {
    for (const amount of [0, -1]) {
      const create = stripe.paymentIntents.create({ amount, currency: 'usd' });
      await expect(create).rejects.toMatchObject({
        statusCode: 400,
        code: 'parameter_invalid_integer',
        param: 'amount',
      });
    }
  });

  it.each([
    ['usd', 49, 'amount_too_small'],
    ['jpy', 49, 'amount_too_small'],
    ['gbp', 29, 'amount_too_small'],
    ['usd', 100_000_000, 'amount_too_large'],
  ])('behaviour 31: %s %d is %s', async (currency, amount, code) => {
    const create = stripe.paymentIntents.create({ amount, currency });
    await expect(create).rejects.toMatchObject({ statusCode: 400, code, param: 'amount' });
  });

  it.each([
    ['isk', 100_050],
    ['ugx', 100_001],
    ['kwd', 5001],
  ])('behaviour 32: %s has no such digits as %d', async (currency, amount) => {
    await expect(stripe.paymentIntents.create({ amount, currency })).rejects.toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
  });

  it.each([
    // Zero decimals: 100 is a hundred of the currency, and what is less than the least amount is said so.
    ['jpy', 100],
    ['krw', 1_001],
    ['clp', 1_001],
    // No decimals in use, and sent with two that are 00.
    ['isk', 100_000],
    ['ugx', 100_000],
    // Charged with two decimals, though paid out in whole units.
    ['huf', 20_001],
    ['twd', 20_001],
    // Three decimals, of which the last is 0.
    ['kwd', 5_010],
    ['bhd', 5_010],
  ])('behaviour 32: %s is charged as %d', async (currency, amount) => {
    const pay = { confirm: true, off_session: true, payment_method: 'pm_card_visa' } as const;
    expect(await stripe.paymentIntents.create({ ...pay, amount, currency })).toMatchObject({
      status: 'succeeded',
      amount_received: amount,
      currency,
    });
  });

  it('an unknown currency and an unknown customer are named by their parameter', async () => {
    await expect(stripe.paymentIntents.create({ amount: 100, currency: 'xxq' })).rejects.toMatchObject({
      param: 'currency',
    });
    const create = stripe.paymentIntents.create({ amount: 100, currency: 'usd', customer: 'cus_nobody' });
    await expect(create).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
  });
});
