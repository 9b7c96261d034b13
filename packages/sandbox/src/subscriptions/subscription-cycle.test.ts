import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { daySeconds, runSubscribing, type Subscribing } from '../testing/subscribing.js';
import { unique } from '../testing/unique.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('renewing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

/** How the account's invoices are collected unless a test says otherwise. */
const asAtFirst = {
  subscription_after_retries: 'cancel',
  retry_delays_seconds: [1, 1, 2, 2, 2, 2, 2, 2].map((days) => days * daySeconds),
};

const itemOf = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => {
  const [item] = subscription.items.data;
  if (item === undefined) throw new Error('no item');
  return item;
};

/** Another default method of a customer. */
const useMethod = async (customer: string, token: string): Promise<string> => {
  const { id } = await billing.stripe.paymentMethods.attach(token, { customer });
  await billing.stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return id;
};

const begin = async (start: number, token?: string, fields: Stripe.SubscriptionCreateParams = {}, amount = 1500) => {
  const clock = await billing.clock(start);
  const customer = await billing.customer(token, { test_clock: clock });
  const subscription = await billing.subscribe(customer.id, await billing.price(amount), fields);
  const current = (): Promise<Stripe.Subscription> => billing.stripe.subscriptions.retrieve(subscription.id);
  return { clock, customer: customer.id, subscription, current };
};

