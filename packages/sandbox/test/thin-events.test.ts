import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviour 29: thin events. https://docs.stripe.com/event-destinations#thin-events

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let stripe: Stripe;
let key = '';
let keys = 0;

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(async () => {
  receiver = await startReceiver();
  keys += 1;
  key = `sk_test_thin${keys}`;
  stripe = sandbox.stripe(key);
});

afterEach(async () => {
  await receiver.close();
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

const destination = (
  events: string[],
  more: Partial<Stripe.V2.Core.EventDestinationCreateParams> = {},
): Promise<Stripe.V2.Core.EventDestination> =>
  stripe.v2.core.eventDestinations.create({
    name: 'Thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: events,
    webhook_endpoint: { url: receiver.url },
    include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
    ...more,
  });

const pay = (): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create(
    { amount: 700, currency: 'usd', confirm: true, off_session: true, payment_method: 'pm_card_visa' },
    { idempotencyKey: `b29-${keys}` },
  );

describe('behaviour 29: thin events', () => {
  test('a notification has no data; the SDK verifies it, fetches the event, and fetches the object as it is by then', async () => {
    const { webhook_endpoint: to } = await destination(['v1.payment_intent.succeeded']);
    expect(to?.url).toBe(receiver.url);
    const intent = await pay();
    const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
    const sent = JSON.parse(body);
    expect([sent.object, sent.type, sent.data, sent.api_version, sent.livemode]).toEqual([
      'v2.core.event',
      'v1.payment_intent.succeeded',
      undefined,
      undefined,
      false,
    ]);
    const secret = to?.signing_secret ?? '';
    const notification = stripe.parseEventNotification(body, signature, secret);
    if (notification.type !== 'v1.payment_intent.succeeded') throw new Error(`It is a ${notification.type}.`);
    expect(notification.related_object).toEqual({
      id: intent.id,
      type: 'payment_intent',
      url: `/v1/payment_intents/${intent.id}`,
    });
    const event = await notification.fetchEvent();
    expect(event).toMatchObject({ id: notification.id, type: notification.type, livemode: false });
    expect(event.reason).toMatchObject({ type: 'request', request: { idempotency_key: `b29-${keys}` } });
    await stripe.paymentIntents.update(intent.id, { description: 'changed meanwhile' });
    const related = await notification.fetchRelatedObject();
    expect(related).toMatchObject({ id: intent.id, status: 'succeeded', description: 'changed meanwhile' });
    expect(() => stripe.webhooks.constructEvent(body, signature, secret)).toThrow(/thin|v2/i);
    expect(() => stripe.parseEventNotification(`${body} `, signature, secret)).toThrow();
  });

  test('it is sent to those who named its type alone, and a snapshot endpoint gets its snapshot beside it', async () => {
    await destination(['v1.customer.created']);
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.updated'] });
    const customer = await stripe.customers.create({ name: 'One' });
    await stripe.customers.update(customer.id, { name: 'Two' });
    const [thin, snapshot] = await receiver.arrived(2);
    expect(JSON.parse(thin?.body ?? '')).toMatchObject({ type: 'v1.customer.created' });
    const event = stripe.webhooks.constructEvent(
      snapshot?.body ?? '',
      snapshot?.signature ?? '',
      endpoint.secret ?? '',
    );
    expect(event.type).toBe('customer.updated');
    expect(() =>
      stripe.parseEventNotification(snapshot?.body ?? '', snapshot?.signature ?? '', endpoint.secret ?? ''),
    ).toThrow();
  });

  test('the event names its snapshot, is listed by object and type, and can be fetched for 30 days', async () => {
    await destination(['v1.customer.created', 'v1.customer.updated']);
    const customer = await stripe.customers.create({});
    await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'x' });
    await receiver.arrived(3);
    const all = await stripe.v2.core.events.list({ limit: 2 }).autoPagingToArray({ limit: 10 });
    expect(all.map((event) => event.type)).toEqual([
      'v1.customer.updated',
      'v1.customer.created',
      'v1.customer.created',
    ]);
    const own = await stripe.v2.core.events.list({ object_id: customer.id, types: ['v1.customer.created'] });
    expect(own.data).toHaveLength(1);
    const [event] = own.data;
    const made = Date.parse(event?.created ?? '') / 1000;
    expect((await stripe.v2.core.events.list({ created: { gte: made } })).data).toHaveLength(3);
    expect((await stripe.v2.core.events.list({ created: { lt: made } })).data).toEqual([]);
    const unknown = sandbox.call('GET', '/v2/core/events?page=evt_nobody', { key });
    expect(await unknown).toMatchObject({ status: 400, body: { error: { param: 'page' } } });
    expect(await stripe.events.retrieve(event?.snapshot_event ?? '')).toMatchObject({
      type: 'customer.created',
      data: { object: { id: customer.id } },
    });
    await sandbox.control('POST', 'clock', { key, advance_seconds: 31 * 86_400 });
    sandbox.server.sandbox.tick(Date.now());
    await expect(stripe.v2.core.events.retrieve(event?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  });

  test('what Stripe does by itself has no reason', async () => {
    await destination(['v1.charge.refund.updated']);
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      confirm: true,
      off_session: true,
      payment_method: 'pm_card_pendingRefund',
    });
    await stripe.refunds.create({ payment_intent: intent.id });
    await sandbox.control('POST', 'clock', { key, advance_seconds: 61 });
    const [{ body } = { body: '' }] = await receiver.arrived(1);
    expect(JSON.parse(body)).not.toHaveProperty('reason');
  });
});

