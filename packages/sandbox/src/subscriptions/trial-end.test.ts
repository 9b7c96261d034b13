import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('trialends');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const start = Date.UTC(2030, 3, 1) / 1000;
const week = 7 * 86_400;

/** In the second day of a trial, with no method of payment. */
const begin = async (then: 'cancel' | 'pause') => {
  const clock = await billing.clock(start);
  const customer = await billing.customer(undefined, { test_clock: clock });
  const subscription = await billing.subscribe(customer.id, await billing.price(1000), {
    trial_end: start + week,
    trial_settings: { end_behavior: { missing_payment_method: then } },
  });
  await billing.advance(clock, start + 86_400);
  await billing.news();
  return subscription;
};

describe('behaviour 56: a trial that is ended at once, with nobody to pay for what follows', () => {
  it('is paused when its settings say so, and nothing is billed', async () => {
    const { id, latest_invoice: first } = await begin('pause');
    const paused = await billing.stripe.subscriptions.update(id, { trial_end: 'now', metadata: { why: 'asked' } });
    expect(paused).toMatchObject({
      status: 'paused',
      trial_end: start + 86_400,
      latest_invoice: first,
      metadata: { why: 'asked' },
      status_details: { paused: { subscription: { type: 'trial_end_without_payment_method' } } },
    });
    expect(await billing.news()).toEqual(['customer.subscription.updated', 'customer.subscription.paused']);
  });

  it('is over when its settings say so', async () => {
    const { id } = await begin('cancel');
    const over = await billing.stripe.subscriptions.update(id, { trial_end: 'now' });
    expect(over).toMatchObject({ status: 'canceled', ended_at: start + 86_400 });
    expect(await billing.news()).toEqual(['customer.subscription.deleted']);
  });

  it('is billed when it is given a method in the same request', async () => {
    const { id, customer } = await begin('pause');
    const { id: method } = await billing.stripe.paymentMethods.attach('pm_card_visa', { customer: String(customer) });
    const paid = await billing.stripe.subscriptions.update(id, { trial_end: 'now', default_payment_method: method });
    expect(paid.status).toBe('active');
    expect(await billing.invoice(paid.latest_invoice)).toMatchObject({ total: 1000, status: 'paid' });
  });
});
