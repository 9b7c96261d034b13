import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { unique } from '../src/testing/unique.js';

// Behaviours 24-26 and 30 as the list of events shows them, which needs no webhook. https://docs.stripe.com/api/events

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_listedevents');
});
afterAll(() => sandbox.close());

const listedOf = async (type: string, id: string): Promise<Stripe.Event[]> => {
  const { data } = await stripe.events.list({ type, limit: 100 });
  return data.filter((event) => (event.data.object as { id?: string }).id === id);
};

describe('the list of events', () => {
  test('behaviour 24: shows an object as it was when it happened, however it changed since', async () => {
    const { id } = await stripe.customers.create({ name: 'Then' });
    await stripe.customers.update(id, { name: 'Now' });
    const [created] = await listedOf('customer.created', id);
    expect(created).toMatchObject({ object: 'event', data: { object: { id, name: 'Then' } } });
    expect((await stripe.events.retrieve(created?.id ?? '')).data.object).toMatchObject({ name: 'Then' });
  });

  test('behaviour 25: says which request and key caused an event', async () => {
    const idempotencyKey = unique('b25');
    const { id, lastResponse } = await stripe.customers.create({}, { idempotencyKey });
    const [event] = await listedOf('customer.created', id);
    expect(event?.request).toEqual({ id: lastResponse.requestId, idempotency_key: idempotencyKey });
  });

  test('behaviour 26: previous_attributes only on updates, only the changed fields; no change makes no event', async () => {
    const { id } = await stripe.customers.create({ name: 'Old', metadata: { kept: '1', changed: '1' } });
    await stripe.customers.update(id, { name: 'New', metadata: { changed: '2', added: '3' } });
    await stripe.customers.update(id, { name: 'New' });
    const [created] = await listedOf('customer.created', id);
    expect(created?.data.previous_attributes).toBeUndefined();
    const updates = await listedOf('customer.updated', id);
    expect(updates.map((event) => event.data.previous_attributes)).toEqual([
      { name: 'Old', metadata: { changed: '1', added: null } },
    ]);
  });

  test('behaviour 30: says of each event that it is of test mode, and how many webhooks wait for it', async () => {
    const { id } = await stripe.customers.create({});
    const [event] = await listedOf('customer.created', id);
    expect(event).toMatchObject({ livemode: false, pending_webhooks: expect.any(Number) });
  });

  test('is newest first, by kind and by time', async () => {
    const { id, created } = await stripe.customers.create({});
    await stripe.customers.update(id, { name: 'x' });
    await stripe.customers.del(id);
    const types = ['customer.created', 'customer.updated', 'customer.deleted'];
    const { data } = await stripe.events.list({ types, limit: 100 });
    const theirs = data.filter((event) => (event.data.object as { id?: string }).id === id);
    expect(theirs.map((event) => event.type)).toEqual([...types].reverse());
    expect((await stripe.events.list({ created: { gt: created + 3600 } })).data).toEqual([]);
  });
});
