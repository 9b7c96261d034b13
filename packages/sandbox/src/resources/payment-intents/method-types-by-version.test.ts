import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

it('behaviour 37: before 2023-08-16 an intent that names no methods takes cards, and needs no way back', async () => {
  const older = sandbox.stripe('sk_test_methods1', { apiVersion: '2022-11-15' as never });
  const card = { confirm: true, payment_method: 'pm_card_visa' };
  const paid = await older.paymentIntents.create({ ...card, amount: 700, currency: 'eur' });
  expect(paid).toMatchObject({
    status: 'succeeded',
    automatic_payment_methods: null,
    payment_method_types: ['card'],
  });
  const setUp = await older.setupIntents.create(card);
  expect(setUp).toMatchObject({ status: 'succeeded', automatic_payment_methods: null });
  const asked = { ...card, automatic_payment_methods: { enabled: true } };
  await expect(older.setupIntents.create(asked)).rejects.toMatchObject({ statusCode: 400 });
  const today = sandbox.stripe('sk_test_methods1');
  await expect(today.setupIntents.create(card)).rejects.toMatchObject({ statusCode: 400 });
  expect(sandbox.contractMisfits()).toEqual([]);
});
