import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRule } from '../src/faults.js';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// What faults, the clock and the lag of search do to somebody who has the SDK and a webhook route, and nothing else.

const key = 'sk_test_effects';
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
let sandbox: RunningSandbox;
let stripe: Stripe;
let receiver: WebhookReceiver;
let endpoint: Stripe.WebhookEndpoint;

beforeEach(async () => {
  sandbox = await runSandbox({ now: () => clock.nowMs });
  stripe = sandbox.stripe(key);
  receiver = await startReceiver();
  endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
});

afterEach(async () => {
  await receiver.close();
  await sandbox.close();
});

const fault = (rule: FaultRule) => sandbox.control('POST', 'faults', rule);

/** Machine time goes on, and the sandbox's loop looks up because somebody asks something. */
const later = async (milliseconds: number): Promise<void> => {
  clock.nowMs += milliseconds;
  await stripe.accounts.retrieveCurrent();
};

const arrived = async (count: number): Promise<string[]> =>
  (await receiver.arrived(count)).map(
    ({ body, signature }) =>
      stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? '', undefined, undefined, clock.nowMs).type,
  );

describe('events', () => {
  test('event_duplicate: the route hears of one change twice, by one id', async () => {
    await fault({ kind: 'event_duplicate', event: 'customer.created', times: 1 });
    await stripe.customers.create({});
    expect(await arrived(2)).toEqual(['customer.created', 'customer.created']);
    expect(new Set(receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect((await stripe.events.list()).data).toHaveLength(1);
  });

  test('event_drop: the route never hears of it, and the list of events has it', async () => {
    await fault({ kind: 'event_drop', event: 'customer.created', times: 1 });
    const { id } = await stripe.customers.create({});
    await stripe.customers.update(id, { name: 'Ada' });
    expect(await arrived(1)).toEqual(['customer.updated']);
    await later(7 * 86_400_000);
    expect(receiver.received).toHaveLength(1);
    expect((await stripe.events.list({ type: 'customer.created' })).data).toHaveLength(1);
  });

  test.each(['event_delay', 'event_reorder'] as const)(
    '%s: what happened first arrives last, once its time has come',
    async (kind) => {
      await fault({ kind, event: 'customer.created', delayMs: 60_000, times: 1 });
      const { id } = await stripe.customers.create({});
      await stripe.customers.update(id, { name: 'Ada' });
      expect(await arrived(1)).toEqual(['customer.updated']);
      await later(60_000);
      expect(await arrived(2)).toEqual(['customer.updated', 'customer.created']);
      const [second, first] = (await stripe.events.list()).data;
      expect([first?.type, second?.type]).toEqual(['customer.created', 'customer.updated']);
    },
  );
});

describe('requests', () => {
  test('lock_timeout: refused once with nothing done, and the SDK brings it through by itself', async () => {
    await fault({ kind: 'lock_timeout', request: 'POST /v1/customers', times: 1 });
    await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 429, code: 'lock_timeout' });
    await fault({ kind: 'lock_timeout', request: 'POST /v1/customers', times: 1 });
    await sandbox.stripe(key, { maxNetworkRetries: 1 }).customers.create({});
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('rate_limit: refused with nothing done, not tried again by the SDK, and done once under the same key', async () => {
    await fault({ kind: 'rate_limit', request: 'POST /v1/customers', times: 1 });
    const create = () =>
      sandbox.stripe(key, { maxNetworkRetries: 2 }).customers.create({}, { idempotencyKey: 'limited' });
    await expect(create()).rejects.toMatchObject({ type: 'StripeRateLimitError', statusCode: 429, code: 'rate_limit' });
    expect((await stripe.customers.list()).data).toHaveLength(0);
    await create();
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('key_revoked: the key is refused from then on, whatever is asked, and another key of the account is not', async () => {
    await fault({ kind: 'key_revoked', request: 'POST /v1/customers', times: 1 });
    const refused = { type: 'StripeAuthenticationError', statusCode: 401, code: 'api_key_expired' };
    await expect(stripe.customers.create({})).rejects.toMatchObject(refused);
    await expect(stripe.customers.list()).rejects.toMatchObject(refused);
    expect((await sandbox.stripe('rk_test_effects').customers.list()).data).toEqual([]);
  });
});

describe('time', () => {
  test('the clock of an account moves what waits for time, and its webhooks, and no other account', async () => {
    const pay = { amount: 900, currency: 'usd', confirm: true, off_session: true };
    const intent = await stripe.paymentIntents.create({ ...pay, payment_method: 'pm_card_pendingRefund' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe('pending');
    await sandbox.control('POST', 'clock', { key, advance_seconds: 86_400 });
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    while (!receiver.received.some(({ body }) => JSON.parse(body).type === 'refund.updated'))
      await receiver.arrived(receiver.received.length + 1);
    const now = Math.floor(clock.nowMs / 1000);
    expect((await stripe.customers.create({})).created).toBe(now + 86_400);
    expect((await sandbox.stripe('sk_test_elsewhere').customers.create({})).created).toBe(now);
  });

  test('search finds what was written once its lag is over, on the clock of the account', async () => {
    await stripe.customers.create({ name: 'Ada' });
    const found = async () => (await stripe.customers.search({ query: 'name:"Ada"' })).data.length;
    expect([await found(), (await stripe.customers.list()).data.length]).toEqual([0, 1]);
    await sandbox.control('POST', 'clock', { key, advance_seconds: 29 });
    expect(await found()).toBe(0);
    await sandbox.control('POST', 'clock', { key, advance_seconds: 1 });
    expect(await found()).toBe(1);
  });
});

test('many webhooks on their way at once warn of no leak, and end with the sandbox', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', note);
  const hanging = new Set<Socket>();
  const changed = new EventEmitter();
  const silent = createServer(({ socket }) => {
    hanging.add(socket);
    socket.on('close', () => {
      hanging.delete(socket);
      changed.emit('count');
    });
    changed.emit('count');
  });
  const until = async (count: number): Promise<void> => {
    while (hanging.size !== count) await once(changed, 'count');
  };
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  for (let count = 0; count < 15; count += 1) await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await until(15);
  await sandbox.close();
  await until(0);
  await new Promise((resolve) => silent.close(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
