import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';
import { arrivesLate } from '../late-network.js';

/** The second is as late as any call can be: one is given up after half as long. */
const LATENESSES = [20_000, 60_000];

describe.each(testDatabases())('a call arrives at Stripe after it was given up, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  /** Nobody tells us of it but Stripe when it is asked. */
  const late = (path: string, lateMilliseconds: number) => {
    world.pushReaches = false;
    arrivesLate(world, { method: 'POST', path, lateMilliseconds });
  };
  /** As if its key had been in use for a day by now: Stripe may have forgotten it, so that it protects from nothing. */
  const age = (table: 'payments' | 'refunds' | 'customers', column: 'key_used_at' | 'provider_begun_at') =>
    world.context.db.query({ text: `update ${table} set ${column} = ${column} - interval '23 hours'` });
  const untilAllIsOver = () => world.advance(4 * 60_000, 4_000);

  test.each(LATENESSES)('a charge %i ms late is found, and never made twice', async (lateMilliseconds) => {
    const customer = await story.customerWithCard('pm_card_visa');
    late('/v1/payment_intents', lateMilliseconds);
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    expect(await story.payments(invoice)).toMatchObject([{ status: 'creating', stripe_payment_intent_id: null }]);
    await age('payments', 'key_used_at');
    await untilAllIsOver();
    expect(await story.intents()).toMatchObject([{ status: 'succeeded', amount: 1500 }]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
  });

  /** What is sent in its place is refused out of hand, which Stripe keeps under no key. */
  const refusedMeanwhile = (request: string) => {
    const error = { type: 'invalid_request_error', code: 'resource_missing', message: 'It is not there just now.' };
    world.sandbox.faults.add({ kind: 'status', status: 404, error, request, times: 1 });
  };

  test('INV-7: a charge whose repetition is refused is not given up for another card while the first may still arrive', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    late('/v1/payment_intents', 50_000);
    refusedMeanwhile('POST /v1/payment_intents');
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    await world.advance(6_000, 2_000);
    expect(world.sandbox.faults.list()).toMatchObject([{ struck: 1 }]);
    await story.leaveCard(customer, 'pm_card_mastercard');
    await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    await untilAllIsOver();
    expect(await story.intents()).toMatchObject([{ status: 'succeeded', amount: 1500 }]);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'succeeded' }]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
  });

  test('a charge refused twice has failed when no call can arrive any more, and not before', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/payment_intents', times: 1 });
    const error = { type: 'invalid_request_error', code: 'resource_missing', message: 'No such payment_method' };
    world.sandbox.faults.add({ kind: 'status', status: 404, error, request: 'POST /v1/payment_intents' });
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    await world.advance(50_000, 5_000);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'creating' }]);
    await untilAllIsOver();
    expect(await story.payments(invoice)).toMatchObject([{ status: 'failed', failure: { code: 'resource_missing' } }]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ payment_status: 'failed' });
  });

  test('a charge whose very first call is refused has failed at once', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    refusedMeanwhile('POST /v1/payment_intents');
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ payment_status: 'failed', last_payment_error: { code: 'resource_missing' } });
  });

  test('a confirmation whose repetition is refused is not given up while the first may still arrive', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    const invoice = await story.invoice(customer, 1500);
    const [declined] = await story.payments(invoice);
    const confirm = `/v1/payment_intents/${declined?.stripe_payment_intent_id}/confirm`;
    late(confirm, 50_000);
    refusedMeanwhile(`POST ${confirm}`);
    await story.leaveCard(customer, 'pm_card_visa');
    await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    await world.advance(6_000, 2_000);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'confirming' }]);
    await untilAllIsOver();
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect((await world.stripe(STRIPE_KEY).charges.list()).data.filter(({ paid }) => paid)).toHaveLength(1);
  });

  test('a charge that never arrives is made when none can arrive any more', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/payment_intents', times: 1 });
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    await age('payments', 'key_used_at');
    await world.advance(50_000, 5_000);
    expect(await story.intents()).toEqual([]);
    await untilAllIsOver();
    expect(await story.intents()).toMatchObject([{ status: 'succeeded' }]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
  });

  test.each(LATENESSES)('a refund %i ms late is found, and never made twice', async (lateMilliseconds) => {
    const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
    late('/v1/refunds', lateMilliseconds);
    const asked = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 2000 });
    expect(asked.status).toBe(202);
    await age('refunds', 'key_used_at');
    await untilAllIsOver();
    expect((await world.stripe(STRIPE_KEY).refunds.list()).data).toMatchObject([{ amount: 2000 }]);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await checkLedger(world.context.db, null)).toEqual([]);
  });

  test('a refund whose repetition is refused stays asked for while the first may still arrive, and is made once', async () => {
    const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
    late('/v1/refunds', 50_000);
    refusedMeanwhile('POST /v1/refunds');
    const asked = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 3000 });
    await world.advance(6_000, 2_000);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'pending', failure: null });
    const again = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 3000 });
    expect(again.body).toMatchObject({ error: { code: 'refund_amount_too_large' } });
    await untilAllIsOver();
    expect((await world.stripe(STRIPE_KEY).refunds.list()).data).toMatchObject([{ amount: 3000 }]);
    expect(await story.get(`/v1/refunds/${asked.body.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await story.events('refund.failed')).toEqual([]);
    expect(await checkLedger(world.context.db, null)).toEqual([]);
  });

  const customersInStripe = async () => (await world.stripe(STRIPE_KEY).customers.list()).data;
  const askedFor = (): Promise<Body> => story.linkedCustomer('u_late');

  test.each(LATENESSES)(
    'CUS-5: a customer made %i ms late is found, and never made twice',
    async (lateMilliseconds) => {
      late('/v1/customers', lateMilliseconds);
      const customer = await askedFor();
      expect(customer.provider_customer_id).toBeNull();
      await age('customers', 'provider_begun_at');
      await untilAllIsOver();
      const [twin, ...others] = await customersInStripe();
      expect(others).toEqual([]);
      expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ provider_customer_id: twin?.id });
    },
  );

  test('CUS-5: a customer whose repetition is refused is not made a second time by his next write', async () => {
    late('/v1/customers', 50_000);
    refusedMeanwhile('POST /v1/customers');
    const customer = await askedFor();
    await world.advance(6_000, 2_000);
    await world.request('PATCH', `/v1/customers/${customer.id}`, { name: 'Ada' });
    await untilAllIsOver();
    const [twin, ...others] = await customersInStripe();
    expect(others).toEqual([]);
    expect(twin).toMatchObject({ name: 'Ada' });
    expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ provider_customer_id: twin?.id });
  });

  test('a page whose repetition is refused is the attempt’s when it arrives', async () => {
    const invoice = await story.invoice(await story.linkedCustomer(), 1500, {
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    late('/v1/checkout/sessions', 50_000);
    refusedMeanwhile('POST /v1/checkout/sessions');
    await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    await world.advance(6_000, 2_000);
    await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    await untilAllIsOver();
    expect((await world.stripe(STRIPE_KEY).checkout.sessions.list()).data).toHaveLength(1);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'awaiting_payer' }]);
  });

  test('CUS-7: a customer who was deleted before he was made late is known, and deleted in Stripe as asked', async () => {
    late('/v1/customers', 30_000);
    const customer = await askedFor();
    await world.request('DELETE', `/v1/customers/${customer.id}`, { in_stripe: 'delete' });
    await untilAllIsOver();
    expect(await customersInStripe()).toEqual([]);
    const jobs = await world.context.db.query({ text: `select kind from jobs where kind like '%customer%'` });
    expect(jobs).toEqual([]);
  });

  test.each(LATENESSES)('a page opened %i ms late is the one that is paid, and no second is opened', async (ms) => {
    const invoice = await story.invoice(await story.linkedCustomer(), 1500, {
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    late('/v1/checkout/sessions', ms);
    await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    await age('payments', 'key_used_at');
    await untilAllIsOver();
    const [page, ...others] = (await world.stripe(STRIPE_KEY).checkout.sessions.list()).data;
    expect(others).toEqual([]);
    expect(await story.payments(invoice)).toMatchObject([
      { status: 'awaiting_payer', stripe_checkout_session_id: page?.id },
    ]);
  });
});
