import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const HOUR = 3_600_000;
const FORBIDDEN = {
  kind: 'status' as const,
  status: 403,
  error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
};
const BAD_REQUEST = {
  kind: 'status' as const,
  status: 400,
  error: { type: 'invalid_request_error', code: 'parameter_invalid', message: 'Nobody could have sent this.' },
};

describe.each(testDatabases())('what a refused repetition does not prove, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  /** The first answer is lost, and from then on the key lacks the right, until it is given back. */
  const loseAnswerThenRight = (request: string): (() => void) => {
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'cut_after_commit', request, times: 1 });
    const refusal = world.sandbox.faults.add({ ...FORBIDDEN, request });
    return () => world.sandbox.faults.remove(refusal);
  };
  const now = (invoice: Body) => story.get(`/v1/invoices/${String(invoice.id)}`);

  test('a refund done at Stripe stays asked for, and money goes back once', async () => {
    const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 2_000);
    const [payment] = await story.payments(invoice);
    const giveBack = loseAnswerThenRight('POST /v1/refunds');
    await world.request('POST', '/v1/refunds', { payment_id: payment?.id, amount: 2_000 });
    await world.advance(20_000, 2_000);
    const [refund] = (await story.get('/v1/refunds')).data;
    expect(['pending', 'succeeded']).toContain(refund.status);
    const again = await world.request('POST', '/v1/refunds', { payment_id: payment?.id, amount: 2_000 });
    expect(again.status).toBeGreaterThanOrEqual(400);
    giveBack();
    await world.advance(10 * 60_000, 30_000);
    expect((await story.get('/v1/refunds')).data).toMatchObject([{ status: 'succeeded', amount: 2_000 }]);
    expect((await world.stripe(STRIPE_KEY).refunds.list()).data).toHaveLength(1);
  });

  test('a charge done at Stripe is not made again, and is known when the right is back', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const giveBack = loseAnswerThenRight('POST /v1/payment_intents');
    const invoice = await story.makeInvoice(customer, 5_000);
    await world.quiet();
    await world.advance(4_000, 1_000);
    expect((await now(invoice)).payment_status).not.toBe('failed');
    giveBack();
    await world.advance(10 * 60_000, 30_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 5_000 });
    expect(await story.intents()).toHaveLength(1);
  });

  test('CUS-5: a customer made at Stripe is not made again', async () => {
    const giveBack = loseAnswerThenRight('POST /v1/customers');
    const customer = await story.linkedCustomer();
    await world.advance(20_000, 2_000);
    await world.request('PATCH', `/v1/customers/${String(customer.id)}`, { name: 'Ada' });
    giveBack();
    await world.advance(10 * 60_000, 30_000);
    expect((await world.stripe(STRIPE_KEY).customers.list()).data).toHaveLength(1);
    expect(await story.get(`/v1/customers/${String(customer.id)}`)).toMatchObject({ provider_status: 'linked' });
  });

  test('a page made at Stripe is the attempt’s, and no second one is opened', async () => {
    const invoice = await story.invoice(await story.linkedCustomer(), 1_500, {
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    const giveBack = loseAnswerThenRight('POST /v1/checkout/sessions');
    await world.request('POST', `/v1/invoices/${String(invoice.id)}/payment_session`, { return_url: HOST_URL });
    await world.advance(20_000, 2_000);
    giveBack();
    await world.advance(10 * 60_000, 30_000);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'awaiting_payer' }]);
    expect((await world.stripe(STRIPE_KEY).checkout.sessions.list()).data).toHaveLength(1);
  });

  /** The answer is lost and its key a day old, so that Stripe must be asked; and it refuses to be. */
  const loseAnswerThenLook = (path: string): (() => void) => {
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: `POST ${path}`, times: 1 });
    const refusal = world.sandbox.faults.add({ ...BAD_REQUEST, request: `GET ${path}` });
    const silence = world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'GET /v1/events' });
    return () => {
      world.sandbox.faults.remove(refusal);
      world.sandbox.faults.remove(silence);
    };
  };
  const age = (table: 'refunds' | 'customers', column: 'key_used_at' | 'provider_begun_at') =>
    world.context.db.query({ text: `update ${table} set ${column} = ${column} - interval '23 hours'` });

  test('a refund whose look is refused stays asked for, and money goes back once', async () => {
    const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 2_000);
    const [payment] = await story.payments(invoice);
    const letLook = loseAnswerThenLook('/v1/refunds');
    await world.request('POST', '/v1/refunds', { payment_id: payment?.id, amount: 2_000 });
    await age('refunds', 'key_used_at');
    await world.advance(4 * 60_000, 4_000);
    expect((await story.get('/v1/refunds')).data).toMatchObject([{ status: 'pending', failure: null }]);
    const again = await world.request('POST', '/v1/refunds', { payment_id: payment?.id, amount: 2_000 });
    expect(again.status).toBeGreaterThanOrEqual(400);
    letLook();
    await world.advance(20 * 60_000, 30_000);
    expect((await story.get('/v1/refunds')).data).toMatchObject([{ status: 'succeeded', amount: 2_000 }]);
    expect((await world.stripe(STRIPE_KEY).refunds.list()).data).toHaveLength(1);
  });

  test('CUS-5: a customer whose look is refused says so, and is not made again', async () => {
    const letLook = loseAnswerThenLook('/v1/customers');
    const customer = await story.linkedCustomer();
    await age('customers', 'provider_begun_at');
    await world.advance(4 * 60_000, 4_000);
    const shown = await story.get(`/v1/customers/${String(customer.id)}`);
    expect(shown).toMatchObject({ provider_status: 'creating', provider_error: { code: 'parameter_invalid' } });
    expect(await story.events('customer.payment_provider_error')).toHaveLength(1);
    await world.request('PATCH', `/v1/customers/${String(customer.id)}`, { name: 'Ada' });
    letLook();
    await world.advance(20 * 60_000, 30_000);
    expect((await world.stripe(STRIPE_KEY).customers.list()).data).toHaveLength(1);
    const linked = await story.get(`/v1/customers/${String(customer.id)}`);
    expect(linked).toMatchObject({ provider_status: 'linked', provider_error: null });
  });

  test('CUS-7: a customer deleted before it is known that he was made is known in the end, whatever refuses a look', async () => {
    const letLook = loseAnswerThenLook('/v1/customers');
    const customer = await story.linkedCustomer();
    await world.request('DELETE', `/v1/customers/${String(customer.id)}`, { in_stripe: 'delete' });
    await world.advance(4 * 60_000, 4_000);
    letLook();
    await world.advance(20 * 60_000, 30_000);
    expect((await world.stripe(STRIPE_KEY).customers.list()).data).toEqual([]);
  });

  test('an intent that an event has told of is not made a second time when its key is forgotten', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/payment_intents', times: 1 });
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/payment_intents' });
    const invoice = await story.makeInvoice(customer, 1_500);
    await world.advance(27 * HOUR, HOUR / 2);
    world.sandbox.faults.clear();
    await world.advance(3 * HOUR, HOUR / 4);
    expect(await story.intents()).toHaveLength(1);
    expect(await now(invoice)).toMatchObject({
      payment_status: 'failed',
      last_payment_error: { code: 'card_declined' },
    });
  });

  test('an intent that Stripe has no more ends its attempt: told once at most, and another can be made', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    const invoice = await story.invoice(customer, 1_500);
    const [declined] = await story.payments(invoice);
    const gone = {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'No such payment_intent',
      param: 'intent',
    };
    for (const request of ['GET', 'POST'].flatMap((method) => [
      `${method} /v1/payment_intents/${String(declined?.stripe_payment_intent_id)}`,
      `${method} /v1/payment_intents/${String(declined?.stripe_payment_intent_id)}/*`,
    ]))
      world.sandbox.faults.add({ kind: 'status', status: 404, error: gone, request });
    const told = (await story.events('invoice.payment_failure')).length;
    await story.leaveCard(customer, 'pm_card_visa');
    await world.advance(HOUR, 60_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1_500 });
    expect(await story.events('invoice.payment_failure')).toHaveLength(told);
    expect(await story.get(`/v1/payments/${String(declined?.id)}`)).toMatchObject({ status: 'canceled' });
  });
});
