import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { daySeconds, runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('subscribing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

describe('a subscription that begins', () => {
  it('tells of a discount that counts once as given before it tells of it as used up', async () => {
    const { stripe, news } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const customer = await billing.customer('pm_card_visa');
    const items = [{ price: await billing.price(1000) }];
    await news();
    await stripe.subscriptions.create({ customer: customer.id, items, discounts: [{ coupon: coupon.id }] });
    const told = (await news()).filter((type) => type.startsWith('customer.discount.'));
    expect(told).toEqual(['customer.discount.created', 'customer.discount.deleted']);
  });

  it('behaviour 47: its first invoice is final and paid within the call', async () => {
    const { customer, price, subscribe, news, invoice, stripe } = billing;
    const { id } = await customer('pm_card_visa');
    const monthly = await price(1500);
    await news();
    const made = await subscribe(id, monthly, { items: [{ price: monthly, quantity: 2 }] });
    expect(made).toMatchObject({ status: 'active', customer: id, currency: 'usd', billing_mode: { type: 'flexible' } });
    const [item] = made.items.data;
    expect(item).toMatchObject({ quantity: 2, price: { id: monthly }, plan: { id: monthly, amount: 1500 } });
    expect(item?.current_period_start).toBe(made.billing_cycle_anchor);
    const first = await invoice(made.latest_invoice);
    expect(first).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_create',
      amount_paid: 3000,
      parent: { type: 'subscription_details', subscription_details: { subscription: made.id } },
    });
    expect(first.lines.data).toMatchObject([
      {
        amount: 3000,
        description: expect.stringMatching(/^2 × Product \d+ \(at \$15\.00 \/ month\)$/),
        period: { start: item?.current_period_start, end: item?.current_period_end },
        parent: { subscription_item_details: { subscription: made.id, subscription_item: item?.id, proration: false } },
      },
    ]);
    const types = await news();
    expect(types).toContain('invoice.paid');
    expect(types.filter((type) => type.startsWith('customer.subscription.'))).toEqual([
      'customer.subscription.created',
    ]);
    expect((await stripe.subscriptions.list({ customer: id })).data.map((one) => one.id)).toEqual([made.id]);
  });

  it('behaviour 12: without a method it is refused, and nothing is there', async () => {
    const { customer, price, subscribe, stripe } = billing;
    const { id } = await customer();
    const refused = subscribe(id, await price(1500));
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: undefined });
    expect((await stripe.subscriptions.list({ customer: id, status: 'all' })).data).toEqual([]);
    expect((await stripe.invoices.list({ customer: id })).data).toEqual([]);
  });

  it('behaviours 50, 51: a declined first payment leaves it incomplete, and paying the invoice makes it active', async () => {
    const { customer, price, subscribe, stripe, news } = billing;
    const { id } = await customer('pm_card_chargeCustomerFail');
    const made = await subscribe(id, await price(1500), { expand: ['latest_invoice.confirmation_secret'] });
    expect(made).toMatchObject({ status: 'incomplete', latest_invoice: { status: 'open', attempt_count: 1 } });
    await expect(stripe.subscriptions.update(made.id, { description: 'no' })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect(await stripe.subscriptions.update(made.id, { metadata: { a: 'b' } })).toMatchObject({
      metadata: { a: 'b' },
    });
    await news();
    const latest = made.latest_invoice as { id: string };
    await stripe.invoices.pay(latest.id, { payment_method: 'pm_card_visa' });
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'active' });
    const events = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 });
    expect(events.data[0]?.data.previous_attributes).toEqual({ status: 'incomplete' });
  });

  it('behaviour 50: error_if_incomplete refuses with 402 and leaves nothing', async () => {
    const { customer, price, subscribe, stripe } = billing;
    const { id } = await customer('pm_card_chargeCustomerFail');
    const refused = subscribe(id, await price(1500), { payment_behavior: 'error_if_incomplete' });
    await expect(refused).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect((await stripe.subscriptions.list({ customer: id, status: 'all' })).data).toEqual([]);
    expect((await stripe.charges.list({ customer: id })).data).toEqual([]);
  });

  it('behaviour 50: default_incomplete asks nobody, and its secret confirms the payment', async () => {
    const { customer, price, subscribe, stripe } = billing;
    const { id } = await customer();
    const made = await subscribe(id, await price(1500), {
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
    });
    expect(made).toMatchObject({
      status: 'incomplete',
      latest_invoice: { attempted: false, attempt_count: 0, confirmation_secret: { type: 'payment_intent' } },
    });
    const latest = made.latest_invoice as unknown as { confirmation_secret: { client_secret: string } };
    const intent = latest.confirmation_secret.client_secret.split('_secret_')[0] ?? '';
    const paid = await stripe.paymentIntents.confirm(intent, {
      payment_method: 'pm_card_visa',
      return_url: 'https://example.com',
    });
    expect(paid).toMatchObject({ status: 'succeeded', setup_future_usage: 'off_session' });
    const active = await stripe.subscriptions.retrieve(made.id);
    expect(active).toMatchObject({ status: 'active', default_payment_method: paid.payment_method });
    expect(await stripe.paymentMethods.retrieve(String(paid.payment_method))).toMatchObject({ customer: id });
  });

  it('behaviour 36: a bank that wants to see its customer leaves it incomplete', async () => {
    const { customer, price, subscribe, stripe } = billing;
    const { id } = await customer('pm_card_authenticationRequired');
    const made = await subscribe(id, await price(1500));
    expect(made).toMatchObject({ status: 'incomplete' });
    const payments = await stripe.invoicePayments.list({ invoice: String(made.latest_invoice) });
    const intent = await stripe.paymentIntents.retrieve(String(payments.data[0]?.payment.payment_intent));
    expect(intent).toMatchObject({ status: 'requires_action', customer: id });
  });

  it('behaviour 51: unpaid for 23 hours it is over for good, and its invoice void', async () => {
    const { customer, price, subscribe, stripe, later, news, invoice } = billing;
    const { id } = await customer('pm_card_chargeCustomerFail');
    const made = await subscribe(id, await price(1500));
    await later(22 * 3600);
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'incomplete' });
    await news();
    await later(3600);
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'incomplete_expired' });
    expect(await invoice(made.latest_invoice)).toMatchObject({ status: 'void' });
    expect(await news()).toEqual(expect.arrayContaining(['invoice.voided', 'customer.subscription.updated']));
    expect((await stripe.subscriptions.list({ customer: id, status: 'ended' })).data).toHaveLength(1);
  });

  it('behaviour 51: one that is sent is active at once, and its first invoice waits an hour', async () => {
    const { customer, price, subscribe, later, invoice, stripe } = billing;
    const { id } = await customer();
    const refused = stripe.subscriptions.create({
      customer: id,
      items: [{ price: await price(1500) }],
      collection_method: 'send_invoice',
    });
    await expect(refused).rejects.toMatchObject({ code: 'parameter_missing', param: 'days_until_due' });
    const made = await subscribe(id, await price(1500), { collection_method: 'send_invoice', days_until_due: 7 });
    expect(made).toMatchObject({ status: 'active', days_until_due: 7 });
    expect(await invoice(made.latest_invoice)).toMatchObject({ status: 'draft' });
    await later(3600);
    const sent = await invoice(made.latest_invoice);
    expect(sent).toMatchObject({ status: 'open', collection_method: 'send_invoice' });
    expect(sent.due_date).toBe(Number(sent.status_transitions.finalized_at) + 7 * daySeconds);
    await later(7 * daySeconds);
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'past_due' });
    await stripe.invoices.pay(sent.id, { paid_out_of_band: true });
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'active' });
  });

  it('behaviours 56, 63: a trial begins with an invoice of nothing, paid without an intent, and asks for a method', async () => {
    const { customer, price, subscribe, stripe, news } = billing;
    const { id } = await customer();
    await news();
    const made = await subscribe(id, await price(1500), {
      trial_period_days: 14,
      expand: ['latest_invoice.payments', 'pending_setup_intent'],
    });
    expect(made).toMatchObject({
      status: 'trialing',
      trial_end: made.created + 14 * daySeconds,
      billing_cycle_anchor: made.created + 14 * daySeconds,
      pending_setup_intent: { status: 'requires_payment_method', usage: 'off_session' },
      latest_invoice: { status: 'paid', total: 0, payments: { data: [] } },
    });
    expect(made.items.data[0]?.current_period_end).toBe(made.trial_end);
    const types = await news();
    expect(types).toEqual(expect.arrayContaining(['invoice.paid', 'customer.subscription.created']));
    expect(types).not.toContain('customer.subscription.trial_will_end');
    const setup = made.pending_setup_intent as { id: string };
    await stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa', return_url: 'https://example.com' });
    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ pending_setup_intent: null });
  });

  it('an older version begins in classic mode, and shows the period at the top', async () => {
    const { customer, price, sandbox, key } = billing;
    const { id } = await customer('pm_card_visa');
    const body = `customer=${id}&items[0][price]=${await price(900)}`;
    const older = (version: string) => ({ key, body, headers: { 'stripe-version': version } });
    const basil = await sandbox.call('POST', '/v1/subscriptions', older('2025-08-27.basil'));
    expect(basil.body).toMatchObject({ status: 'active', billing_mode: { type: 'classic' } });
    const acacia = await sandbox.call('POST', '/v1/subscriptions', older('2025-02-24.acacia'));
    expect(acacia.body.current_period_end).toBeGreaterThan(Number(acacia.body.current_period_start));
    expect(acacia.body.items).not.toHaveProperty('data.0.current_period_end');
  });

  it('an anchor ahead makes the first period shorter, and costs by the second unless nothing is prorated', async () => {
    const { customer, price, clock, stripe, invoice } = billing;
    const start = Date.UTC(2030, 3, 11) / 1000;
    const first = Date.UTC(2030, 4, 1) / 1000;
    const { id } = await customer('pm_card_visa', { test_clock: await clock(start) });
    const monthly = await price(3000);
    const made = await stripe.subscriptions.create({
      customer: id,
      items: [{ price: monthly }],
      billing_cycle_anchor_config: { day_of_month: 1, hour: 0, minute: 0, second: 0 },
    });
    expect(made.billing_cycle_anchor).toBe(first);
    expect(made.items.data[0]?.current_period_end).toBe(first);
    expect(await invoice(made.latest_invoice)).toMatchObject({ total: 2000, status: 'paid' });
    const free = await stripe.subscriptions.create({
      customer: id,
      items: [{ price: monthly }],
      billing_cycle_anchor: first,
      proration_behavior: 'none',
    });
    expect(free).toMatchObject({ status: 'active', latest_invoice: null });
  });

  it('a coupon that counts once takes from the first invoice and is gone', async () => {
    const { customer, price, subscribe, stripe, invoice, news } = billing;
    const { id } = await customer('pm_card_visa');
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const forever = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    await news();
    const made = await subscribe(id, await price(2000), { discounts: [{ coupon: coupon.id }, { coupon: forever.id }] });
    expect(await invoice(made.latest_invoice)).toMatchObject({ subtotal: 2000, total: 900, amount_paid: 900 });
    expect(made.discounts).toHaveLength(1);
    expect(await news()).toContain('customer.discount.deleted');
  });

  it.each([
    ['application_fee_percent', { application_fee_percent: 10 }],
    ['automatic_tax', { automatic_tax: { enabled: true } }],
    ['transfer_data', { transfer_data: { destination: 'acct_1' } }],
    ['billing_thresholds', { billing_thresholds: { amount_gte: 1000 } }],
    ['pending_invoice_item_interval', { pending_invoice_item_interval: { interval: 'week' } }],
  ])('what would change money and is not served is refused by name: %s', async (name, fields) => {
    const { customer, price, subscribe } = billing;
    const { id } = await customer('pm_card_visa');
    await expect(subscribe(id, await price(900), fields)).rejects.toMatchObject({ statusCode: 400, param: name });
  });

  it('prices must be recurring, active, of one currency, and each there once', async () => {
    const { customer, price, stripe } = billing;
    const { id } = await customer('pm_card_visa');
    const monthly = await price(900);
    const once = await stripe.prices.create({ currency: 'usd', unit_amount: 5, product_data: { name: 'Once' } });
    const euro = await stripe.prices.create({
      currency: 'eur',
      unit_amount: 500,
      recurring: { interval: 'month' },
      product_data: { name: 'Euro' },
    });
    const create = (...prices: string[]) =>
      stripe.subscriptions.create({ customer: id, items: prices.map((one) => ({ price: one })) });
    await expect(create(once.id)).rejects.toMatchObject({ statusCode: 400, param: 'items[0][price]' });
    await expect(create(monthly, monthly)).rejects.toMatchObject({ statusCode: 400, param: 'items' });
    await expect(create(monthly, euro.id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(create('price_none')).rejects.toMatchObject({ code: 'resource_missing', param: 'items[0][price]' });
    await expect(stripe.subscriptions.create({ customer: id, items: [] })).rejects.toMatchObject({ statusCode: 400 });
  });
});
