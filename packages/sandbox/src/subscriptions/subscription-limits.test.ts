import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;
/** How far the machine's time was moved on: its limits by the second are not what is looked at here. */
let aheadMs = 0;

beforeAll(async () => {
  billing = await runSubscribing('limited', { now: () => Date.now() + aheadMs });
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const begin = async () => {
  const { id: customer } = await billing.customer('pm_card_visa');
  const price = await billing.price(1000);
  const subscription = await billing.subscribe(customer, price);
  return { customer, price, subscription, item: subscription.items.data[0]?.id ?? '' };
};

describe('what one subscription may at most', () => {
  it('behaviour 8: ten new invoices a minute and twenty a day, where limits are switched on', async () => {
    const { sandbox, stripe, key } = billing;
    const { subscription, item } = await begin();
    const bill = (quantity: number) =>
      stripe.subscriptions.update(subscription.id, {
        items: [{ id: item, quantity }],
        proration_behavior: 'always_invoice',
      });
    await sandbox.control('POST', 'rate_limits', { key, enforced: true });
    for (let quantity = 2; quantity <= 10; quantity += 1) await bill(quantity);
    const refused = await sandbox.call('POST', `/v1/subscriptions/${subscription.id}`, {
      key,
      body: `items[0][id]=${item}&items[0][quantity]=11&proration_behavior=always_invoice`,
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('stripe-rate-limited-reason')).toBe('resource-specific');
    await billing.later(61);
    await bill(11);
    // Twenty within a day: nine more, each in a minute of its own, and none after them until the first is a day old.
    for (let quantity = 12; quantity <= 20; quantity += 1) {
      await billing.later(61);
      await bill(quantity);
    }
    await billing.later(61);
    await expect(bill(21)).rejects.toMatchObject({ statusCode: 429, code: 'rate_limit' });
    await billing.later(24 * 60 * 60);
    expect((await bill(21)).items.data[0]?.quantity).toBe(21);
    await sandbox.control('POST', 'rate_limits', { key, enforced: false });
  });

  it('behaviour 8: two hundred changes of its quantity an hour', async () => {
    const { sandbox, key } = billing;
    const { subscription, item } = await begin();
    await sandbox.control('POST', 'rate_limits', { key, enforced: true });
    const change = (quantity: number) =>
      sandbox.call('POST', `/v1/subscriptions/${subscription.id}`, {
        key,
        body: `items[0][id]=${item}&items[0][quantity]=${quantity}&proration_behavior=none`,
      });
    await sandbox.control('POST', 'clock', { key, mode: 'manual' });
    for (let count = 0; count < 200; count += 1) {
      aheadMs += 1000;
      expect((await change(2 + (count % 2))).status).toBe(200);
    }
    aheadMs += 1000;
    const refused = await change(4);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('stripe-rate-limited-reason')).toBe('resource-specific');
    await billing.later(60 * 60 + 1);
    expect((await change(4)).status).toBe(200);
    await sandbox.control('POST', 'rate_limits', { key, enforced: false });
  });

  it('behaviour 9: two updates at once, and the second finds it locked and passes by being tried again', async () => {
    const { sandbox, stripe, key } = billing;
    const { subscription } = await begin();
    const request = `POST /v1/subscriptions/${subscription.id}`;
    await sandbox.control('POST', 'faults', { kind: 'delay', request, delayMs: 300, times: 1, account: undefined });
    const slow = stripe.subscriptions.update(subscription.id, { metadata: { first: 'yes' } });
    let locked: unknown;
    for (let asked = 0; asked < 100 && locked === undefined; asked += 1) {
      await stripe.subscriptions.update(subscription.id, { metadata: { second: 'yes' } }).catch((error: unknown) => {
        locked = error;
      });
    }
    expect(locked).toMatchObject({ statusCode: 429, code: 'lock_timeout' });
    await slow;
    const patient = sandbox.stripe(key, { maxNetworkRetries: 3 });
    expect(await patient.subscriptions.update(subscription.id, { metadata: { third: 'yes' } })).toMatchObject({
      metadata: { first: 'yes', third: 'yes' },
    });
  });
});

describe('requests and their keys', () => {
  it('behaviour 1: a create that is sent again answers the same and begins nothing twice', async () => {
    const { stripe } = billing;
    const { customer, price } = await begin();
    const create = () =>
      stripe.subscriptions.create({ customer, items: [{ price }] }, { idempotencyKey: `again-${customer}` });
    const [one, other] = [await create(), await create()];
    expect(other.id).toBe(one.id);
    expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(2);
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(2);
  });
});
