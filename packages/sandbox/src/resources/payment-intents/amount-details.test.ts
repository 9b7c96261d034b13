import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_amountdetails');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

type Details = Stripe.PaymentIntentCreateParams.AmountDetails;

const lines = [
  { product_name: 'Seat', quantity: 2, unit_cost: 500, tax: { total_tax_amount: 190 }, product_code: 'SEAT' },
  { product_name: 'Call', quantity: 1, unit_cost: 300, discount_amount: 40, unit_of_measure: 'minutes' },
];
const intentWith = (amount: number, details: Details) =>
  stripe.paymentIntents.create({ amount, currency: 'usd', amount_details: details });
const namesOf = async (id: string): Promise<string[]> =>
  (await stripe.paymentIntents.listAmountDetailsLineItems(id)).data.map((line) => line.product_name);

describe('what an amount is made of', () => {
  it('is kept with the intent, its lines in their order', async () => {
    const intent = await intentWith(1550, { line_items: lines, shipping: { amount: 100, to_postal_code: '10115' } });
    expect(intent.amount_details).toMatchObject({
      shipping: { amount: 100, from_postal_code: null, to_postal_code: '10115' },
    });
    expect(intent.amount_details?.line_items).toBeUndefined();
    const expanded = await stripe.paymentIntents.retrieve(intent.id, { expand: ['amount_details.line_items'] });
    expect(expanded.amount_details?.line_items?.data.map((line) => line.product_name)).toEqual(['Seat', 'Call']);
    const { data } = await stripe.paymentIntents.listAmountDetailsLineItems(intent.id);
    expect(data).toMatchObject([
      { product_name: 'Seat', quantity: 2, unit_cost: 500, tax: { total_tax_amount: 190 }, discount_amount: null },
      { product_name: 'Call', discount_amount: 40, tax: null, unit_of_measure: 'minutes' },
    ]);
    const confirmed = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
      off_session: true,
    });
    expect(confirmed).toMatchObject({ status: 'succeeded', amount_details: { shipping: { amount: 100 } } });
  });

  it('is replaced by an update as a whole, and taken away by nothing', async () => {
    const intent = await intentWith(1450, { line_items: lines });
    await stripe.paymentIntents.update(intent.id, {
      amount: 700,
      amount_details: { line_items: [{ product_name: 'Other', quantity: 7, unit_cost: 100 }] },
    });
    expect(await namesOf(intent.id)).toEqual(['Other']);
    await stripe.paymentIntents.update(intent.id, { amount_details: '' });
    expect(await namesOf(intent.id)).toEqual([]);
  });

  it.each([
    {
      name: 'lines that give another sum',
      amount: 1000,
      details: { line_items: lines },
      code: 'amount_details_amount_mismatch',
    },
    {
      name: 'more tax than amount',
      amount: 1000,
      details: { tax: { total_tax_amount: 1001 } },
      code: 'amount_details_tax_shipping_discount_greater_than_amount',
    },
  ])('is refused, or told in the answer when the request says so: $name', async ({ amount, details, code }) => {
    await expect(intentWith(amount, details)).rejects.toMatchObject({ statusCode: 400, code });
    const told = await intentWith(amount, { ...details, enforce_arithmetic_validation: false });
    expect(told.amount_details?.error).toMatchObject({ code });
    const mended = await stripe.paymentIntents.update(told.id, { amount_details: '' });
    expect(mended.amount_details?.error).toBeUndefined();
  });

  it.each([
    {
      name: 'discounts in both places',
      details: { line_items: lines, discount_amount: 5 },
      param: 'amount_details[discount_amount]',
    },
    {
      name: 'taxes in both places',
      details: { line_items: lines, tax: { total_tax_amount: 5 } },
      param: 'amount_details[tax]',
    },
    {
      name: 'nothing of something',
      details: { line_items: [{ product_name: 'x', quantity: 0, unit_cost: 1 }] },
      param: 'amount_details[line_items][0][quantity]',
    },
    {
      name: 'a cost below nothing',
      details: { line_items: [{ product_name: 'x', quantity: 1, unit_cost: -1 }] },
      param: 'amount_details[line_items][0][unit_cost]',
    },
    {
      name: 'too many lines',
      details: { line_items: Array.from({ length: 201 }, () => ({ product_name: 'x', quantity: 1, unit_cost: 1 })) },
      param: 'amount_details[line_items]',
    },
  ])('is refused: $name', async ({ details, param }) => {
    await expect(intentWith(1450, details)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

describe('steps that an ordinary account is not granted', () => {
  const pay = { currency: 'usd', confirm: true, off_session: true, payment_method: 'pm_card_visa' } as const;

  it('a hold stays what it is: its charge says that it cannot be incremented, and asking changes nothing', async () => {
    const held = await stripe.paymentIntents.create({
      ...pay,
      amount: 1000,
      capture_method: 'manual',
      expand: ['latest_charge'],
    });
    const { payment_method_details: details } = held.latest_charge as Stripe.Charge;
    expect(details?.card?.incremental_authorization).toEqual({ status: 'unavailable' });
    await expect(stripe.paymentIntents.incrementAuthorization(held.id, { amount: 900 })).rejects.toMatchObject({
      param: 'amount',
    });
    await expect(stripe.paymentIntents.incrementAuthorization(held.id, { amount: 1500 })).rejects.toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: held.id, status: 'requires_capture', amount: 1000 },
    });
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({ amount: 1000, amount_capturable: 1000 });
    const paid = await stripe.paymentIntents.create({ ...pay, amount: 1000 });
    const increment = stripe.paymentIntents.incrementAuthorization(paid.id, { amount: 1500 });
    await expect(increment).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  it('no cash balance pays an intent', async () => {
    const { id: customer } = await stripe.customers.create();
    const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur', customer });
    const apply = (params = {}) => stripe.paymentIntents.applyCustomerBalance(intent.id, params);
    await expect(apply()).rejects.toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    await expect(apply({ amount: 0 })).rejects.toMatchObject({ param: 'amount' });
    await expect(apply({ currency: 'usd' })).rejects.toMatchObject({ param: 'currency' });
    await expect(stripe.paymentIntents.applyCustomerBalance('pi_x')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('no intent waits for small deposits', async () => {
    const payment = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const setup = await stripe.setupIntents.create();
    const amounts = [32, 45];
    await expect(stripe.paymentIntents.verifyMicrodeposits(payment.id, { amounts })).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: payment.id },
    });
    await expect(
      stripe.setupIntents.verifyMicrodeposits(setup.id, { descriptor_code: 'SM11AA' }),
    ).rejects.toMatchObject({
      code: 'setup_intent_unexpected_state',
      setup_intent: { id: setup.id },
    });
    await expect(stripe.setupIntents.verifyMicrodeposits(setup.id)).rejects.toMatchObject({ param: 'amounts' });
    await expect(stripe.paymentIntents.verifyMicrodeposits(payment.id, { amounts: [1] })).rejects.toMatchObject({
      param: 'amounts',
    });
  });
});
