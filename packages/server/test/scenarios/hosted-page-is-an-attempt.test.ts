import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('a hosted page is an attempt (INV-7), on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;
  let invoice: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.linkedCustomer();
    invoice = await story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: 14 });
  });
  afterEach(() => world.close());

  const openPage = (more: object = { return_url: HOST_URL }) =>
    world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, more);
  const now = async () => story.get(`/v1/invoices/${invoice.id}`);
  const pay = (page: Body, form: Readonly<Record<string, string>> = { card: '4242424242424242' }) =>
    world.visit('POST', String(page.session?.url), form);

  test('INV-12: a sent invoice is not charged by itself, and is paid on the page', async () => {
    expect(invoice).toMatchObject({ payment_status: 'pending', due_at: '2027-03-15T09:00:00.000Z' });
    const page = await openPage();
    expect(page).toMatchObject({ status: 201, body: { kind: 'hosted', status: 'awaiting_payer', amount: 1500 } });
    expect(pay(page.body)).toMatchObject({ status: 303, location: expect.stringContaining(HOST_URL) });
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.payments(invoice)).toMatchObject([{ status: 'succeeded', kind: 'hosted' }]);
  });

  test('two clicks give one page', async () => {
    const [first, second] = [await openPage(), await openPage()];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.session).toEqual(first.body.session);
    expect(await story.payments(invoice)).toHaveLength(1);
  });

  test("the button on the invoice's own page leads to the page that stands already", async () => {
    const page = await openPage();
    const link = await story.get(`/v1/invoices/${invoice.id}/payment_link`);
    const pressed = await world.request('POST', new URL(String(link.url)).pathname, undefined, { key: null });
    expect([pressed.status, pressed.headers.location]).toEqual([303, page.body.session?.url]);
  });

  test('while the page is open the automatic charge waits, so that nobody pays twice', async () => {
    const page = await openPage();
    await story.leaveCard(customer, 'pm_card_visa');
    const refused = await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'payment_under_way' } } });
    pay(page.body);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await story.intents()).toHaveLength(1);
  });

  test('a card declined on the page leaves it open, and the invoice as it was', async () => {
    const page = await openPage();
    expect(pay(page.body, { card: '4000000000000002' }).status).toBe(402);
    await world.quiet();
    expect(await now()).toMatchObject({ payment_status: 'pending', open_payment_id: page.body.id });
    expect(await story.events('invoice.payment_failure')).toEqual([]);
    expect(pay(page.body).status).toBe(303);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid' });
  });

  test('a bank debit that failed before we saw it under way has failed, and the invoice is free', async () => {
    const page = await openPage();
    world.pushReaches = false;
    const outage = world.sandbox.faults.add({ kind: 'cut_before_commit', request: '* /v1/**' });
    expect(pay(page.body, { iban: 'DE62370400440532013001', name: 'Ada' }).status).toBe(303);
    world.clock.advance(10 * 86_400_000);
    await world.deliverStripeEvents();
    world.sandbox.faults.remove(outage);
    await world.advance(2 * 3_600_000, 600_000);
    expect(await now()).toMatchObject({ payment_status: 'failed', open_payment_id: null });
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    const paid = await world.request('POST', `/v1/invoices/${invoice.id}/offline_payments`, {});
    expect(paid.status).toBe(201);
  });

  test('a page that runs out lets another attempt be made', async () => {
    const page = await openPage();
    await world.advance(25 * 3_600_000, 5 * 3_600_000);
    expect(await story.get(`/v1/payments/${page.body.id}`)).toMatchObject({ status: 'canceled' });
    expect(await now()).toMatchObject({ payment_status: 'pending', open_payment_id: null });
    expect((await openPage()).status).toBe(201);
  });

  test('withdrawn, the page takes no money any more', async () => {
    const page = await openPage();
    const canceled = await world.request('POST', `/v1/payments/${page.body.id}/cancel`);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(pay(page.body).status).toBe(409);
    expect(await now()).toMatchObject({ payment_status: 'pending', open_payment_id: null });
  });

  test.each([500, 400])('a %s that Stripe keeps for the closing of a page is not repeated for ever', async (status) => {
    const page = await openPage();
    pay(page.body, { card: '4000000000000002' });
    await world.quiet();
    const request = 'POST /v1/checkout/sessions/*/expire';
    const error = { type: status === 500 ? 'api_error' : 'invalid_request_error', message: 'Not now.' };
    world.sandbox.faults.add({ kind: 'status', status, error, request, times: 1 });
    expect((await world.request('POST', `/v1/payments/${page.body.id}/cancel`)).status).toBe(202);
    await world.advance(120_000, 5_000);
    expect(await story.get(`/v1/payments/${page.body.id}`)).toMatchObject({ status: 'canceled' });
    expect(pay(page.body).status).toBe(409);
  });

  test('a payer who was faster than the withdrawal has paid', async () => {
    const page = await openPage();
    world.pushReaches = false;
    pay(page.body);
    const canceled = await world.request('POST', `/v1/payments/${page.body.id}/cancel`);
    expect(canceled.body).toMatchObject({ status: 'succeeded' });
    expect(await now()).toMatchObject({ status: 'paid' });
  });

  test('a bank that answers later keeps the invoice processing until it does', async () => {
    const page = await openPage();
    expect(pay(page.body, { iban: 'AT611904300234573201' }).status).toBe(303);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'finalized', payment_status: 'processing' });
    await world.advance(600_000, 60_000);
    expect(await now()).toMatchObject({ status: 'paid', payment_status: 'succeeded' });
  });

  test('a bank that refuses later fails the invoice, and the host hears of it', async () => {
    const page = await openPage();
    pay(page.body, { iban: 'AT861904300235473202' });
    await world.advance(600_000, 60_000);
    expect(await now()).toMatchObject({ payment_status: 'failed', open_payment_id: null });
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
  });

  test('CUS-2: a payer without a twin in Stripe gets one with the page', async () => {
    customer = (await world.request('POST', '/v1/customers', { external_id: 'u_2' })).body;
    invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ payment_status_reason: 'customer_not_linked' });
    const page = await openPage();
    expect(page).toMatchObject({ status: 201, body: { status: 'awaiting_payer' } });
    pay(page.body);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid' });
    const linked = await story.get(`/v1/customers/${customer.id}`);
    expect(linked.provider_customer_id).toMatch(/^cus_/);
  });

  test('a page lost on the way is made once', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/checkout/sessions', times: 2 });
    const page = await openPage();
    expect(page.status).toBe(202);
    await world.advance(60_000, 5_000);
    expect(await story.get(`/v1/payments/${page.body.id}`)).toMatchObject({ status: 'awaiting_payer' });
    expect((await world.stripe(STRIPE_KEY).checkout.sessions.list()).data).toHaveLength(1);
  });

  test('what Stripe refuses about a page reaches who asked for it, and frees the invoice', async () => {
    world.sandbox.faults.add({
      kind: 'status',
      status: 400,
      error: { type: 'invalid_request_error', message: 'No payment method is switched on.' },
      request: 'POST /v1/checkout/sessions',
      times: 1,
    });
    const refused = await openPage();
    expect(refused).toMatchObject({ status: 402, body: { error: { code: 'payment_session_refused' } } });
    expect((await openPage()).status).toBe(201);
  });
});
