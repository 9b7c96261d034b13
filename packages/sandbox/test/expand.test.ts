import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_expand');
});

afterAll(() => sandbox.close());

test('behaviour 18: ids expand to their objects, up to four levels deep, on one object and on lists', async () => {
  const customer = await stripe.customers.create({ name: 'Ada' });
  const made = await stripe.paymentIntents.create({
    amount: 2_000,
    currency: 'usd',
    customer: customer.id,
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    expand: ['latest_charge.balance_transaction', 'customer', 'latest_charge.payment_intent.customer'],
  });
  const charge = made.latest_charge as Stripe.Charge;
  expect((made.customer as Stripe.Customer).name).toBe('Ada');
  expect((charge.balance_transaction as Stripe.BalanceTransaction).amount).toBe(2_000);
  expect(((charge.payment_intent as Stripe.PaymentIntent).customer as Stripe.Customer).id).toBe(customer.id);
  const list = await stripe.paymentIntents.list({ expand: ['data.latest_charge.balance_transaction.source'] });
  expect(list.data[0]).toMatchObject({
    latest_charge: { balance_transaction: { source: { payment_intent: made.id } } },
  });
  expect(typeof (await stripe.paymentIntents.retrieve(made.id)).latest_charge).toBe('string');
  expect(sandbox.contractMisfits()).toEqual([]);
});

test('behaviour 18: a deleted object expands to what is left of it', async () => {
  const customer = await stripe.customers.create({});
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: customer.id });
  await stripe.customers.del(customer.id);
  expect((await stripe.paymentIntents.retrieve(intent.id, { expand: ['customer'] })).customer).toEqual({
    id: customer.id,
    object: 'customer',
    deleted: true,
  });
});
