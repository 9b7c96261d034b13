import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const CREATE = 'POST /v1/refunds';

describe.each(testDatabases())('money on its way back is never forgotten, on %s', (database) => {
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

  const refund = () => world.request('POST', '/v1/refunds', { invoice_id: invoice.id }, { idempotencyKey: 'refund-1' });
  const refundsOf = async () => (await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data ?? [];
  const atStripe = async () => (await world.stripe(STRIPE_KEY).refunds.list({ limit: 100 })).data;
  const sql = (text: string, ...values: unknown[]) => world.context.db.query({ text, values });
  const deadCount = async () => (await sql('select id from jobs where dead_at is not null')).length;
  const bury = (kind: string) =>
    sql(
      'update jobs set dead_at = $2::timestamptz, dedupe_key = null, lease_token = null where kind = $1',
      kind,
      new Date(world.clock.machineNow()).toISOString(),
    );
  /** As if another worker had the invoice in hand and then died: what follows for the invoice waits behind it. */
  const holdInvoice = (held: Body) =>
    sql(
      `insert into jobs (environment_id, id, lane, kind, key, payload, due_at, attempts, attempts_max, lease_token,
  lease_until, created_at)
select environment_id, 'job_held', 'money', 'held_for_the_story', 'invoice ' || id, '{}', created_at, 1, 1, 'held',
  created_at + interval '1 year', created_at
from invoices
where id = $1`,
      held.id,
    );
  const expectBooksToHold = async () => expect(await checkLedger(world.context.db, null)).toEqual([]);

  test('Stripe is away for two and a half days: the refund goes once it is back', { timeout: 60_000 }, async () => {
    world.pushReaches = false;
    const silence = world.sandbox.faults.add({ kind: 'cut_before_commit' });
    const asked = await refund();
    await world.advance(60 * HOUR, HOUR);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'pending' });
    expect(await deadCount()).toBe(0);
    world.sandbox.faults.remove(silence);
    await world.advance(3 * HOUR, HOUR / 2);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await atStripe()).toHaveLength(1);
    await expectBooksToHold();
  });

  test('a refund whose job died, or is gone, goes all the same, and once', async () => {
    for (const lose of [
      () => bury('create_stripe_refund'),
      () => sql('delete from jobs where kind like $1', 'create%'),
    ]) {
      const silence = world.sandbox.faults.add({ kind: 'cut_before_commit', request: CREATE });
      const asked = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1000 });
      expect(asked).toMatchObject({ status: 202 });
      await lose();
      world.sandbox.faults.remove(silence);
      await world.advance(90 * MINUTE, 10 * MINUTE);
      expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    }
    expect(await atStripe()).toHaveLength(2);
    expect(await deadCount()).toBe(0);
    await expectBooksToHold();
  });

  test('a late second success is given back, though the job that does it died or is gone', async () => {
    const stripe = world.stripe(STRIPE_KEY);
    for (const [turn, lose] of [
      () => bury('refund_payment'),
      () => sql("delete from jobs where kind = 'refund_payment'"),
    ].entries()) {
      const other = await story.customerWithCard('pm_card_chargeCustomerFail', `other_${turn}`);
      const paidTwice = await story.invoice(other, 1500);
      const [declined] = await story.payments(paidTwice);
      await world.request('POST', `/v1/invoices/${paidTwice.id}/offline_payments`, { amount: 1500 });
      await holdInvoice(paidTwice);
      const card = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
      await stripe.paymentIntents.confirm(String(declined?.stripe_payment_intent_id), {
        payment_method: card.id,
        return_url: HOST_URL,
      });
      await world.quiet();
      await lose();
      await sql("delete from jobs where kind = 'held_for_the_story'");
      expect(await story.get(`/v1/payments/${declined?.id}`)).toMatchObject({
        status: 'succeeded',
        amount_refunded: 0,
      });
      await world.advance(90 * MINUTE, 10 * MINUTE);
      expect(await story.get(`/v1/payments/${declined?.id}`)).toMatchObject({ amount_refunded: 1500 });
    }
    expect(await atStripe()).toHaveLength(2);
    await expectBooksToHold();
  });

  test('a second refund with a copied stamp is one made at Stripe, and ours keeps its own', async () => {
    const asked = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1000 });
    const [first] = await atStripe();
    await world.stripe(STRIPE_KEY).refunds.create({
      payment_intent: String(first?.payment_intent),
      amount: 700,
      metadata: { ...first?.metadata },
    });
    await world.quiet();
    expect(await refundsOf()).toMatchObject([
      { amount: 700, origin: 'stripe', status: 'succeeded' },
      { id: asked.body.id, amount: 1000, stripe_refund_id: first?.id, status: 'succeeded' },
    ]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ amount_refunded: 1700 });
    await expectBooksToHold();
  });
});
