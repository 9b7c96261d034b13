import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('previewing');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const { middle, end } = april;
const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;

const begin = (fields?: Stripe.SubscriptionCreateParams, token?: string) => beginInApril(billing, fields, token);

describe('a preview', () => {
  it('takes the discounts it is given in the place of those there are, as the change then costs', async () => {
    const { stripe } = billing;
    const tenth = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const half = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const brief = await stripe.coupons.create({ percent_off: 50, duration: 'repeating', duration_in_months: 1 });
    const { clock, id, item } = await begin({ discounts: [{ coupon: tenth.id }] });
    await billing.advance(clock, middle);
    const shown = (given: Stripe.InvoiceCreatePreviewParams) =>
      stripe.invoices.createPreview({ subscription: id, ...given });
    expect(await shown({})).toMatchObject({ total: 900 });
    expect(await shown({ discounts: '' })).toMatchObject({ total: 1000, discounts: [] });
    expect(await shown({ discounts: [{ coupon: brief.id }] })).toMatchObject({ total: 500 });
    const changed = { items: [{ id: item, quantity: 2 }], proration_behavior: 'always_invoice' as const };
    const expected = await shown({ discounts: [{ coupon: half.id }], subscription_details: changed });
    expect(await stripe.coupons.retrieve(half.id)).toMatchObject({ times_redeemed: 0 });
    const after = await stripe.subscriptions.update(id, {
      ...changed,
      discounts: [{ coupon: half.id }],
      expand: ['latest_invoice'],
    });
    const { total, amount_due: due } = after.latest_invoice as Stripe.Invoice;
    expect([expected.total, expected.amount_due]).toEqual([total, due]);
  });

  it('of what waits for a customer takes off their discount, as the invoice does, or the one it is given', async () => {
    const { stripe } = billing;
    const tenth = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const half = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const customer = await billing.customer('pm_card_visa');
    await stripe.customers.update(customer.id, { coupon: tenth.id } as never, { apiVersion: '2024-06-20' });
    await stripe.invoiceItems.create({ customer: customer.id, amount: 1000, currency: 'eur' });
    const shown = await stripe.invoices.createPreview({ customer: customer.id });
    const given = await stripe.invoices.createPreview({ customer: customer.id, discounts: [{ coupon: half.id }] });
    const made = await stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: 'include' });
    expect([shown.total, given.total, made.total]).toEqual([900, 500, 900]);
  });

  it('shows no discount that will be over when the subscription renews, and neither does what is told before', async () => {
    const coupon = await billing.stripe.coupons.create({
      percent_off: 50,
      duration: 'repeating',
      duration_in_months: 1,
    });
    const { clock, id, item } = await begin({ discounts: [{ coupon: coupon.id }] });
    await billing.advance(clock, middle);
    const plain = await billing.stripe.invoices.createPreview({ subscription: id });
    expect(plain).toMatchObject({ total: 1000, discounts: [] });
    const more = await billing.stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { items: [{ id: item, quantity: 2 }], proration_behavior: 'none' },
    });
    expect(more).toMatchObject({ total: 2000 });
    await billing.advance(clock, utc(2030, 4, 25));
    const { data } = await billing.stripe.events.list({ type: 'invoice.upcoming', limit: 1 });
    expect(data[0]?.data.object).toMatchObject({ total: 1000 });
    await billing.advance(clock, end + 2 * hour);
    const { latest_invoice: latest } = await billing.stripe.subscriptions.retrieve(id);
    expect(await billing.invoice(latest)).toMatchObject({ total: 1000 });
  });

  it("shows no discount of the customer's own that will be over by then", async () => {
    const { stripe, sandbox, key } = billing;
    const months = { percent_off: 50, duration: 'repeating', duration_in_months: 1 } as const;
    const coupon = await stripe.coupons.create(months);
    const { clock, id, customer } = await begin();
    // Versions before basil gave a customer a coupon.
    const older = sandbox.stripe(key, { apiVersion: '2024-06-20' as never });
    await older.customers.update(customer, { coupon: coupon.id } as Stripe.CustomerUpdateParams);
    expect(await stripe.invoices.createPreview({ subscription: id })).toMatchObject({ total: 1000, discounts: [] });
    await billing.advance(clock, utc(2030, 4, 25));
    const lasting = await stripe.coupons.create({ ...months, duration_in_months: 2 });
    await older.customers.update(customer, { coupon: lasting.id } as Stripe.CustomerUpdateParams);
    expect(await stripe.invoices.createPreview({ subscription: id })).toMatchObject({ total: 500 });
    await billing.advance(clock, end + 2 * hour);
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id);
    expect(await billing.invoice(latest)).toMatchObject({ total: 500 });
  });

  it('shows the next renewal, and keeps nothing', async () => {
    const { clock, id, customer, item } = await begin();
    const { stripe } = billing;
    await billing.advance(clock, middle);
    const plain = await stripe.invoices.createPreview({ subscription: id });
    expect(plain).toMatchObject({
      billing_reason: 'upcoming',
      total: 1000,
      lines: { data: [{ period: { start: end, end: utc(2030, 6, 1) } }] },
    });
    await billing.news();
    const dearer = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: {
        items: [
          {
            id: item,
            price_data: {
              currency: 'usd',
              unit_amount: 2000,
              recurring: { interval: 'month' },
              product: (await stripe.products.create({ name: 'Premium' })).id,
            },
          },
        ],
      },
    });
    expect(dearer.lines.data.map((line) => line.amount)).toEqual([-500, 1000, 2000]);
    expect(dearer).toMatchObject({ total: 2500 });
    expect(await billing.news()).toEqual(['product.created']);
    expect((await stripe.invoiceItems.list({ customer })).data).toEqual([]);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ items: { data: [{ quantity: 1 }] } });
  });

  it('shows what an update would bill at once, and the update bills the same', async () => {
    const { clock, id, item, change } = await begin();
    const yearly = await billing.price(12_345, { interval: 'year' });
    await billing.advance(clock, middle + 777);
    const preview = await billing.stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { items: [{ id: item, price: yearly }] },
    });
    const changed = await change([{ id: item, price: yearly }]);
    const invoice = await billing.invoice(changed.latest_invoice);
    expect(invoice.total).toBe(preview.total);
    expect(invoice.lines.data.map((line) => line.amount)).toEqual(preview.lines.data.map((line) => line.amount));
  });

  it('shows a subscription that would begin', async () => {
    const customer = await billing.customer('pm_card_visa');
    const price = await billing.price(900);
    const details = { items: [{ price, quantity: 3 }] };
    const { stripe } = billing;
    const preview = await stripe.invoices.createPreview({ customer: customer.id, subscription_details: details });
    expect(preview).toMatchObject({ total: 2700 });
    const trial = { ...details, trial_end: preview.created + 10 * 24 * hour };
    expect(await stripe.invoices.createPreview({ customer: customer.id, subscription_details: trial })).toMatchObject({
      total: 0,
    });
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
  });

  it('says that nothing comes when the subscription ends', async () => {
    const { id } = await begin();
    await billing.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    const preview = billing.stripe.invoices.createPreview({ subscription: id });
    await expect(preview).rejects.toMatchObject({ statusCode: 400, code: 'invoice_upcoming_none' });
  });
});
