import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

it('an option of cards that would change when money moves is refused by its path, and one that is served counts at confirmation', async () => {
  const stripe = sandbox.stripe('sk_test_cardoptions');
  const order = { amount: 900, currency: 'usd', payment_method: 'pm_card_threeDSecureOptional' };
  const refused = stripe.paymentIntents.create({
    ...order,
    payment_method_options: { card: { capture_method: 'manual' } },
  });
  await expect(refused).rejects.toMatchObject({
    statusCode: 400,
    param: 'payment_method_options[card][capture_method]',
  });
  const { id } = await stripe.paymentIntents.create(order);
  const confirmed = await stripe.paymentIntents.confirm(id, {
    payment_method_options: { card: { request_three_d_secure: 'any' } },
    return_url: 'https://shop.example/',
  });
  expect(confirmed.status).toBe('requires_action');
  expect(sandbox.contractMisfits()).toEqual([]);
});
