import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryRecord } from '../src/deliveries.js';
import type { SandboxSettings } from '../src/sandbox.js';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviours 20, 22, 23 and 24 as a webhook route sees them, with a clock that the test moves. https://docs.stripe.com/webhooks

const key = 'sk_test_deliveries';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const clock = { nowMs: 0 };
let sandbox: RunningSandbox;
let stripe: Stripe;
let receiver: WebhookReceiver;

beforeEach(async () => {
  clock.nowMs = Date.parse('2026-03-01T00:00:00Z');
  receiver = await startReceiver();
});

afterEach(async () => {
  await receiver.close();
  await sandbox.close();
});

const start = async (settings: SandboxSettings = {}, as = key): Promise<Stripe.WebhookEndpoint> => {
  sandbox = await runSandbox({ now: () => clock.nowMs, settings });
  stripe = sandbox.stripe(as);
  return stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
};

/** Machine time goes on, and the sandbox's loop looks up because somebody asks something. */
const later = async (milliseconds: number): Promise<void> => {
  clock.nowMs += milliseconds;
  await stripe.accounts.retrieveCurrent();
};

const asksMax = 2_000;

/** Waits until the sandbox knows what became of so many tries of its one delivery. */
const tried = async (attempts: number, as = key): Promise<DeliveryRecord> => {
  for (let asked = 0; asked < asksMax; asked += 1) {
    const { data } = (await sandbox.control('GET', `deliveries?key=${as}`)) as { data: DeliveryRecord[] };
    const [delivery] = data;
    if (delivery !== undefined && delivery.attempts >= attempts) return delivery;
  }
  throw new Error(`There are no ${attempts} tries.`);
};

const typesReceived = async (count: number): Promise<string[]> =>
  (await receiver.arrived(count)).map(({ body }) => (JSON.parse(body) as Stripe.Event).type);

describe('behaviour 23: what was not taken is sent again', () => {
  const settings = { webhookRetryDelaysSeconds: { test: [60, 600, 3_600] } };

  test('after each pause once, whatever but 2xx it was answered, and never again once it was taken', async () => {
    await start(settings);
    // A redirect is a failure as any other.
    receiver.answerWith(500, 302, 404);
    await stripe.customers.create({ name: 'Jo' });
    for (const [attempts, pause] of [60, 600, 3_600].entries()) {
      expect(await tried(attempts + 1)).toMatchObject({ status: 'pending', attempts: attempts + 1 });
      await later(pause * 1000 - 1);
      expect(receiver.received).toHaveLength(attempts + 1);
      await later(1);
      await receiver.arrived(attempts + 2);
    }
    expect(await tried(4)).toMatchObject({ status: 'succeeded', answerStatus: 200 });
    await later(30 * dayMs);
    expect(receiver.received).toHaveLength(4);
    const ids = receiver.received.map(({ body }) => (JSON.parse(body) as Stripe.Event).id);
    expect(new Set(ids).size).toBe(1);
  });

  test('behaviour 20: each try is signed for its own time, so that none is too old for the SDK', async () => {
    const { secret = '' } = await start(settings);
    receiver.answerWith(500, 500);
    await stripe.customers.create({});
    const times = new Set<string>();
    for (const [attempts, pause] of [60, 600].entries()) {
      const { body, signature } = (await receiver.arrived(attempts + 1)).at(-1) ?? { body: '', signature: '' };
      const at = (nowMs: number) =>
        stripe.webhooks.constructEvent(body, signature, secret, undefined, undefined, nowMs);
      expect(at(clock.nowMs).type).toBe('customer.created');
      expect(() => at(clock.nowMs + 301_000)).toThrow('Timestamp outside the tolerance zone');
      times.add(/t=(\d+)/.exec(signature)?.[1] ?? '');
      await tried(attempts + 1);
      await later(pause * 1000);
    }
    expect([...times]).toEqual([1_772_323_200, 1_772_323_260].map(String));
  });

  test.each([
    ['live', 'sk_live_sandbox_deliveries', 10, 3 * dayMs],
    ['test', key, 3, 6 * 60 * minuteMs],
  ])('in %s mode for as long as Stripe says, and then given up', async (_mode, as, retries, withinMs) => {
    await start({}, as);
    receiver.answerWith(...Array.from({ length: 1 + retries }, () => 503));
    const begin = clock.nowMs;
    await stripe.customers.create({});
    for (let attempts = 1; attempts <= retries; attempts += 1) {
      await tried(attempts, as);
      await later((sandbox.server.sandbox.deliveries.nextAtMs() ?? clock.nowMs) - clock.nowMs);
      await receiver.arrived(attempts + 1);
    }
    expect(await tried(1 + retries, as)).toMatchObject({ status: 'failed' });
    expect(clock.nowMs - begin).toBeGreaterThan(withinMs / 3);
    expect(clock.nowMs - begin).toBeLessThanOrEqual(withinMs);
    await later(30 * dayMs);
    expect(receiver.received).toHaveLength(1 + retries);
    expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
  });

  test.each(['disabled', 'deleted'])('unless its endpoint was %s meanwhile', async (how) => {
    const { id } = await start(settings);
    receiver.answerWith(500);
    await stripe.customers.create({});
    await tried(1);
    if (how === 'deleted') await stripe.webhookEndpoints.del(id);
    else await stripe.webhookEndpoints.update(id, { disabled: true });
    await later(60_000);
    await later(dayMs);
    expect(await tried(1)).toMatchObject({ status: 'canceled', attempts: 1 });
    await stripe.customers.create({});
    await later(dayMs);
    expect(receiver.received).toHaveLength(1);
  });
});

