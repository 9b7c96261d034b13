import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril, failNext } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('changing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;
const { middle, end } = april;

describe('a subscription that is changed', () => {
  it('behaviours 59, 60: a dearer price gives back what was debited and charges the rest, with the next invoice', async () => {
    const { clock, item, change, pending, subscription, id } = await beginInApril(billing);
    const premium = await billing.price(2000);
    await billing.advance(clock, middle);
    await billing.news();
    const changed = await change([{ id: item, price: premium }]);
    expect(changed.items.data).toMatchObject([{ id: item, price: { id: premium }, current_period_end: end }]);
    expect(await billing.news()).toEqual([
      'invoiceitem.created',
      'invoiceitem.created',
      'customer.subscription.updated',
    ]);
    const first = await billing.invoice(subscription.latest_invoice);
    const [credit, debit] = await pending();
    expect(credit).toMatchObject({
      amount: -500,
      proration: true,
      discountable: false,
      period: { start: middle, end },
      description: expect.stringMatching(/^Unused time on Product \d+ after 16 Apr 2030$/),
      parent: { subscription_details: { subscription: id, subscription_item: item } },
      proration_details: {
        credited_items: {
          type: 'invoice_line_items',
          invoice_line_item_details: { invoice: first.id, invoice_line_items: [first.lines.data[0]?.id] },
        },
      },
    });
    expect(debit).toMatchObject({ amount: 1000, proration: true, proration_details: { credited_items: null } });
    await billing.advance(clock, end + hour);
    const renewed = await billing.stripe.subscriptions.retrieve(id);
    const invoice = await billing.invoice(renewed.latest_invoice);
    expect(invoice).toMatchObject({ total: 2500, status: 'paid', billing_reason: 'subscription_cycle' });
    expect(invoice.lines.data.map((line) => line.amount).sort((one, other) => one - other)).toEqual([-500, 1000, 2000]);
    const proration = invoice.lines.data.find((line) => line.amount === -500);
    expect(proration?.parent).toMatchObject({ invoice_item_details: { proration: true, subscription: id } });
  });

  it('behaviour 59: always_invoice bills the difference at once, to the second', async () => {
    const { clock, item, change, pending, id } = await beginInApril(billing);
    await billing.advance(clock, middle + 1);
    await billing.news();
    const changed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    const invoice = await billing.invoice(changed.latest_invoice);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', total: 500, status: 'paid' });
    expect(invoice.parent?.subscription_details).toMatchObject({
      subscription: id,
      subscription_proration_date: middle + 1,
    });
    expect(await pending()).toEqual([]);
    expect(await billing.news()).toContain('invoice.paid');
  });

  it('behaviour 59: a cheaper price leaves a credit on the balance, and refunds nothing', async () => {
    const { clock, item, change, customer } = await beginInApril(billing);
    const cheap = await billing.price(400);
    await billing.advance(clock, middle);
    const changed = await change([{ id: item, price: cheap }], { proration_behavior: 'always_invoice' });
    expect(await billing.invoice(changed.latest_invoice)).toMatchObject({ total: -300, status: 'paid', amount_due: 0 });
    expect(await billing.stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 });
    const { data: charges } = await billing.stripe.charges.list({ customer });
    expect(charges.map((charge) => charge.amount_refunded)).toEqual([0]);
  });

  it('behaviour 59: with none nothing is prorated, and the next invoice has the new price', async () => {
    const { clock, item, change, pending, id } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 5 }], { proration_behavior: 'none' });
    expect(await pending()).toEqual([]);
    await billing.advance(clock, end + hour);
    const renewed = await billing.stripe.subscriptions.retrieve(id);
    expect(await billing.invoice(renewed.latest_invoice)).toMatchObject({ total: 5000 });
  });

  it('behaviour 59: a date for prorations counts as of that date, within the period', async () => {
    const { clock, item, change, pending } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }], { proration_date: utc(2030, 4, 7) });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-800, 1600]);
    const outside = change([{ id: item, quantity: 3 }], { proration_date: utc(2030, 3, 7) });
    await expect(outside).rejects.toMatchObject({ statusCode: 400, param: 'proration_date' });
  });

  it('behaviour 61: another interval begins a new period at once, and what was not used is given back', async () => {
    const { clock, item, change } = await beginInApril(billing);
    const yearly = await billing.price(10_000, { interval: 'year' });
    await billing.advance(clock, middle);
    const changed = await change([{ id: item, price: yearly }]);
    expect(changed).toMatchObject({ billing_cycle_anchor: middle });
    expect(changed.items.data).toMatchObject([
      { id: item, current_period_start: middle, current_period_end: utc(2031, 4, 16) },
    ]);
    expect(await billing.invoice(changed.latest_invoice)).toMatchObject({ total: 9500, status: 'paid' });
  });

  it('behaviour 61: an anchor of now does the same in the same rhythm', async () => {
    const { clock, change } = await beginInApril(billing);
    await billing.advance(clock, middle);
    const changed = await change([], { billing_cycle_anchor: { type: 'now' } });
    expect(changed).toMatchObject({ billing_cycle_anchor: middle });
    expect(await billing.invoice(changed.latest_invoice)).toMatchObject({ total: 500, status: 'paid' });
  });

  it('items come and go by their own operations', async () => {
    const { stripe } = billing;
    const { clock, item, id, pending } = await beginInApril(billing);
    const seats = await billing.price(300);
    await billing.advance(clock, middle);
    const added = await stripe.subscriptionItems.create({ subscription: id, price: seats, quantity: 2 });
    expect(added).toMatchObject({ object: 'subscription_item', subscription: id, quantity: 2, price: { id: seats } });
    expect(await stripe.subscriptionItems.update(added.id, { quantity: 4 })).toMatchObject({ quantity: 4 });
    expect(await stripe.subscriptionItems.retrieve(added.id)).toMatchObject({ quantity: 4 });
    const { data } = await stripe.subscriptionItems.list({ subscription: id });
    expect(data.map((one) => one.id)).toEqual([item, added.id]);
    expect(await stripe.subscriptionItems.del(added.id)).toEqual({
      id: added.id,
      object: 'subscription_item',
      deleted: true,
    });
    expect((await pending()).reduce((sum, one) => sum + one.amount, 0)).toBe(0);
    await expect(stripe.subscriptionItems.retrieve(added.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.subscriptionItems.del(item)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('behaviours 50, 52: an update that is not paid is past due, and with error_if_incomplete does not happen', async () => {
    const { clock, item, change, customer, id, subscription } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await failNext(billing, customer);
    const more = { proration_behavior: 'always_invoice' as const };
    const refused = change([{ id: item, quantity: 2 }], { ...more, payment_behavior: 'error_if_incomplete' });
    await expect(refused).rejects.toMatchObject({ statusCode: 402 });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      latest_invoice: subscription.latest_invoice,
      items: { data: [{ quantity: 1 }] },
    });
    const asked = await change([{ id: item, quantity: 2 }], { ...more, payment_behavior: 'default_incomplete' });
    expect(asked.status).toBe('past_due');
    expect(await billing.invoice(asked.latest_invoice)).toMatchObject({ status: 'open', attempt_count: 0 });
    await billing.stripe.invoices.pay(String(asked.latest_invoice), { payment_method: 'pm_card_visa' });
    const late = await change([{ id: item, quantity: 3 }], more);
    expect(late).toMatchObject({ status: 'past_due', items: { data: [{ quantity: 3 }] } });
  });

  it('behaviour 56: ending a trial now bills the first period at once', async () => {
    const { clock, change, subscription } = await beginInApril(billing, { trial_end: utc(2030, 5, 15) });
    expect(subscription.status).toBe('trialing');
    await billing.advance(clock, middle);
    const active = await change([], { trial_end: 'now' });
    expect(active).toMatchObject({ status: 'active', billing_cycle_anchor: middle, trial_end: middle });
    expect(await billing.invoice(active.latest_invoice)).toMatchObject({ total: 1000, status: 'paid' });
  });

  it('behaviour 56: a trial that begins later gives back what was paid', async () => {
    const { clock, change } = await beginInApril(billing);
    await billing.advance(clock, middle);
    const trial = await change([], { trial_end: utc(2030, 6, 1) });
    expect(trial).toMatchObject({ status: 'trialing', billing_cycle_anchor: utc(2030, 6, 1), trial_start: middle });
    expect(await billing.invoice(trial.latest_invoice)).toMatchObject({ total: -500, status: 'paid' });
  });

  it('behaviour 58: canceled with prorate and invoice_now, the rest is given back on a last invoice', async () => {
    const { clock, id, customer } = await beginInApril(billing);
    await billing.advance(clock, middle);
    const ended = await billing.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
    expect(ended.status).toBe('canceled');
    expect(await billing.invoice(ended.latest_invoice)).toMatchObject({ status: 'paid', total: -500 });
    expect(await billing.stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
  });

  it('an end within the period gives back what lies behind it, and taking it back charges it again', async () => {
    const { id, pending } = await beginInApril(billing);
    const cancelled = await billing.stripe.subscriptions.update(id, { cancel_at: middle });
    expect(cancelled).toMatchObject({ cancel_at: middle, cancel_at_period_end: false });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500]);
    await billing.stripe.subscriptions.update(id, { cancel_at: '' });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
  });

  it('what is added once is on the invoice of the update, or waits for the next', async () => {
    const { item, change, pending } = await beginInApril(billing);
    const once = await billing.stripe.prices.create({
      currency: 'usd',
      unit_amount: 250,
      product_data: { name: 'Setup' },
    });
    await change([], { add_invoice_items: [{ price: once.id, quantity: 2 }] });
    expect((await pending()).map(({ amount, proration }) => ({ amount, proration }))).toEqual([
      { amount: 500, proration: false },
    ]);
    const billed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    expect(await billing.invoice(billed.latest_invoice)).toMatchObject({ total: 1500 });
  });

  it('discounts that are given stand in the place of what there was', async () => {
    const { stripe } = billing;
    const [one, other] = [
      await stripe.coupons.create({ percent_off: 10, duration: 'forever' }),
      await stripe.coupons.create({ percent_off: 20, duration: 'forever' }),
    ];
    const { id } = await beginInApril(billing, { discounts: [{ coupon: one.id }] });
    await billing.news();
    const changed = await stripe.subscriptions.update(id, {
      discounts: [{ coupon: other.id }],
      expand: ['discounts'],
    });
    expect(changed.discounts).toMatchObject([{ source: { coupon: other.id } }]);
    expect(await billing.news()).toEqual(
      expect.arrayContaining(['customer.discount.created', 'customer.discount.deleted']),
    );
    expect(await stripe.subscriptions.deleteDiscount(id)).toMatchObject({ deleted: true });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ discounts: [] });
  });
});
