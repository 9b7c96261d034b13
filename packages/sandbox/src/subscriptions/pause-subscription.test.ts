import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril, failNext } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('pausing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const { middle } = april;
const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

const begin = (fields?: Stripe.SubscriptionCreateParams, token?: string) => beginInApril(billing, fields, token);

describe('a subscription that is paused', () => {
  it('behaviour 57: a pause by request gives back the time and makes no invoices until it is resumed', async () => {
    const { clock, id, pending, customer } = await begin();
    await billing.advance(clock, middle);
    await billing.news();
    const paused = await billing.stripe.subscriptions.pause(id);
    expect(paused).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'pause_requested' }, transitioned_at: middle } },
    });
    expect(await billing.news()).toContain('customer.subscription.paused');
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500]);
    await billing.advance(clock, utc(2030, 5, 11));
    expect((await billing.stripe.invoices.list({ customer })).data).toHaveLength(1);
    const waiting = await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'now' } });
    expect(waiting).toMatchObject({ status: 'paused', billing_cycle_anchor: utc(2030, 5, 11) });
    await billing.stripe.invoices.pay(String(waiting.latest_invoice));
    const resumed = await billing.stripe.subscriptions.retrieve(id);
    expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: utc(2030, 5, 11) });
    expect(resumed).not.toHaveProperty('status_details');
    expect(await billing.invoice(resumed.latest_invoice)).toMatchObject({ total: 500, status: 'paid' });
    const classic = await begin({ billing_mode: { type: 'classic' } });
    await expect(billing.stripe.subscriptions.pause(classic.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  // https://docs.stripe.com/billing/subscriptions/pause
  it('has its periods end with the pause, and run again from its return, whatever the anchor', async () => {
    const ends = ({ items }: Stripe.Subscription) => items.data.map((item) => item.current_period_end);
    const { stripe } = billing;
    const kept = await begin();
    expect(ends(kept.subscription)).toEqual([april.end]);
    await billing.advance(kept.clock, utc(2030, 4, 11));
    expect(ends(await stripe.subscriptions.pause(kept.id))).toEqual([utc(2030, 4, 11)]);
    const { data } = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 });
    expect(data[0]?.data.previous_attributes).toMatchObject({ status: 'active' });
    await billing.advance(kept.clock, middle);
    const [item] = (await stripe.subscriptionItems.list({ subscription: kept.id })).data;
    expect(item?.current_period_end).toBe(utc(2030, 4, 11));
    const older = await billing.sandbox.call('GET', `/v1/subscriptions/${kept.id}`, {
      key: billing.key,
      headers: { 'stripe-version': '2024-06-20' },
    });
    expect(older.body).toMatchObject({ current_period_end: utc(2030, 4, 11) });
    const unchanged = await stripe.subscriptions.resume(kept.id, { billing_cycle_anchor: { type: 'unchanged' } });
    expect(ends(unchanged)).toEqual([april.end]);
    await stripe.subscriptions.pause(kept.id);
    expect(ends(await stripe.subscriptions.resume(kept.id))).toEqual([utc(2030, 5, 16)]);
  });

  it('costs nothing more when it is changed: from its return on it costs what it became', async () => {
    const { clock, id, item, change, pending } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await billing.stripe.subscriptions.pause(id);
    const changed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    expect(changed).toMatchObject({ status: 'paused', items: { data: [{ quantity: 2 }] } });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667]);
    await billing.advance(clock, utc(2030, 4, 21));
    await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667, 667]);
    await billing.advance(clock, utc(2030, 5, 2));
    const renewed = await billing.stripe.subscriptions.retrieve(id);
    expect(await billing.invoice(renewed.latest_invoice)).toMatchObject({ total: 2000 });
  });

  it('brings an item that came in its pause back with the rest, and in its own rhythm', async () => {
    const { clock, id, item, change, pending } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await billing.stripe.subscriptions.pause(id);
    await change([{ id: item, deleted: true }, { price: await billing.price(36_500, { interval: 'year' }) }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667]);
    await billing.advance(clock, utc(2030, 4, 21));
    const resumed = await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    expect(resumed.items.data).toMatchObject([
      { current_period_start: utc(2030, 4, 1), current_period_end: utc(2031, 4, 1) },
    ]);
    // A dollar a day, and twenty of its days are over.
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667, 34_500]);
  });

  it('is not charged again for time that its pause left charged', async () => {
    const { clock, id, pending } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    const paused = () => billing.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await paused();
    await billing.advance(clock, utc(2030, 4, 21));
    await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    expect(await pending()).toEqual([]);
    await paused();
    await billing.advance(clock, middle + 30 * 24 * hour);
    await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    // May from the 16th on: nobody paid for that.
    expect((await pending()).map(({ amount }) => amount)).toEqual([516]);
  });

  it('gives back what its pause left charged when that is changed, and returns as what it became', async () => {
    const { clock, id, item, change, pending } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await billing.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await change([{ id: item, quantity: 2 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667]);
    await billing.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667, 1333]);
    const prorated = await begin();
    await billing.advance(prorated.clock, middle);
    await billing.stripe.subscriptions.pause(prorated.id, { bill_for: { unused_time_from: { type: 'none' } } });
    await billing.stripe.subscriptions.cancel(prorated.id, { prorate: true });
    expect((await prorated.pending()).map(({ amount }) => amount)).toEqual([-500]);
  });

  it('makes no invoice whatever an update adds: that waits until it is resumed', async () => {
    const { id, item, customer, change, pending } = await begin();
    await billing.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    const once = await billing.stripe.prices.create({
      currency: 'usd',
      unit_amount: 300,
      product_data: { name: 'Fee' },
    });
    const added = { add_invoice_items: [{ price: once.id }], proration_behavior: 'always_invoice' as const };
    await change([{ id: item, quantity: 2 }], added);
    expect((await pending()).map(({ amount }) => amount).sort()).toEqual([-1000, 300]);
    expect((await billing.stripe.invoices.list({ customer })).data).toHaveLength(1);
    const resumed = await billing.stripe.subscriptions.resume(id);
    expect(await billing.invoice(resumed.latest_invoice)).toMatchObject({ total: 2000 - 1000 + 300 });
  });

  it('has its credit waiting again when nobody paid for its return in time, and counts it once', async () => {
    const { clock, id, pending } = await begin();
    await billing.advance(clock, middle);
    await billing.stripe.subscriptions.pause(id);
    const forgotten = await billing.stripe.subscriptions.resume(id);
    expect(await billing.invoice(forgotten.latest_invoice)).toMatchObject({ status: 'open', total: 1000 - 500 });
    expect(await pending()).toEqual([]);
    await billing.advance(clock, middle + 23 * hour);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500]);
    const again = await billing.stripe.subscriptions.resume(id);
    await billing.stripe.invoices.pay(String(again.latest_invoice));
    expect(await billing.invoice(again.latest_invoice)).toMatchObject({ status: 'paid', total: 1000 - 500 });
    expect(await pending()).toEqual([]);
  });

  it('is refused in a trial, and where invoices are sent', async () => {
    const { id } = await begin({ trial_end: middle });
    await expect(billing.stripe.subscriptions.pause(id)).rejects.toMatchObject({ statusCode: 400 });
    const sent = await begin({ collection_method: 'send_invoice', days_until_due: 7 });
    await expect(billing.stripe.subscriptions.pause(sent.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('has its credit collected when it ends on its planned date', async () => {
    const { clock, id, customer, pending } = await begin();
    await billing.stripe.subscriptions.update(id, { cancel_at: utc(2030, 5, 1) });
    await billing.advance(clock, utc(2030, 4, 11));
    await billing.stripe.subscriptions.pause(id);
    const balance = async () => {
      const found = await billing.stripe.customers.retrieve(customer);
      return found.deleted === true ? undefined : found.balance;
    };
    expect((await pending()).map(({ amount }) => amount)).toEqual([-667]);
    expect(await balance()).toBe(0);
    await billing.advance(clock, utc(2030, 5, 2));
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect(await pending()).toEqual([]);
    expect(await balance()).toBe(-667);
  });

  it('loses its credit to a plain cancellation alone, as Stripe says', async () => {
    const paused = async () => {
      const made = await begin();
      await billing.advance(made.clock, utc(2030, 4, 11));
      await billing.stripe.subscriptions.pause(made.id);
      return made;
    };
    const [plain, billed, prorated] = [await paused(), await paused(), await paused()];
    await billing.stripe.subscriptions.cancel(plain.id);
    expect(await plain.pending()).toEqual([]);
    const ended = await billing.stripe.subscriptions.cancel(billed.id, { invoice_now: true });
    expect(await billing.invoice(ended.latest_invoice)).toMatchObject({ total: -667 });
    await billing.stripe.subscriptions.cancel(prorated.id, { prorate: true });
    expect((await prorated.pending()).map(({ amount }) => amount)).toEqual([-667]);
  });

  it('behaviour 57: resumed on success alone, it stays paused until the invoice is paid', async () => {
    const { clock, id, customer } = await begin();
    await billing.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await failNext(billing, customer);
    await billing.advance(clock, middle);
    const waiting = await billing.stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    expect(waiting.status).toBe('paused');
    await billing.advance(clock, middle + 24 * hour);
    expect(await billing.invoice(waiting.latest_invoice)).toMatchObject({ status: 'open', attempted: true });
    await billing.stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  it('behaviour 57: resumed by default, its invoice is tried by nobody, and the first try ends the pause', async () => {
    const { clock, id, customer } = await begin();
    await billing.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    await billing.advance(clock, middle);
    const forgotten = await billing.stripe.subscriptions.resume(id);
    await expect(billing.stripe.subscriptions.resume(id)).rejects.toMatchObject({ statusCode: 400 });
    await billing.advance(clock, middle + 23 * hour);
    expect(await billing.invoice(forgotten.latest_invoice)).toMatchObject({ status: 'void', attempt_count: 0 });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' });
    await failNext(billing, customer);
    const tried = await billing.stripe.subscriptions.resume(id);
    await expect(billing.stripe.invoices.pay(String(tried.latest_invoice))).rejects.toMatchObject({ statusCode: 402 });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' });
    expect(await billing.invoice(tried.latest_invoice)).toMatchObject({ status: 'open', next_payment_attempt: null });
    await billing.stripe.invoices.pay(String(tried.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });
});