// Checked, 22: documented: https://docs.stripe.com/webhooks#event-ordering.
describe('behaviour 22: nothing arrives in an order that could be relied on', () => {
  const subscribe = async (): Promise<string[]> => {
    const product_data = { name: 'Seat' };
    const recurring = { interval: 'month' } as const;
    const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1500, recurring, product_data });
    const method = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
    const customer = await stripe.customers.create(method);
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    return (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
  };

  test('an invoice is told of as paid before it was told of as made, and its subscription last', async () => {
    await start();
    const late = (event: string, delayMs: number) =>
      sandbox.control('POST', 'faults', { kind: 'event_delay', event, delayMs });
    await late('invoice.created', minuteMs);
    await late('customer.subscription.created', 2 * minuteMs);
    const told = await subscribe();
    expect(await typesReceived(told.length - 2)).toContain('invoice.paid');
    await later(minuteMs);
    expect((await typesReceived(told.length - 1)).at(-1)).toBe('invoice.created');
    await later(minuteMs);
    const heard = await typesReceived(told.length);
    expect(heard.at(-1)).toBe('customer.subscription.created');
    expect(heard.toSorted()).toEqual(told.toSorted());
  });

  test('mixed, doubled and late at once, each event arrives, and one of them at least out of its place', async () => {
    await start();
    for (const kind of ['event_reorder', 'event_duplicate'])
      await sandbox.control('POST', 'faults', { kind, event: '*', delayMs: 5_000, probability: 0.5 });
    const told = (await subscribe()).toReversed();
    for (let second = 0; second < 6; second += 1) await later(1_000);
    const { data } = (await sandbox.control('GET', `deliveries?key=${key}`)) as { data: DeliveryRecord[] };
    const heard = await typesReceived(data.length);
    expect(data.length).toBeGreaterThan(told.length);
    expect(new Set(heard)).toEqual(new Set(told));
    expect([...new Set(heard)]).not.toEqual([...new Set(told)]);
  });
});

describe('behaviour 24: an event stays what it was', () => {
  test('in the version of its time, whatever the account’s version is by then, and for 30 days', async () => {
    await start();
    sandbox.steers('sets the version of the account and lets a month pass');
    await stripe.customers.create({ name: 'Then' });
    const [before] = (await stripe.events.list()).data;
    await sandbox.control('POST', 'accounts', { key, default_version: '2025-09-30.clover' });
    await later(30 * dayMs);
    const [after] = (await stripe.events.list()).data;
    expect([after?.id, after?.api_version]).toEqual([before?.id, '2026-08-26.dahlia']);
    expect(after?.data).toEqual(before?.data);
    await later(1_000);
    expect((await stripe.events.list()).data).toEqual([]);
    await expect(stripe.events.retrieve(before?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  });
});
