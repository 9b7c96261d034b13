import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';
import { unique } from '../testing/unique.js';

let billing: Subscribing;
let meter: string;
const counted = unique('calls');

beforeAll(async () => {
  billing = await runSubscribing('usage');
  const made = await billing.stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: counted,
    default_aggregation: { formula: 'sum' },
  });
  meter = made.id;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

const perCall = (cents: number): Promise<string> => billing.price(cents, { usage_type: 'metered', meter });

/** A subscription from the first of April of what costs seven cents a call. */
const begin = async (fields: Stripe.SubscriptionCreateParams = {}) => {
  const { stripe } = billing;
  const clock = await billing.clock(utc(2030, 4, 1));
  const customer = await billing.customer('pm_card_visa', { test_clock: clock });
  const subscription = await billing.subscribe(customer.id, await perCall(7), fields);
  const use = async (calls: number, timestamp: number): Promise<void> => {
    const payload = { stripe_customer_id: customer.id, value: String(calls) };
    await stripe.billing.meterEvents.create({ event_name: counted, payload, timestamp });
    await billing.counted();
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
    expect(upcoming.lines.data.map(({ amount }) => amount)).toEqual([700, 70]);
    await billing.advance(clock, inMay);
    // Told nothing else, the pause makes no invoice: what it bills waits for the next.
    expect(await totals()).toEqual([770]);
  });

  it('is billed by the pause at once when that is asked for', async () => {
    const { stripe } = billing;
    const { clock, id, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.pause(id, { invoicing_behavior: 'invoice' });
    expect(await totals()).toEqual([700]);
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

  it('waits through a pause that does not bill it, into new periods and into later ones', async () => {
    const { stripe } = billing;
    for (const type of ['now', 'unchanged'] as const) {
      const { clock, id, use, totals } = await begin();
      await billing.advance(clock, utc(2030, 4, 11));
      await use(100, utc(2030, 4, 5));
      await stripe.subscriptions.pause(id, { bill_for: { outstanding_usage_through: { type: 'none' } } });
      await billing.advance(clock, utc(2030, 5, 11));
      await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type } });
      await use(10, utc(2030, 5, 11));
      await billing.advance(clock, utc(2030, 6, 12));
      expect([type, await totals()]).toEqual([type, [770]]);
    }
  });

  it('is billed when a pause that did not bill it ends in a cancellation, now or as planned', async () => {
    const { stripe } = billing;
    const paused = async (fields?: Stripe.SubscriptionCreateParams) => {
      const made = await begin(fields);
      await billing.advance(made.clock, utc(2030, 4, 11));
      await made.use(100, utc(2030, 4, 5));
      await stripe.subscriptions.pause(made.id, { bill_for: { outstanding_usage_through: { type: 'none' } } });
      return made;
    };
    const [now, planned, dropped] = [await paused(), await paused({ cancel_at: utc(2030, 4, 20) }), await paused()];
    await stripe.subscriptions.cancel(now.id, { invoice_now: true });
    expect(await now.totals()).toEqual([700]);
    await billing.advance(planned.clock, utc(2030, 4, 21));
    expect(await planned.totals()).toEqual([700]);
    // "Will generate a final invoice that invoices for any un-invoiced metered usage. Defaults to false."
    await stripe.subscriptions.cancel(dropped.id);
    expect(await dropped.totals()).toEqual([]);
  });

  it('is billed at the price it was counted at, in flexible mode, when its item gets another', async () => {
    const { stripe } = billing;
    const { clock, id, item, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 16));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.update(id, { items: [{ id: item, price: await perCall(9) }] });
    await use(10, utc(2030, 4, 16));
    await billing.advance(clock, inMay);
    expect(await totals()).toEqual([790]);
  });

  it('is let go when its price goes without prorations, as Stripe says', async () => {
    const { stripe } = billing;
    const { clock, id, item, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 16));
    await use(100, utc(2030, 4, 5));
    const dearer = await perCall(9);
    await stripe.subscriptions.update(id, { items: [{ id: item, price: dearer }], proration_behavior: 'none' });
    await use(10, utc(2030, 4, 16));
    await billing.advance(clock, inMay);
    expect(await totals()).toEqual([90]);
  });

  it('is billed once, though its item is exchanged for another on the same meter', async () => {
    const { stripe } = billing;
    const { clock, id, item, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 20));
    await use(100, utc(2030, 4, 5));
    const dearer = await perCall(9);
    await stripe.subscriptions.update(id, { items: [{ id: item, deleted: true }, { price: dearer }] });
    await use(10, utc(2030, 4, 20));
    await billing.advance(clock, inMay);
    // Ten of nine cents, and the hundred of seven that the exchange left waiting.
    expect(await totals()).toEqual([790]);
  });

  it('is billed once, though its item is exchanged in a pause that billed it', async () => {
    const { stripe } = billing;
    const { clock, id, item, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.pause(id);
    const dearer = await perCall(9);
    await stripe.subscriptions.update(id, { items: [{ id: item, deleted: true }, { price: dearer }] });
    await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } });
    await billing.advance(clock, inMay);
    // What comes asks for nothing of before the pause.
    expect(await totals()).toEqual([700]);
  });

  it('is billed once, though its item went long before another came on the same meter', async () => {
    const { stripe } = billing;
    const { clock, customer, id, item, use, totals } = await begin();
    const seat = await billing.price(1000);
    await stripe.subscriptions.update(id, { items: [{ price: seat }], proration_behavior: 'none' });
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptionItems.del(item);
    const { data: waiting } = await stripe.invoiceItems.list({ customer, pending: true });
    expect(waiting.map(({ amount }) => amount)).toEqual([700]);
    await billing.advance(clock, utc(2030, 4, 20));
    await stripe.subscriptionItems.create({ subscription: id, price: await perCall(9) });
    await billing.advance(clock, inMay);
    expect(await totals()).toEqual([1700]);
  });

  it('is billed before a trial begins that asks for nothing', async () => {
    const { stripe } = billing;
    const { clock, id, use, totals } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await use(100, utc(2030, 4, 5));
    await stripe.subscriptions.update(id, { trial_end: utc(2030, 4, 25) });
    expect(await totals()).toEqual([700]);
    await use(50, utc(2030, 4, 11));
    await billing.advance(clock, utc(2030, 4, 26));
    await use(10, utc(2030, 4, 26));
    await billing.advance(clock, utc(2030, 5, 26));
    expect((await totals()).reduce((sum, one) => sum + one, 0)).toBe(770);
  });

  it('is let go in classic mode when its price goes: what comes counts from then on', async () => {
    const { stripe } = billing;
    const { clock, id, item, use, totals } = await begin({ billing_mode: { type: 'classic' } });
    await billing.advance(clock, utc(2030, 4, 20));
    await use(100, utc(2030, 4, 5));
    const dearer = await perCall(9);
    await stripe.subscriptions.update(id, { items: [{ id: item, deleted: true }, { price: dearer }] });
    await use(10, utc(2030, 4, 20));
    await billing.advance(clock, inMay);
    expect((await totals()).at(-1)).toBe(90);
  });
});
