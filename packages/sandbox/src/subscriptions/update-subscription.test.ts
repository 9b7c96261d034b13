import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('changing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;
const start = utc(2030, 4, 1);
const middle = utc(2030, 4, 16);
const end = utc(2030, 5, 1);

const itemId = (subscription: Stripe.Subscription): string => subscription.items.data[0]?.id ?? '';

/** A monthly subscription of 10 dollars in April, which has thirty days. */
const begin = async (fields: Stripe.SubscriptionCreateParams = {}, token = 'pm_card_visa') => {
  const clock = await billing.clock(start);
  const customer = await billing.customer(token, { test_clock: clock });
  const basic = await billing.price(1000);
  const subscription = await billing.subscribe(customer.id, basic, fields);
  const { stripe } = billing;
  const change = (
    items: Stripe.SubscriptionUpdateParams.Item[],
    more: Stripe.SubscriptionUpdateParams = {},
  ): Promise<Stripe.Subscription> => stripe.subscriptions.update(subscription.id, { items, ...more });
  const pending = async () => (await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data.reverse();
  return {
    clock,
    customer: customer.id,
    basic,
    subscription,
    id: subscription.id,
    item: itemId(subscription),
    change,
    pending,
  };
};

const failNext = async (customer: string): Promise<void> => {
  const { id } = await billing.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await billing.stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
};

describe('a subscription that is changed', () => {
  it('behaviours 59, 60: a dearer price gives back what was debited and charges the rest, with the next invoice', async () => {
    const { clock, item, change, pending, subscription, id } = await begin();
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

  it('behaviour 60: a second change gives back what the first one charged, not more', async () => {
    const { clock, item, change, pending } = await begin();
    await billing.advance(clock, utc(2030, 4, 11));
    await change([{ id: item, quantity: 3 }]);
    await billing.advance(clock, utc(2030, 4, 21));
    await change([{ id: item, quantity: 2 }]);
    const items = await pending();
    expect(items.map(({ amount }) => amount)).toEqual([-667, 2000, -1000, 667]);
    expect(items[2]?.proration_details?.credited_items).toMatchObject({
      type: 'invoice_item',
      invoice_item: items[1]?.id,
    });
  });

  it('behaviour 60: a debit that was deleted is not given back', async () => {
    const { clock, item, change, pending } = await begin();
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 11 }]);
    const [credit, debit] = await pending();
    expect([credit?.amount, debit?.amount]).toEqual([-500, 5500]);
    await billing.stripe.invoiceItems.del(debit?.id ?? '');
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
  });

  it('behaviour 60: neither is what stood on a draft that was deleted, or on an invoice that is void', async () => {
    const deleted = await begin();
    await billing.advance(deleted.clock, end);
    const { latest_invoice: draft } = await billing.stripe.subscriptions.retrieve(deleted.id);
    await billing.stripe.invoices.del(String(draft));
    await deleted.change([{ id: deleted.item, quantity: 2 }]);
    expect((await deleted.pending()).map(({ amount }) => amount)).toEqual([2000]);
    const voided = await begin();
    await failNext(voided.customer);
    await billing.advance(voided.clock, end + 2 * hour);
    const { latest_invoice: open } = await billing.stripe.subscriptions.retrieve(voided.id);
    await billing.stripe.invoices.voidInvoice(String(open));
    await billing.advance(voided.clock, utc(2030, 5, 16) + 12 * hour);
    await voided.change([{ id: voided.item, quantity: 2 }]);
    expect((await voided.pending()).map(({ amount }) => amount)).toEqual([1000]);
  });

  it('behaviour 60: an invoice that is void takes back its credits with its debits', async () => {
    const { clock, item, change, customer, pending } = await begin();
    await billing.advance(clock, middle);
    await failNext(customer);
    const more = { proration_behavior: 'always_invoice' } as const;
    const late = await change([{ id: item, quantity: 2 }], more);
    await billing.stripe.invoices.voidInvoice(String(late.latest_invoice));
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
    for (const { id } of await pending()) await billing.stripe.invoiceItems.del(id);
    await change([{ id: item, quantity: 3 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 1500]);
  });

  it('behaviours 59, 60: classic mode gives back what the time costs now, and names no line', async () => {
    const { clock, item, change, pending, id } = await begin({ billing_mode: { type: 'classic' } });
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 4 }]);
    const items = await pending();
    expect(items.map(({ amount }) => amount)).toEqual([-500, 2000]);
    expect(items[0]?.proration_details?.credited_items).toBeNull();
    const flexible = await billing.stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } });
    expect(flexible).toMatchObject({ billing_mode: { type: 'flexible', updated_at: middle } });
    // There is no way back: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
    const back = billing.stripe.subscriptions.migrate(id, { billing_mode: { type: 'classic' } });
    await expect(back).rejects.toMatchObject({ statusCode: 400, param: 'billing_mode[type]' });
    const unchanged = await billing.stripe.subscriptions.retrieve(id);
    expect(unchanged.billing_mode).toMatchObject({ type: 'flexible', updated_at: middle });
  });

  it('behaviour 59: always_invoice bills the difference at once, to the second', async () => {
    const { clock, item, change, pending, id } = await begin();
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
    const { clock, item, change, customer } = await begin();
    const cheap = await billing.price(400);
    await billing.advance(clock, middle);
    const changed = await change([{ id: item, price: cheap }], { proration_behavior: 'always_invoice' });
    expect(await billing.invoice(changed.latest_invoice)).toMatchObject({ total: -300, status: 'paid', amount_due: 0 });
    expect(await billing.stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 });
    expect((await billing.stripe.refunds.list()).data).toEqual([]);
  });

  it('behaviour 59: with none nothing is prorated, and the next invoice has the new price', async () => {
    const { clock, item, change, pending, id } = await begin();
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 5 }], { proration_behavior: 'none' });
    expect(await pending()).toEqual([]);
    await billing.advance(clock, end + hour);
    const renewed = await billing.stripe.subscriptions.retrieve(id);
    expect(await billing.invoice(renewed.latest_invoice)).toMatchObject({ total: 5000 });
  });

  it('behaviour 59: a date for prorations counts as of that date, within the period', async () => {
    const { clock, item, change, pending } = await begin();
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }], { proration_date: utc(2030, 4, 7) });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-800, 1600]);
    const outside = change([{ id: item, quantity: 3 }], { proration_date: utc(2030, 3, 7) });
    await expect(outside).rejects.toMatchObject({ statusCode: 400, param: 'proration_date' });
  });

  it('behaviour 61: another interval begins a new period at once, and what was not used is given back', async () => {
    const { clock, item, change } = await begin();
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
    const { clock, change } = await begin();
    await billing.advance(clock, middle);
    const changed = await change([], { billing_cycle_anchor: { type: 'now' } });
    expect(changed).toMatchObject({ billing_cycle_anchor: middle });
    expect(await billing.invoice(changed.latest_invoice)).toMatchObject({ total: 500, status: 'paid' });
  });

  it('items come and go by their own operations', async () => {
    const { stripe } = billing;
    const { clock, item, id, pending } = await begin();
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
    const { clock, item, change, customer, id, subscription } = await begin();
    await billing.advance(clock, middle);
    await failNext(customer);
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

  it('behaviour 50: a held update waits for its invoice, and is applied when that is paid', async () => {
    const { clock, item, change, customer, id } = await begin();
    await billing.advance(clock, middle);
    await failNext(customer);
    await billing.news();
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const held = await change([{ id: item, quantity: 2 }], more);
    expect(held).toMatchObject({
      status: 'active',
      items: { data: [{ quantity: 1 }] },
      pending_update: { expires_at: middle + 23 * hour, subscription_items: [{ id: item, quantity: 2 }] },
    });
    await billing.stripe.invoices.pay(String(held.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      items: { data: [{ quantity: 2 }] },
    });
    expect(await billing.news()).toContain('customer.subscription.pending_update_applied');
    const metadata = change([], { ...more, metadata: { a: 'b' } });
    await expect(metadata).rejects.toMatchObject({ statusCode: 400, param: 'metadata' });
  });

  it('behaviour 50: a held update that nobody pays is forgotten after 23 hours, and its invoice is void', async () => {
    const { clock, item, change, customer, id } = await begin();
    await billing.advance(clock, middle);
    await failNext(customer);
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const held = await change([{ id: item, quantity: 2 }], more);
    await billing.news();
    await billing.advance(clock, middle + 23 * hour);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      status: 'active',
      items: { data: [{ quantity: 1 }] },
    });
    expect(await billing.invoice(held.latest_invoice)).toMatchObject({ status: 'void' });
    expect(await billing.news()).toContain('customer.subscription.pending_update_expired');
  });

  it('behaviours 50, 52: an expired update settles nothing that was owed before it, and what was owed still can be paid', async () => {
    const { clock, item, change, customer, id } = await begin();
    await failNext(customer);
    await billing.advance(clock, end + 2 * hour);
    const late = await billing.stripe.subscriptions.retrieve(id);
    expect(late.status).toBe('past_due');
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    await change([{ id: item, quantity: 2 }], more);
    const again = await change([{ id: item, quantity: 3 }], more);
    expect(again).toMatchObject({ status: 'past_due', pending_update: { subscription_items: [{ quantity: 3 }] } });
    await billing.advance(clock, end + 26 * hour);
    const forgotten = await billing.stripe.subscriptions.retrieve(id);
    expect(forgotten).toMatchObject({ status: 'past_due', pending_update: null, items: { data: [{ quantity: 1 }] } });
    expect(await billing.invoice(late.latest_invoice)).toMatchObject({ status: 'open' });
    await billing.stripe.invoices.pay(String(late.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  it('behaviour 50: a held update does not outlive the period or the trial in which it was asked for', async () => {
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const { clock, item, change, customer, id } = await begin();
    await billing.advance(clock, end - hour);
    await failNext(customer);
    const held = await change([{ id: item, quantity: 200 }], more);
    expect(held.pending_update).toMatchObject({ expires_at: end });
    await billing.advance(clock, end);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      items: { data: [{ quantity: 1, current_period_start: end }] },
    });
    expect(await billing.invoice(held.latest_invoice)).toMatchObject({ status: 'void' });
    const trial = await begin({ trial_end: middle });
    const yearly = await billing.price(10_000, { interval: 'year' });
    await billing.advance(trial.clock, middle - hour);
    await failNext(trial.customer);
    const trialed = await trial.change([{ id: trial.item, price: yearly }], { ...more, trial_end: 'now' });
    expect(trialed).toMatchObject({ status: 'trialing', pending_update: { expires_at: middle } });
  });

  it('behaviour 50: a held update that is paid at once is simply done', async () => {
    const { clock, item, change } = await begin();
    await billing.advance(clock, middle);
    await billing.news();
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const done = await change([{ id: item, quantity: 2 }], more);
    expect(done).toMatchObject({ pending_update: null, items: { data: [{ quantity: 2 }] } });
    expect(await billing.news()).not.toContain('customer.subscription.pending_update_applied');
  });

  it('behaviour 56: ending a trial now bills the first period at once', async () => {
    const { clock, change, subscription } = await begin({ trial_end: utc(2030, 5, 15) });
    expect(subscription.status).toBe('trialing');
    await billing.advance(clock, middle);
    const active = await change([], { trial_end: 'now' });
    expect(active).toMatchObject({ status: 'active', billing_cycle_anchor: middle, trial_end: middle });
    expect(await billing.invoice(active.latest_invoice)).toMatchObject({ total: 1000, status: 'paid' });
  });

  it('behaviour 56: a trial that begins later gives back what was paid', async () => {
    const { clock, change } = await begin();
    await billing.advance(clock, middle);
    const trial = await change([], { trial_end: utc(2030, 6, 1) });
    expect(trial).toMatchObject({ status: 'trialing', billing_cycle_anchor: utc(2030, 6, 1), trial_start: middle });
    expect(await billing.invoice(trial.latest_invoice)).toMatchObject({ total: -500, status: 'paid' });
  });

  it('behaviour 58: canceled with prorate and invoice_now, the rest is given back on a last invoice', async () => {
    const { clock, id, customer } = await begin();
    await billing.advance(clock, middle);
    const ended = await billing.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
    expect(ended.status).toBe('canceled');
    expect(await billing.invoice(ended.latest_invoice)).toMatchObject({ status: 'paid', total: -500 });
    expect(await billing.stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
  });

  it('an end within the period gives back what lies behind it, and taking it back charges it again', async () => {
    const { id, pending } = await begin();
    const cancelled = await billing.stripe.subscriptions.update(id, { cancel_at: middle });
    expect(cancelled).toMatchObject({ cancel_at: middle, cancel_at_period_end: false });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500]);
    await billing.stripe.subscriptions.update(id, { cancel_at: '' });
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
  });

  it('what is added once is on the invoice of the update, or waits for the next', async () => {
    const { item, change, pending } = await begin();
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
    const { id } = await begin({ discounts: [{ coupon: one.id }] });
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

  it('behaviour 60: itemized prorations give back gross amounts less what the discount took, though it be spent', async () => {
    const { stripe } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const flexible = { proration_discounts: 'itemized' } as const;
    const { clock, item, change, subscription, pending } = await begin({
      billing_mode: { type: 'flexible', flexible },
      discounts: [{ coupon: coupon.id }],
    });
    expect(await billing.invoice(subscription.latest_invoice)).toMatchObject({ total: 500, status: 'paid' });
    const [discount] = (await billing.invoice(subscription.latest_invoice)).discounts;
    await billing.advance(clock, middle);
    const changed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    const invoice = await billing.invoice(changed.latest_invoice);
    expect(invoice).toMatchObject({ total: 750, status: 'paid' });
    const credit = invoice.lines.data.find(({ amount }) => amount < 0);
    expect(credit).toMatchObject({ amount: -500, discount_amounts: [{ amount: -250, discount }] });
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount, net_amount }) => [amount, net_amount])).toEqual([
      [-1000, -1000],
      [500, 500],
    ]);
  });

  it('behaviour 60: a subscription that is migrated takes the way of showing discounts that was asked for', async () => {
    const coupon = await billing.stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const { clock, item, id, change, pending } = await begin({
      billing_mode: { type: 'classic' },
      discounts: [{ coupon: coupon.id }],
    });
    const flexible = { proration_discounts: 'itemized' } as const;
    const migrated = await billing.stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible', flexible } });
    expect(migrated.billing_mode).toMatchObject({ type: 'flexible', flexible });
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }]);
    expect((await pending()).map(({ amount, net_amount }) => [amount, net_amount])).toEqual([
      [-250, -250],
      [1000, 1000],
    ]);
  });

  it('behaviour 60: what was debited less a discount is what is given back', async () => {
    const coupon = await billing.stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const { clock, item, change, pending } = await begin({ discounts: [{ coupon: coupon.id }] });
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-250, 500]);
  });
});
