import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const HOUR = 3_600_000;
const CREATE = 'POST /v1/refunds';

describe.each(testDatabases())('the outcome of a refund is unknown, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let invoice: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
  });
  afterEach(() => world.close());

  const refund = (body: object = {}, idempotencyKey = 'refund-1') =>
    world.request('POST', '/v1/refunds', { invoice_id: invoice.id, ...body }, { idempotencyKey });
  const atStripe = async () => (await world.stripe(STRIPE_KEY).refunds.list({ limit: 100 })).data;
  const expectBooksToHold = async () => expect(await checkLedger(world.context.db, null)).toEqual([]);

  test('an answer lost on the way: the refund waits, is asked for again under the same key, and goes once', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 2 });
    world.sandbox.faults.add({ kind: 'event_drop', event: '*refund*' });
    const asked = await refund();
    expect(asked).toMatchObject({ status: 202, body: { status: 'pending', stripe_refund_id: null } });
    await expectBooksToHold();
    await world.advance(30_000, 2_000);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await atStripe()).toHaveLength(1);
    const again = await refund();
    expect(again).toMatchObject({ status: 201, body: { id: asked.body.id, status: 'succeeded' } });
    await expectBooksToHold();
  });

  test('an event tells of the refund before its answer is known, and is taken for ours', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 50 });
    const asked = await refund();
    await world.quiet();
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded', origin: 'asked' });
    expect((await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data).toHaveLength(1);
    await expectBooksToHold();
  });

  test('a fault that Stripe keeps for the key is not repeated for ever: it is asked, and a new key is used', async () => {
    world.sandbox.faults.add({ kind: 'status', status: 500, request: CREATE, times: 1 });
    const asked = await refund();
    await world.advance(120_000, 5_000);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await atStripe()).toHaveLength(1);
    await expectBooksToHold();
  });

  test('after a silence longer than Stripe remembers keys, Stripe is asked before anything is sent again', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 2 });
    world.pushReaches = false;
    const asked = await refund();
    const silence = world.sandbox.faults.add({ kind: 'cut_before_commit' });
    await world.advance(26 * HOUR, HOUR);
    world.sandbox.faults.remove(silence);
    await world.advance(3 * HOUR, HOUR / 2);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await atStripe()).toHaveLength(1);
    await expectBooksToHold();
  });

  test('events twice, late and in any order change nothing about the end', async () => {
    world.sandbox.faults.add({ kind: 'event_duplicate', event: '*refund*', probability: 0.5 });
    world.sandbox.faults.add({ kind: 'event_reorder', event: '*', probability: 0.5 });
    await refund({ amount: 1000 }, 'a');
    await refund({ amount: 1500 }, 'b');
    await world.advance(60_000, 5_000);
    const refunds = (await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data ?? [];
    expect(refunds.map((each: Body) => [each.amount, each.status])).toEqual([
      [1500, 'succeeded'],
      [1000, 'succeeded'],
    ]);
    await expectBooksToHold();
  });

  test('two refunds of the same money at once: one goes, the other is refused', async () => {
    const payment = (await story.payments(invoice))[0]?.id;
    const both = await Promise.all([
      world.request('POST', '/v1/refunds', { payment_id: payment, amount: 3000 }),
      world.request('POST', '/v1/refunds', { payment_id: payment, amount: 3000 }),
    ]);
    expect(both.map((reply) => reply.status).sort()).toEqual([201, 409]);
    expect(await atStripe()).toHaveLength(1);
    await expectBooksToHold();
  });
});
