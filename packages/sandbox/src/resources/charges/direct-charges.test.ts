import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_directcharges';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
  await stripe.customers.create();
  await sandbox.control('POST', 'accounts', { key, card_tokens: true });
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const charge = (source: string, params: Stripe.ChargeCreateParams = {}) =>
  stripe.charges.create({ amount: 2000, currency: 'usd', source, ...params });
const lastEvents = async (count: number): Promise<string[]> =>
  (await stripe.events.list({ limit: count })).data.map((event) => event.type).reverse();
const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });
const day = 24 * 60 * 60;

describe('a charge without an intent', () => {
  it('takes the money of a token’s card at once', async () => {
    const made = await charge('tok_visa', {
      description: 'Old',
      metadata: { a: '1' },
      expand: ['balance_transaction'],
    });
    expect(made).toMatchObject({
      status: 'succeeded',
      paid: true,
      captured: true,
      amount_captured: 2000,
      payment_intent: null,
      payment_method_details: { type: 'card', card: { last4: '4242' } },
      source: { object: 'card', brand: 'Visa', last4: '4242' },
      balance_transaction: { type: 'charge', amount: 2000 },
    });
    expect(made.payment_method).toMatch(/^card_/);
    expect(await lastEvents(1)).toEqual(['charge.succeeded']);
    const refund = await stripe.refunds.create({ charge: made.id, amount: 500 });
    expect(refund).toMatchObject({ amount: 500, payment_intent: null });
    expect((await stripe.charges.retrieve(made.id)).amount_refunded).toBe(500);
  });

  it('behaviour 34: a decline is 402 and leaves a failed charge', async () => {
    const refused = await charge('tok_chargeDeclinedInsufficientFunds').catch(
      (error: Stripe.errors.StripeError) => error,
    );
    expect(refused).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'insufficient_funds' });
    const [failed] = (await stripe.charges.list({ limit: 1 })).data;
    expect((refused as Stripe.errors.StripeError).charge).toBe(failed?.id);
    expect(failed).toMatchObject({ status: 'failed', paid: false, failure_code: 'card_declined' });
    await expect(stripe.charges.capture(failed?.id ?? '')).rejects.toMatchObject({ statusCode: 400 });
    await expect(charge('tok_threeDSecure2Required')).rejects.toMatchObject({ code: 'authentication_required' });
  });

  it('behaviour 45: it can be disputed', async () => {
    const made = await charge('tok_createDispute');
    expect((await stripe.disputes.list({ charge: made.id })).data).toMatchObject([
      { charge: made.id, payment_intent: null },
    ]);
  });

  it.each([
    {
      name: 'no amount',
      params: { currency: 'usd', source: 'tok_visa' },
      facts: { param: 'amount', code: 'parameter_missing' },
    },
    {
      name: 'no currency',
      params: { amount: 2000, source: 'tok_visa' },
      facts: { param: 'currency', code: 'parameter_missing' },
    },
    {
      name: 'too little',
      params: { amount: 10, currency: 'usd', source: 'tok_visa' },
      facts: { code: 'amount_too_small' },
    },
    {
      name: 'nobody',
      params: { amount: 2000, currency: 'usd' },
      facts: { code: 'parameter_missing', message: 'Must provide source or customer.' },
    },
    {
      name: 'no such token',
      params: { amount: 2000, currency: 'usd', source: 'tok_x' },
      facts: { code: 'resource_missing', param: 'source' },
    },
    {
      name: 'a platform’s fee',
      params: { amount: 2000, currency: 'usd', source: 'tok_visa', application_fee_amount: 5 },
      facts: { param: 'application_fee_amount' },
    },
  ])('is refused: $name', async ({ params, facts }) => {
    await expect(stripe.charges.create(params)).rejects.toMatchObject({ statusCode: 400, ...facts });
  });

  it('a customer has no saved source, with or without a payment method', async () => {
    const { id: customer } = await stripe.customers.create();
    const create = () => stripe.charges.create({ amount: 2000, currency: 'usd', customer });
    await expect(create()).rejects.toMatchObject({ statusCode: 402, code: 'missing', param: 'card' });
    await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await expect(create()).rejects.toMatchObject({
      message: expect.stringContaining('does have a Payment Method attached'),
    });
    await expect(charge('tok_visa', { customer })).rejects.toMatchObject({ code: 'missing', param: 'source' });
  });

  it('an account whose policies were not changed refuses card tokens', async () => {
    const other = sandbox.stripe('sk_test_ordinary');
    const create = other.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' });
    await expect(create).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('has reached end of life'),
    });
  });
});

describe('behaviour 43: a hold without an intent', () => {
  it('is captured once, in part, and the rest is released', async () => {
    const held = await charge('tok_visa', { capture: false });
    expect(held).toMatchObject({ captured: false, paid: true, amount_captured: 0, balance_transaction: null });
    await expect(stripe.charges.capture(held.id, { amount: 2001 })).rejects.toMatchObject({ param: 'amount' });
    const captured = await stripe.charges.capture(held.id, { amount: 1500, receipt_email: 'jo@example.com' });
    expect(captured).toMatchObject({
      captured: true,
      amount_captured: 1500,
      amount_refunded: 500,
      receipt_email: 'jo@example.com',
    });
    expect(await lastEvents(1)).toEqual(['charge.captured']);
    await expect(stripe.charges.capture(held.id)).rejects.toMatchObject({ code: 'charge_already_captured' });
    await later(8 * day);
    expect(await stripe.charges.retrieve(held.id)).toMatchObject({ amount_refunded: 500, refunded: false });
  });

  it('ends by itself after seven days', async () => {
    const held = await charge('tok_visa', { capture: false });
    await later(7 * day);
    expect(await stripe.charges.retrieve(held.id)).toMatchObject({
      captured: false,
      refunded: true,
      amount_refunded: 2000,
    });
    expect(await lastEvents(1)).toEqual(['charge.expired']);
    await expect(stripe.charges.capture(held.id)).rejects.toMatchObject({ code: 'charge_expired_for_capture' });
  });

  it('is let go by a refund of all of it', async () => {
    const held = await charge('tok_visa', { capture: false });
    await expect(stripe.refunds.create({ charge: held.id, amount: 5 })).rejects.toMatchObject({ param: 'amount' });
    expect(await stripe.refunds.create({ charge: held.id })).toMatchObject({ amount: 2000, balance_transaction: null });
    expect(await lastEvents(2)).toEqual(['charge.refunded', 'refund.created']);
    await expect(stripe.charges.capture(held.id)).rejects.toMatchObject({ code: 'charge_expired_for_capture' });
    await expect(stripe.refunds.create({ charge: held.id })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('one of an intent is captured with the intent', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      confirm: true,
      off_session: true,
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
    });
    const capture = stripe.charges.capture(String(intent.latest_charge));
    await expect(capture).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining(intent.id) });
  });
});