describe('event destinations', () => {
  test('are made, shown without secret and address, changed, switched off and on, and deleted', async () => {
    const made = await destination(['v1.customer.created'], { include: [], metadata: { a: '1' } });
    expect([made.webhook_endpoint, made.status, made.events_from]).toEqual([{}, 'enabled', ['@self']]);
    const { eventDestinations } = stripe.v2.core;
    expect((await eventDestinations.disable(made.id)).status_details?.disabled?.reason).toBe('user');
    await stripe.customers.create({});
    expect((await eventDestinations.enable(made.id)).status).toBe('enabled');
    await eventDestinations.update(made.id, { name: 'New' });
    expect((await eventDestinations.list()).data.map((one) => one.name)).toEqual(['New']);
    const shown = await eventDestinations.retrieve(made.id, { include: ['webhook_endpoint.url'] });
    expect(shown.webhook_endpoint).toEqual({ url: receiver.url });
    await stripe.customers.create({});
    expect(await receiver.arrived(1)).toHaveLength(1);
    expect(await eventDestinations.del(made.id)).toMatchObject({ id: made.id });
    await expect(eventDestinations.retrieve(made.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test("what happens on a test clock is told with the account's own time, as a snapshot is", async () => {
    await destination(['v1.customer.created']);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_000_000_000 });
    await stripe.customers.create({ test_clock: clock.id });
    const [thin] = (await stripe.v2.core.events.list({ types: ['v1.customer.created'] })).data;
    const [snapshot] = (await stripe.events.list({ type: 'customer.created' })).data;
    expect(Date.parse(thin?.created ?? '') / 1000).toBe(snapshot?.created);
    expect(snapshot?.created).not.toBe(1_000_000_000);
  });

  test('a destination of snapshots gets them in its own version', async () => {
    const made = await destination(['customer.created'], {
      event_payload: 'snapshot',
      snapshot_api_version: '2025-09-30.clover',
    });
    await stripe.customers.create({});
    const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
    const secret = made.webhook_endpoint?.signing_secret ?? '';
    expect(stripe.webhooks.constructEvent(body, signature, secret).api_version).toBe('2025-09-30.clover');
  });

  test.each([
    ['all thin events at once', { enabled_events: ['*'] }],
    ['no events', { enabled_events: [] }],
    ['a thin event by the name of its snapshot', { enabled_events: ['customer.created'] }],
    ['a thin event that there is not', { enabled_events: ['v1.customer.crated'] }],
    ['a snapshot by the name of its thin event', { event_payload: 'snapshot' as const }],
    ['an address without a scheme', { webhook_endpoint: { url: 'nowhere' } }],
    ['another sender', { events_from: ['@everyone'] }],
    ['another kind', { type: 'amazon_eventbridge' as const, webhook_endpoint: undefined as never }],
  ])('%s is refused', async (_title, more) => {
    await expect(destination(['v1.customer.created'], more)).rejects.toMatchObject({ statusCode: 400 });
  });

  test('a ping reaches its destination alone, whatever that asked for, and can be fetched', async () => {
    const other = await startReceiver();
    try {
      await destination(['v1.customer.created'], { webhook_endpoint: { url: other.url } });
      const { id, webhook_endpoint: to } = await destination(['v1.customer.created']);
      const pinged = await stripe.v2.core.eventDestinations.ping(id);
      const related = { id, type: 'v2.core.event_destination', url: `/v2/core/event_destinations/${id}` };
      expect(pinged).toMatchObject({ type: 'v2.core.event_destination.ping', related_object: related });
      const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
      const notification = stripe.parseEventNotification(body, signature, to?.signing_secret ?? '');
      if (notification.type !== 'v2.core.event_destination.ping') throw new Error(`It is a ${notification.type}.`);
      expect(await notification.fetchEvent()).toMatchObject({ id: pinged.id });
      expect(await notification.fetchRelatedObject()).toMatchObject({ id, status: 'enabled' });
      expect(other.received).toEqual([]);
      await expect(stripe.v2.core.eventDestinations.ping('ed_x')).rejects.toMatchObject({ statusCode: 404 });
    } finally {
      await other.close();
    }
  });
});
