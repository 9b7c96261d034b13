import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const HOUR = 3_600_000;

describe.each(testDatabases())('the outcome of a charge is unknown (INV-7), on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.customerWithCard('pm_card_visa');
  });
  afterEach(() => world.close());

  const now = (invoice: Body) => story.get(`/v1/invoices/${String(invoice.id)}`);
  const CREATE = 'POST /v1/payment_intents';

  test('an answer lost on the way is asked for again under the same key, and charges once', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 1 });
    world.pushReaches = false;
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ payment_status: 'pending' });
    // Sooner than Stripe is asked for its events.
    await world.advance(3_000, 1_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.intents()).toHaveLength(1);
  });

  test('a decline lost on the way is the same decline when it is asked for again', async () => {
    const other = await story.customerWithCard('pm_card_chargeCustomerFail', 'u_2');
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 1 });
    world.pushReaches = false;
    const invoice = await story.invoice(other, 1500);
    await world.advance(3_000, 1_000);
    expect(await now(invoice)).toMatchObject({
      payment_status: 'failed',
      last_payment_error: { code: 'card_declined' },
    });
    expect((await world.stripe(STRIPE_KEY).charges.list()).data).toHaveLength(1);
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
  });

  test('a request lost on the way is sent again', async () => {
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: CREATE, times: 3 });
    const invoice = await story.invoice(customer, 1500);
    await world.advance(60_000, 2_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid' });
    expect(await story.intents()).toHaveLength(1);
  });

  test('a fault of Stripe that it keeps for the key is not repeated for ever: it is asked, and a new key is used', async () => {
    world.sandbox.faults.add({ kind: 'status', status: 500, request: CREATE, times: 1 });
    const invoice = await story.invoice(customer, 1500);
    await world.advance(120_000, 5_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid' });
    expect(await story.intents()).toHaveLength(1);
  });

  test('after a silence longer than Stripe remembers keys, Stripe is asked before anything is charged again', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CREATE, times: 2 });
    world.pushReaches = false;
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    const quiet = world.sandbox.faults.add({ kind: 'cut_before_commit' });
    await world.advance(26 * HOUR, HOUR);
    world.sandbox.faults.remove(quiet);
    await world.advance(3 * HOUR, HOUR / 2);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.intents()).toHaveLength(1);
  });

  test('a rate limit only delays', async () => {
    world.sandbox.faults.add({ kind: 'rate_limit', request: CREATE, times: 3 });
    const invoice = await story.invoice(customer, 1500);
    await world.advance(60_000, 2_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid' });
  });

  test('a revoked key leaves the invoice pending with the reason, and it goes on when the key is back', async () => {
    world.sandbox.faults.add({ kind: 'key_revoked', request: CREATE, times: 1 });
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ payment_status: 'pending', payment_status_reason: 'connection_unauthorized' });
    const [connection] = (await story.get('/v1/connections')).data ?? [];
    const rotated = await world.request('POST', `/v1/connections/${String(connection?.id)}/rotate_key`, {
      secret_key: STRIPE_KEY.replace('sk_', 'rk_'),
    });
    expect(rotated.status).toBe(200);
    await world.advance(180_000, 10_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', payment_status_reason: null });
  });

  test('EVT-3: events twice, late and in any order change nothing about the end', async () => {
    world.sandbox.faults.add({ kind: 'event_duplicate', event: 'payment_intent.*', probability: 0.5 });
    world.sandbox.faults.add({ kind: 'event_reorder', event: '*' });
    const invoice = await story.invoice(customer, 1500);
    await world.advance(60_000, 5_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.events('invoice.paid')).toHaveLength(1);
  });

  test('an amount that changed after a decline is asked for by another intent, and the old one can bring nothing', async () => {
    const other = await story.customerWithCard('pm_card_chargeCustomerFail', 'u_2');
    const invoice = await story.invoice(other, 1500);
    const part = await world.request('POST', `/v1/invoices/${invoice.id}/offline_payments`, { amount: 500 });
    expect(part.status).toBe(201);
    await story.leaveCard(other, 'pm_card_visa');
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    const ours = (await story.intents()).filter((intent) => intent.metadata.tollbridge_invoice === invoice.id);
    expect(ours.map(({ status, amount }) => [status, amount])).toEqual([
      ['succeeded', 1000],
      ['canceled', 1500],
    ]);
  });

  test('a second success on a settled invoice is reported, and given back by itself', async () => {
    const other = await story.customerWithCard('pm_card_chargeCustomerFail', 'u_2');
    const invoice = await story.invoice(other, 1500);
    const [declined] = await story.payments(invoice);
    // The intent that it left at Stripe is withdrawn, but somebody there is faster.
    const withdrawal = world.sandbox.faults.add({
      kind: 'cut_before_commit',
      request: 'POST /v1/payment_intents/*/cancel',
    });
    const page = await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    world.visit('POST', String(page.body.session?.url), { card: '4242424242424242' });
    await world.quiet();
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });

    const intent = String(declined?.stripe_payment_intent_id);
    const stripe = world.stripe(STRIPE_KEY);
    const card = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await stripe.paymentIntents.confirm(intent, { payment_method: card.id, return_url: HOST_URL });
    world.sandbox.faults.remove(withdrawal);
    await world.advance(120_000, 10_000);
    expect(await story.get(`/v1/payments/${String(declined?.id)}`)).toMatchObject({
      status: 'succeeded',
      is_late_duplicate: true,
      amount_applied: 0,
      amount_refunded: 1500,
    });
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.events('invoice.overpaid')).toHaveLength(1);
    expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 1500, payment_intent: intent }]);
  });
});
