import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('an invoice is collected, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  test('LAGO-8, LAGO-11, LAGO-1, LAGO-10, INV-2: an invoice is charged by itself, once, and Stripe shows what it was for', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({
      status: 'paid',
      payment_status: 'succeeded',
      number: 'INV-000001',
      amount_due: 0,
      amount_paid: 1500,
      open_payment_id: null,
    });
    const [payment, ...others] = await story.payments(invoice);
    expect(others).toEqual([]);
    expect(payment).toMatchObject({ status: 'succeeded', kind: 'automatic', amount: 1500, amount_applied: 1500 });
    const [intent, ...more] = await story.intents();
    expect(more).toEqual([]);
    expect(intent).toMatchObject({
      id: payment?.stripe_payment_intent_id,
      amount: 1500,
      status: 'succeeded',
      metadata: { tollbridge_invoice: invoice.id, tollbridge_payment: payment?.id, invoice_number: 'INV-000001' },
      description: expect.stringContaining('Invoice INV-000001'),
    });
    const told = await story.events(
      'invoice.finalized',
      'invoice.payment_status_updated',
      'invoice.paid',
      'payment.succeeded',
    );
    expect(told.map((event) => event.type)).toEqual([
      'invoice.finalized',
      'payment.succeeded',
      'invoice.payment_status_updated',
      'invoice.paid',
    ]);
  });

  test('LAGO-9, INV-2: an invoice of zero is paid without Stripe', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.invoice(customer, 0);
    expect(invoice).toMatchObject({
      status: 'paid',
      payment_status: 'succeeded',
      payment_status_reason: 'nothing_due',
    });
    expect(await story.payments(invoice)).toEqual([]);
    expect(await story.intents()).toEqual([]);
  });

  test('LAGO-16, LAGO-4, INV-2: without a twin in Stripe the invoice stands with its reason, and is collected once there is one', async () => {
    const customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1' })).body;
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({
      status: 'finalized',
      payment_status: 'pending',
      payment_status_reason: 'customer_not_linked',
    });
    const stripe = world.stripe(STRIPE_KEY);
    const twin = await stripe.customers.create();
    await stripe.paymentMethods.attach('pm_card_visa', { customer: twin.id });
    const linked = await world.request('PATCH', `/v1/customers/${customer.id}`, {
      payment_provider: 'stripe',
      provider_customer_id: twin.id,
    });
    expect(linked.status).toBe(200);
    await world.advance(61_000);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
  });

  test('LAGO-7: who has no payment provider is neither made in Stripe nor charged, and is both once it is Stripe', async () => {
    const [connection] = (await world.request('GET', '/v1/connections')).body.data ?? [];
    await world.request('PATCH', `/v1/connections/${connection?.id}`, { create_customers: true });
    const made = await world.request('POST', '/v1/customers', { external_id: 'u_1', payment_provider: null });
    const invoice = await story.invoice(made.body, 1500);
    expect(invoice).toMatchObject({ payment_status: 'pending', payment_status_reason: 'customer_not_linked' });
    expect((await world.stripe(STRIPE_KEY).customers.list()).data).toEqual([]);
    const path = `/v1/customers/${made.body.id}`;
    await world.request('PATCH', path, { payment_provider: 'stripe' });
    await world.quiet();
    await story.leaveCard(await story.get(path), 'pm_card_visa');
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
    expect(await story.intents()).toHaveLength(1);
  });

  test('LAGO-12, INV-4: without a payment method it fails, the host hears of it, and a card collects it', async () => {
    const customer = await story.linkedCustomer();
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({
      payment_status: 'failed',
      last_payment_error: { code: 'customer_must_have_payment_method' },
    });
    const [failure, ...others] = await story.events('invoice.payment_failure');
    expect(others).toEqual([]);
    expect(failure?.data?.object).toMatchObject({
      id: invoice.id,
      last_payment_error: { code: 'customer_must_have_payment_method' },
      payment_link: expect.stringMatching(/\/pay\/[\w-]{43}$/),
    });
    await story.leaveCard(customer, 'pm_card_visa');
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', last_payment_error: null });
  });

  test('a declined invoice tells why, is not tried again by itself, and is paid by a new card on the same intent', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({
      status: 'finalized',
      payment_status: 'failed',
      last_payment_error: { code: 'card_declined', request_id: expect.stringMatching(/^req_/) },
      open_payment_id: null,
    });
    await world.advance(3_600_000, 600_000);
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    await story.leaveCard(customer, 'pm_card_mastercard');
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    const [payment, ...others] = await story.payments(invoice);
    expect(others).toEqual([]);
    expect(payment).toMatchObject({ status: 'succeeded', confirmations: 2, failure: null });
    expect(await story.intents()).toHaveLength(1);
  });

  test('asked for, a declined card is tried again under a key of its own', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    const invoice = await story.invoice(customer, 1500);
    const again = await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    expect(again).toMatchObject({ status: 200, body: { payment_status: 'failed' } });
    const charges = await world.stripe(STRIPE_KEY).charges.list();
    expect(charges.data.map((charge) => charge.status)).toEqual(['failed', 'failed']);
    expect(await story.events('invoice.payment_failure')).toHaveLength(2);
  });

  test('LAGO-13, INV-3: an amount too small for Stripe fails with its code, and the host hears of it', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.invoice(customer, 10);
    expect(invoice).toMatchObject({ payment_status: 'failed', last_payment_error: { code: 'amount_too_small' } });
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'failed', stripe_payment_intent_id: null }]);
  });

  test('a removed card is not charged', async () => {
    const customer = await story.linkedCustomer();
    const method = await story.leaveCard(customer, 'pm_card_visa');
    await world.stripe(STRIPE_KEY).paymentMethods.detach(method);
    await world.quiet();
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ last_payment_error: { code: 'customer_must_have_payment_method' } });
    expect(await story.intents()).toEqual([]);
  });

  test('CON-2, CON-5: a switched-off connection leaves it pending with the reason, and collects it when it is on again', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const [connection] = (await story.get('/v1/connections')).data ?? [];
    await world.request('PATCH', `/v1/connections/${String(connection?.id)}`, { enabled: false });
    const invoice = await story.invoice(customer, 1500);
    expect(invoice).toMatchObject({ payment_status: 'pending', payment_status_reason: 'connection_not_enabled' });
    await world.request('PATCH', `/v1/connections/${String(connection?.id)}`, { enabled: true });
    await world.advance(61_000);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
  });

  test('INV-1: numbers follow each other without a gap, also where drafts are thrown away', async () => {
    const customer = await story.linkedCustomer();
    const draft = await story.makeInvoice(customer, 100, { finalize: false });
    const first = await story.makeInvoice(customer, 100);
    await world.request('DELETE', `/v1/invoices/${draft.id}`);
    const second = await story.makeInvoice(customer, 100);
    expect([draft.number, first.number, second.number]).toEqual([null, 'INV-000001', 'INV-000002']);
  });

  test.each([
    ['jpy', 500, 500],
    ['isk', 500, 50_000],
    ['ugx', 5_000, 500_000],
    ['kwd', 1_230, 1_230],
    ['huf', 50_050, 50_050],
  ])('%s: %d of our units are charged as %d of Stripe and paid in full', async (currency, ours, stripes) => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.invoice(customer, ours, { currency });
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: ours });
    expect((await story.intents())[0]).toMatchObject({ amount: stripes, currency });
  });

  test('an amount finer than Stripe can count is refused before Stripe is asked', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await story.invoice(customer, 1_234, { currency: 'kwd' });
    expect(invoice).toMatchObject({ last_payment_error: { code: 'amount_not_exact_at_stripe' } });
    expect(await story.intents()).toEqual([]);
  });
});
