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
