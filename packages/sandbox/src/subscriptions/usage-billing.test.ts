import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;
let meter: string;

beforeAll(async () => {
  billing = await runSubscribing('usage');
  const made = await billing.stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  meter = made.id;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

const perCall = (cents: number): Promise<string> => billing.price(cents, { usage_type: 'metered', meter });

/** A subscription from the first of April of what costs seven cents a call. */
const begin = async () => {
  const { stripe } = billing;
  const clock = await billing.clock(utc(2030, 4, 1));
  const customer = await billing.customer('pm_card_visa', { test_clock: clock });
  const subscription = await billing.subscribe(customer.id, await perCall(7));
  const use = async (calls: number, timestamp: number): Promise<void> => {
    const payload = { stripe_customer_id: customer.id, value: String(calls) };
    await stripe.billing.meterEvents.create({ event_name: 'calls', payload, timestamp });
    await billing.later(60);
  };
  const totals = async (): Promise<number[]> => {
    const { data } = await stripe.invoices.list({ customer: customer.id });
    return data.map(({ total }) => total).reverse();
  };
  const { id } = subscription;
  return { clock, customer: customer.id, id, item: itemId(subscription), use, totals };
};

const itemId = (subscription: Stripe.Subscription): string => subscription.items.data[0]?.id ?? '';

const inMay = utc(2030, 5, 2);

describe('what is used', () => {
  it('is billed once, though the subscription was paused and goes on in the same period', async () => {
    const { stripe } = billing;
    const { clock, id, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.pause(id);
    await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    await billing.advance(clock, utc(2030, 4, 20));
    await use(10, utc(2030, 4, 15));
    const upcoming = await stripe.invoices.createPreview({ subscription: id });
    expect(upcoming.lines.data.map(({ amount }) => amount)).toEqual([70]);
    await billing.advance(clock, inMay);
    expect(await totals()).toEqual([700, 70]);
  });

  it('waits for the renewal when the pause does not bill it', async () => {
    const { stripe } = billing;
    const { clock, id, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.pause(id, { bill_for: { outstanding_usage_through: { type: 'none' } } });
    await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    await billing.advance(clock, inMay);
    expect(await totals()).toEqual([700]);
  });
});
