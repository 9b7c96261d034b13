import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../../testing/billing.js';
import { startReceiver } from '../../testing/running-sandbox.js';

let billing: Billing;

beforeAll(async () => {
  billing = await runBilling('collection');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 60 * 60;
const day = 24 * hour;

describe('automatic collection', () => {
  it('behaviour 47: a draft waits an hour, and is then made final and charged', async () => {
    const { stripe, customer, draft, later, news } = billing;
    const { id } = await customer('pm_card_visa');
    const made = await draft(id, 1500, { auto_advance: true });
    expect((made.automatically_finalizes_at ?? 0) - made.created).toBe(hour);
    await later(hour - 2);
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({ status: 'draft', attempted: false });
    await news();
    await later(3);
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({ status: 'paid', auto_advance: false });
    expect((await news()).filter((type) => type.startsWith('invoice.'))).toEqual([
      'invoice.updated',
      'invoice.finalized',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
  });

  it('behaviour 47: one that does not advance stays a draft until somebody says otherwise', async () => {
    const { stripe, customer, draft, later } = billing;
    const { id: invoice } = await draft((await customer('pm_card_visa')).id, 1500);
    await later(3 * day);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'draft' });
    const asked = await stripe.invoices.update(invoice, { auto_advance: true });
    expect(asked.automatically_finalizes_at).not.toBeNull();
    const stopped = await stripe.invoices.update(invoice, { auto_advance: false });
    expect(stopped.automatically_finalizes_at).toBeNull();
    await stripe.invoices.update(invoice, { auto_advance: true });
    await later(hour + 1);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid' });
  });

  it('behaviour 47: the hour begins when the webhooks have arrived', async () => {
    const { stripe, customer, draft, later, sandbox } = billing;
    const receiver = await startReceiver();
    receiver.answerWith(500);
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['invoice.created'] });
    const { id: invoice } = await draft((await customer('pm_card_visa')).id, 1500, { auto_advance: true });
    await receiver.arrived(1);
    await later(2 * hour);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'draft', webhooks_delivered_at: null });
    const { data } = await stripe.events.list({ type: 'invoice.created', limit: 1 });
    await sandbox.call('POST', `/v1/events/${data[0]?.id}/retry`, {
      key: billing.key,
      body: `webhook_endpoint=${endpoint.id}`,
    });
    await receiver.arrived(2);
    await later(3 * day);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid' });
    await stripe.webhookEndpoints.del(endpoint.id);
    await receiver.close();
  });

  it('behaviour 48: webhooks that never arrive delay it up to 72 hours, and a named time not at all', async () => {
    const { stripe, customer, draft, later } = billing;
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/nobody',
      enabled_events: ['invoice.created'],
    });
    const { id } = await customer('pm_card_visa');
    const waiting = await draft(id, 1500, { auto_advance: true });
    const named = await draft(id, 1600, { automatically_finalizes_at: waiting.created + 2 * hour });
    await later(2 * hour + 1);
    expect(await stripe.invoices.retrieve(named.id)).toMatchObject({ status: 'paid' });
    await later(69 * hour);
    expect(await stripe.invoices.retrieve(waiting.id)).toMatchObject({ status: 'draft' });
    await later(hour);
    expect(await stripe.invoices.retrieve(waiting.id)).toMatchObject({ status: 'paid' });
    await stripe.webhookEndpoints.del(endpoint.id);
  });

  // Checked, 52: eight tries in two weeks are documented:
  // https://docs.stripe.com/billing/revenue-recovery/smart-retries; their times are not, and are ours.
  it('behaviour 52: what failed is tried again, eight times within two weeks, and then left open', async () => {
    const { stripe, customer, draft, later, news } = billing;
    const { id } = await customer('pm_card_chargeCustomerFail');
    const { id: invoice } = await draft(id, 1500, { auto_advance: true });
    await news();
    await later(hour);
    const failed = await stripe.invoices.retrieve(invoice);
    expect(failed).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 });
    expect(failed.next_payment_attempt).not.toBeNull();
    expect((await news()).slice(-5)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.updated',
      'invoice.payment_failed',
      'customer.updated',
    ]);
    await later(14 * day);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
      status: 'open',
      attempt_count: 9,
      next_payment_attempt: null,
    });
    expect((await stripe.charges.list({ customer: id })).data).toHaveLength(9);
    expect(await stripe.customers.retrieve(id)).toMatchObject({ delinquent: true });
  });

  it('behaviour 52: attempts by hand do not touch the schedule, and a new method ends it', async () => {
    const { stripe, customer, draft, later } = billing;
    const { id } = await customer('pm_card_chargeCustomerFail');
    const { id: invoice } = await draft(id, 1500, { auto_advance: true });
    await later(hour);
    const before = await stripe.invoices.retrieve(invoice);
    await expect(stripe.invoices.pay(invoice)).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: before.next_payment_attempt,
    });
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: good.id } });
    await later(day);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid', attempt_count: 2 });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ delinquent: false });
  });

  it('behaviour 52: the account says how often and what follows', async () => {
    const { stripe, customer, draft, later, news, sandbox, key } = billing;
    const settings = { key, retry_delays_seconds: [hour], after_retries: 'uncollectible' };
    expect(await sandbox.control('POST', 'collection', settings)).not.toHaveProperty('error');
    const { id } = await customer('pm_card_chargeCustomerFail');
    const { id: invoice } = await draft(id, 1500, { auto_advance: true });
    await news();
    await later(3 * hour);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'uncollectible', attempt_count: 2 });
    expect((await news()).filter((type) => type.startsWith('invoice.')).slice(-4)).toEqual([
      'invoice.updated',
      'invoice.payment_failed',
      'invoice.updated',
      'invoice.marked_uncollectible',
    ]);
    await sandbox.control('POST', 'collection', { key, retry_delays_seconds: [day, day], after_retries: 'leave' });
  });

  it('behaviour 53: a bank that never wants to be asked again is not asked again', async () => {
    const { stripe, customer, draft, later } = billing;
    const { id } = await customer('pm_card_authenticationRequired');
    const { id: invoice } = await draft(id, 1500, { auto_advance: true });
    await later(hour);
    expect((await stripe.charges.list({ customer: id })).data).toHaveLength(1);
    await later(day);
    const counted = await stripe.invoices.retrieve(invoice);
    expect(counted).toMatchObject({ status: 'open', attempt_count: 2 });
    expect(counted.next_payment_attempt).not.toBeNull();
    expect((await stripe.charges.list({ customer: id })).data).toHaveLength(1);
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: good.id } });
    await later(day);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid', attempt_count: 3 });
  });

  it('behaviour 53: without a method nothing is tried again', async () => {
    const { stripe, customer, draft, later, news } = billing;
    const { id } = await customer();
    const { id: invoice } = await draft(id, 1500, { auto_advance: true });
    await news();
    await later(hour);
    expect(await news()).toContain('invoice.payment_failed');
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
      status: 'open',
      attempted: true,
      next_payment_attempt: null,
    });
    await expect(stripe.invoices.pay(invoice)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('behaviours 35, 36: a customer whose bank wants to see them is told, and pays in a browser', async () => {
    const { stripe, customer, draft, news } = billing;
    const { id } = await customer('pm_card_authenticationRequired');
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await draft(id, 1500)).id);
    await news();
    await expect(stripe.invoices.pay(invoice)).rejects.toMatchObject({ code: 'authentication_required' });
    expect((await news()).slice(-3)).toEqual([
      'invoice.updated',
      'invoice.payment_failed',
      'invoice.payment_action_required',
    ]);
    await expect(stripe.invoices.pay(invoice, { off_session: false })).rejects.toMatchObject({
      statusCode: 402,
      code: 'invoice_payment_intent_requires_action',
    });
    expect((await news()).at(-1)).toBe('invoice.payment_action_required');
    const { data } = await stripe.invoicePayments.list({ invoice });
    const intent = String(data[0]?.payment.payment_intent);
    const page = `${billing.sandbox.server.url}/challenge/${(await stripe.accounts.retrieveCurrent()).id}/${intent}`;
    await billing.sandbox.page(page, { outcome: 'complete' });
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
  });

  it('behaviour 44: a bank debit pays days later, and nothing is tried meanwhile', async () => {
    const { stripe, later, news } = billing;
    const { id } = await stripe.customers.create();
    const method = await stripe.paymentMethods.create({
      type: 'sepa_debit',
      sepa_debit: { iban: 'AT611904300234573201' },
      billing_details: { name: 'Jo', email: 'jo@example.com' },
    });
    await stripe.paymentMethods.attach(method.id, { customer: id });
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
    const { id: invoice } = await billing.draft(id, 1500, { auto_advance: true, currency: 'eur' });
    await later(hour);
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
      status: 'open',
      attempted: true,
      attempt_count: 1,
    });
    await news();
    await later(hour);
    expect(await news()).toContain('invoice.paid');
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid', attempt_count: 1 });
  });

  it('what cannot be made final stays a draft that says why', async () => {
    const { stripe, customer, later, news } = billing;
    const { id } = await customer('pm_card_visa');
    const made = await billing.draft(id, 1500, {
      auto_advance: true,
      payment_settings: { payment_method_types: ['ideal'] },
    });
    await news();
    await later(hour);
    expect((await news()).at(-1)).toBe('invoice.finalization_failed');
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({
      status: 'draft',
      last_finalization_error: { code: 'invoice_no_payment_method_types' },
    });
  });

  it('the intent of an invoice is ended by the invoice alone', async () => {
    const { stripe, customer, draft } = billing;
    const { id } = await customer('pm_card_visa');
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await draft(id, 1500)).id);
    const { data } = await stripe.invoicePayments.list({ invoice });
    const intent = String(data[0]?.payment.payment_intent);
    await expect(stripe.paymentIntents.cancel(intent)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await stripe.invoices.voidInvoice(invoice);
    expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'void_invoice',
    });
  });
});