describe('a subscription that renews', () => {
  // Checked, 55: the order is not documented; seen: Stripe's article on a renewal's events, quoted at
  // https://cbabhusal.wordpress.com.
  // Checked, 61: documented: https://docs.stripe.com/billing/subscriptions/billing-cycle (the last day of a shorter
  // month, and the 31st again).
  it('behaviours 47, 55, 61: the new period, to the end of a short month and back, is told of before its invoice, which waits an hour and is paid then', async () => {
    const { clock, subscription, current } = await begin(utc(2030, 1, 31), 'pm_card_visa');
    await billing.news();
    await billing.advance(clock, utc(2030, 2, 28));
    const renewed = await current();
    expect(itemOf(renewed)).toMatchObject({
      current_period_start: utc(2030, 2, 28),
      current_period_end: utc(2030, 3, 31),
    });
    expect(renewed.latest_invoice).not.toBe(subscription.latest_invoice);
    const draft = await billing.invoice(renewed.latest_invoice);
    expect(draft).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_cycle',
      period_start: utc(2030, 1, 31),
      period_end: utc(2030, 2, 28),
      automatically_finalizes_at: utc(2030, 2, 28) + hour,
      lines: { data: [{ period: { start: utc(2030, 2, 28), end: utc(2030, 3, 31) }, amount: 1500 }] },
    });
    const types = await billing.news();
    expect(types).toContain('invoice.upcoming');
    const updated = types.indexOf('customer.subscription.updated');
    expect(updated).toBeGreaterThan(-1);
    expect(types.indexOf('invoice.created')).toBeGreaterThan(updated);
    await billing.advance(clock, utc(2030, 2, 28) + 2 * hour);
    expect(await billing.invoice(renewed.latest_invoice)).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: utc(2030, 2, 28) + hour },
    });
    await billing.advance(clock, utc(2030, 4, 1));
    expect(itemOf(await current())).toMatchObject({ current_period_end: utc(2030, 4, 30) });
  });

  it('behaviour 55: the event says what the period was', async () => {
    const { clock, current } = await begin(utc(2030, 3, 1), 'pm_card_visa');
    await billing.advance(clock, utc(2030, 4, 1));
    const { data } = await billing.stripe.events.list({ type: 'customer.subscription.updated', limit: 1 });
    const previous = data[0]?.data.previous_attributes as { items: Stripe.ApiList<Stripe.SubscriptionItem> };
    expect(previous.items.data[0]).toMatchObject({ current_period_end: utc(2030, 4, 1) });
    expect(itemOf(await current()).current_period_start).toBe(utc(2030, 4, 1));
  });

  it('behaviour 52: a failed renewal is past due and tried again, and after the last try canceled', async () => {
    const { clock, customer, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(customer, 'pm_card_chargeCustomerFail');
    await billing.advance(clock, utc(2030, 2, 1) + hour);
    const late = await current();
    expect(late.status).toBe('past_due');
    expect(await billing.invoice(late.latest_invoice)).toMatchObject({
      status: 'open',
      attempt_count: 1,
      next_payment_attempt: utc(2030, 2, 2) + hour,
    });
    await billing.news();
    await billing.advance(clock, utc(2030, 2, 20));
    const ended = await current();
    expect(ended).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
      ended_at: utc(2030, 2, 15) + hour,
    });
    expect(await billing.invoice(late.latest_invoice)).toMatchObject({ status: 'open', auto_advance: false });
    expect(await billing.news()).toContain('customer.subscription.deleted');
    await expect(billing.stripe.subscriptions.cancel(ended.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('behaviour 52: the retries of one invoice end a subscription whose periods are shorter than their schedule', async () => {
    const start = utc(2030, 1, 1);
    const clock = await billing.clock(start);
    const customer = await billing.customer('pm_card_visa', { test_clock: clock });
    const daily = await billing.price(1500, { interval: 'day' });
    const { id } = await billing.subscribe(customer.id, daily);
    await useMethod(customer.id, 'pm_card_chargeCustomerFail');
    const afterDays = async (days: number) => {
      await billing.advance(clock, start + days * daySeconds);
      return billing.stripe.subscriptions.retrieve(id);
    };
    for (let days = 2; days <= 14; days += 2) expect(await afterDays(days)).toMatchObject({ status: 'past_due' });
    // The renewal of the first day is tried for the last time two weeks and an hour later.
    expect(await afterDays(16)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
      ended_at: start + 15 * daySeconds + hour,
    });
  });

  it('behaviour 52: paid before the last try, it is active again', async () => {
    const { clock, customer, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(customer, 'pm_card_chargeCustomerFail');
    await billing.advance(clock, utc(2030, 2, 3));
    expect(await current()).toMatchObject({ status: 'past_due' });
    await useMethod(customer, 'pm_card_visa');
    await billing.advance(clock, utc(2030, 2, 6));
    expect(await current()).toMatchObject({ status: 'active' });
  });

  it('behaviours 52, 54: set to unpaid, later invoices stay drafts, and paying the latest makes it active', async () => {
    const { key, sandbox, stripe } = billing;
    const settings = { key, subscription_after_retries: 'unpaid', retry_delays_seconds: [hour] };
    expect(await sandbox.control('POST', 'collection', settings)).not.toHaveProperty('error');
    const { clock, customer, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(customer, 'pm_card_chargeCustomerFail');
    await billing.advance(clock, utc(2030, 2, 2));
    const unpaid = await current();
    expect(unpaid.status).toBe('unpaid');
    await billing.advance(clock, utc(2030, 3, 2));
    const later = await current();
    const draft = await billing.invoice(later.latest_invoice);
    expect(draft).toMatchObject({ status: 'draft', auto_advance: false });
    expect(draft.id).not.toBe(unpaid.latest_invoice);
    await stripe.invoices.pay(draft.id, { payment_method: await useMethod(customer, 'pm_card_visa') });
    expect(await current()).toMatchObject({ status: 'active' });
    await sandbox.control('POST', 'collection', { key, subscription_after_retries: 'past_due' });
    const other = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(other.customer, 'pm_card_chargeCustomerFail');
    await billing.advance(other.clock, utc(2030, 2, 20));
    expect(await other.current()).toMatchObject({ status: 'past_due' });
    await sandbox.control('POST', 'collection', { key, ...asAtFirst });
  });

  // Checked, 54: documented: https://docs.stripe.com/billing/subscriptions/overview#unpaid-subscriptions (drafts, and
  // the most recent invoice decides).
  it('behaviour 54: of an unpaid one only the latest invoice decides: paying what is older does not bring it back', async () => {
    const { key, sandbox, stripe } = billing;
    const settings = { key, subscription_after_retries: 'unpaid', retry_delays_seconds: [hour] };
    await sandbox.control('POST', 'collection', settings);
    const { clock, customer, subscription, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(customer, 'pm_card_chargeCustomerFail');
    await billing.advance(clock, utc(2030, 2, 2));
    expect((await current()).status).toBe('unpaid');
    await billing.advance(clock, utc(2030, 4, 2));
    const { data } = await stripe.invoices.list({ subscription: subscription.id });
    const [latest, middle, oldest] = data.map(({ id }) => id ?? '');
    expect(data.map(({ status }) => status)).toEqual(['draft', 'draft', 'open', 'paid']);
    const payment_method = await useMethod(customer, 'pm_card_visa');
    for (const older of [oldest, middle]) {
      expect(await stripe.invoices.pay(older ?? '', { payment_method })).toMatchObject({ status: 'paid' });
      expect((await current()).status).toBe('unpaid');
    }
    expect(await stripe.invoices.retrieve(latest ?? '')).toMatchObject({ status: 'draft', auto_advance: false });
    await stripe.invoices.pay(latest ?? '', { payment_method });
    expect((await current()).status).toBe('active');
    await sandbox.control('POST', 'collection', { key, ...asAtFirst });
  });

  it('behaviour 53: a method that is gone leaves it past due, and a customer who is gone ends it', async () => {
    const { stripe } = billing;
    const { clock, customer, current } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: '' } });
    await billing.advance(clock, utc(2030, 2, 2));
    expect(await current()).toMatchObject({ status: 'past_due' });
    await stripe.customers.del(customer);
    expect(await current()).toMatchObject({ status: 'canceled' });
    expect((await stripe.subscriptions.list({ customer, status: 'canceled' })).data).toHaveLength(1);
  });

  // Checked, 56: documented: https://docs.stripe.com/billing/subscriptions/trials,
  // https://docs.stripe.com/billing/subscriptions/webhooks.
  it('behaviour 56: a trial is announced three days before its end, and billed then', async () => {
    const { clock, current } = await begin(utc(2030, 1, 1), 'pm_card_visa', { trial_period_days: 14 });
    await billing.news();
    await billing.advance(clock, utc(2030, 1, 12));
    expect(await billing.news()).toContain('customer.subscription.trial_will_end');
    await billing.advance(clock, utc(2030, 1, 15) + hour);
    const active = await current();
    expect(active.status).toBe('active');
    expect(itemOf(active)).toMatchObject({
      current_period_start: utc(2030, 1, 15),
      current_period_end: utc(2030, 2, 15),
    });
    expect(await billing.invoice(active.latest_invoice)).toMatchObject({
      status: 'paid',
      total: 1500,
      billing_reason: 'subscription_cycle',
    });
  });

  it.each([
    ['create_invoice', 'past_due'],
    ['cancel', 'canceled'],
    ['pause', 'paused'],
  ] as const)('behaviour 56: a trial that ends without a method: %s', async (then, status) => {
    const { clock, current, customer } = await begin(utc(2030, 1, 1), undefined, {
      trial_end: utc(2030, 1, 11),
      trial_settings: { end_behavior: { missing_payment_method: then } },
    });
    await billing.news();
    await billing.advance(clock, utc(2030, 1, 11) + 2 * hour);
    const after = await current();
    expect(after.status).toBe(status);
    if (then !== 'pause') return;
    expect(after.status_details).toMatchObject({
      paused: { subscription: { type: 'trial_end_without_payment_method' }, transitioned_at: utc(2030, 1, 11) },
    });
    expect(await billing.news()).toContain('customer.subscription.paused');
    await useMethod(customer, 'pm_card_visa');
    await billing.advance(clock, utc(2030, 2, 1));
    const waiting = await billing.stripe.subscriptions.resume(after.id);
    expect(await billing.invoice(waiting.latest_invoice)).toMatchObject({ status: 'open', attempted: false });
    await billing.stripe.invoices.pay(String(waiting.latest_invoice));
    const resumed = await billing.stripe.subscriptions.retrieve(after.id);
    expect(waiting.status).toBe('paused');
    expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: utc(2030, 2, 1) });
    const { data } = await billing.stripe.invoices.list({ customer });
    expect(data.map(({ status, total }) => [status, total])).toEqual([['paid', 1500], expect.anything()]);
    expect(await billing.news()).toContain('customer.subscription.resumed');
  });

  it.each([
    ['keep_as_draft', 'draft'],
    ['void', 'void'],
    ['mark_uncollectible', 'uncollectible'],
  ] as const)(
    'behaviour 57: while collection is paused invoices are made and not collected: %s',
    async (kind, status) => {
      const { stripe } = billing;
      const { clock, current, subscription } = await begin(utc(2030, 1, 1), 'pm_card_visa');
      const pause = { behavior: kind, resumes_at: utc(2030, 2, 10) };
      const paused = await stripe.subscriptions.update(subscription.id, { pause_collection: pause });
      expect(paused).toMatchObject({ status: 'active', pause_collection: pause });
      await billing.advance(clock, utc(2030, 2, 1) + 2 * hour);
      const during = await current();
      expect(during.status).toBe('active');
      expect(await billing.invoice(during.latest_invoice)).toMatchObject({ status });
      await billing.advance(clock, utc(2030, 3, 1) + 2 * hour);
      const after = await current();
      expect(after.pause_collection).toBeNull();
      expect(await billing.invoice(after.latest_invoice)).toMatchObject({ status: 'paid' });
    },
  );

  // Checked, 58: documented: https://docs.stripe.com/billing/subscriptions/cancel,
  // https://docs.stripe.com/api/subscriptions/cancel; the refusal's sentence was seen.
  it('behaviour 58: an end of period is told of now and again when it comes, and can be taken back until then', async () => {
    const { stripe } = billing;
    const { clock, current, subscription } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await billing.news();
    const asked = await stripe.subscriptions.update(subscription.id, {
      cancel_at_period_end: true,
      cancellation_details: { comment: 'too dear', feedback: 'too_expensive' },
    });
    expect(asked).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: utc(2030, 2, 1),
      canceled_at: utc(2030, 1, 1),
      cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive' },
    });
    expect(await billing.news()).toEqual(['customer.subscription.updated']);
    const back = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
    expect(back).toMatchObject({ cancel_at: null, canceled_at: null });
    await stripe.subscriptions.update(subscription.id, { cancel_at: 'min_period_end' });
    await billing.news();
    await billing.advance(clock, utc(2030, 2, 3));
    expect(await current()).toMatchObject({ status: 'canceled', ended_at: utc(2030, 2, 1) });
    expect(await billing.news()).toContain('customer.subscription.deleted');
    expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1);
    const refused = stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
    await expect(refused).rejects.toMatchObject({ statusCode: 400 });
    expect(await stripe.subscriptions.update(subscription.id, { metadata: { why: 'known' } })).toMatchObject({
      metadata: { why: 'known' },
    });
  });

  it('behaviour 58: canceled now, its open invoices are no longer collected by themselves', async () => {
    const { stripe } = billing;
    const { clock, current, subscription, customer } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    await useMethod(customer, 'pm_card_chargeCustomerFail');
    await billing.advance(clock, utc(2030, 2, 2));
    await billing.news();
    const ended = await stripe.subscriptions.cancel(subscription.id);
    expect(ended).toMatchObject({ status: 'canceled', ended_at: utc(2030, 2, 2) });
    expect(await billing.news()).toContain('customer.subscription.deleted');
    await billing.advance(clock, utc(2030, 3, 2));
    expect(await billing.invoice((await current()).latest_invoice)).toMatchObject({ status: 'open', attempt_count: 1 });
  });

  it('a metered price is billed by what its meter counted in the period that is over', async () => {
    const { stripe } = billing;
    const clock = await billing.clock(utc(2030, 1, 1));
    const customer = await billing.customer('pm_card_visa', { test_clock: clock });
    const counted = unique('calls');
    const meter = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: counted,
      default_aggregation: { formula: 'sum' },
    });
    const price = await billing.price(7, { usage_type: 'metered', meter: meter.id });
    const made = await billing.subscribe(customer.id, price);
    expect(made).toMatchObject({ status: 'active', latest_invoice: null });
    expect(itemOf(made)).not.toHaveProperty('quantity');
    await billing.advance(clock, utc(2030, 1, 20));
    const report = { event_name: counted, payload: { stripe_customer_id: customer.id, value: '30' } };
    await stripe.billing.meterEvents.create({ ...report, timestamp: utc(2030, 1, 10) });
    await billing.counted();
    await billing.advance(clock, utc(2030, 2, 1) + hour);
    const renewed = await stripe.subscriptions.retrieve(made.id);
    const invoice = await billing.invoice(renewed.latest_invoice);
    expect(invoice).toMatchObject({ status: 'paid', total: 210 });
    expect(invoice.lines.data[0]).toMatchObject({
      quantity: 30,
      period: { start: utc(2030, 1, 1), end: utc(2030, 2, 1) },
    });
  });

  it('items of several intervals renew each in its own time', async () => {
    const { stripe } = billing;
    const clock = await billing.clock(utc(2030, 1, 15));
    const customer = await billing.customer('pm_card_visa', { test_clock: clock });
    const [monthly, yearly] = [await billing.price(1000), await billing.price(9000, { interval: 'year' })];
    const made = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: monthly }, { price: yearly }],
    });
    expect(await billing.invoice(made.latest_invoice)).toMatchObject({ total: 10_000 });
    await billing.advance(clock, utc(2030, 2, 15) + hour);
    const renewed = await stripe.subscriptions.retrieve(made.id);
    expect(await billing.invoice(renewed.latest_invoice)).toMatchObject({ total: 1000, status: 'paid' });
    expect(renewed.items.data.map((item) => item.current_period_end)).toEqual([utc(2030, 3, 15), utc(2031, 1, 15)]);
    const classic = stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: monthly }, { price: yearly }],
      billing_mode: { type: 'classic' },
    });
    await expect(classic).rejects.toMatchObject({ statusCode: 400 });
  });

  it('behaviour 65: with a subscription a clock moves at most two of its intervals', async () => {
    const { clock } = await begin(utc(2030, 1, 1), 'pm_card_visa');
    const far = billing.stripe.testHelpers.testClocks.advance(clock, { frozen_time: utc(2030, 3, 2) });
    await expect(far).rejects.toMatchObject({ statusCode: 400, param: 'frozen_time' });
    await billing.advance(clock, utc(2030, 3, 1));
  });
});
