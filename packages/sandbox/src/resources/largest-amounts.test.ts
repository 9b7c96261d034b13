import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';
import { unique } from '../testing/unique.js';

// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, https://docs.stripe.com/billing/customer/balance

const most = 999_999_999_999;
const chargeMost = 99_999_999;
const tooLarge = { statusCode: 400, code: 'amount_too_large' };

let billing: Subscribing;
let stripe: Stripe;

beforeAll(async () => {
  billing = await runSubscribing('largest');
  stripe = billing.stripe;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const oneTime = async (unit_amount: number): Promise<string> => {
  const made = await stripe.prices.create({ currency: 'usd', unit_amount, product_data: { name: 'Ship' } });
  return made.id;
};

describe('more money than Stripe counts', () => {
  it('is refused of an item and a line, by a price or by itself', async () => {
    const { id: customer } = await billing.customer();
    const ship = await oneTime(most);
    const item = (fields: Partial<Stripe.InvoiceItemCreateParams>) =>
      stripe.invoiceItems.create({ customer, ...fields });
    await expect(item({ pricing: { price: ship }, quantity: 2 })).rejects.toMatchObject(tooLarge);
    const decimal = { unit_amount_decimal: String(most) as unknown as Stripe.Decimal, currency: 'usd' };
    await expect(item({ ...decimal, quantity: 2 })).rejects.toMatchObject(tooLarge);
    await expect(item({ amount: most + 1, currency: 'usd' })).rejects.toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    const draft = await billing.draft(customer, 100);
    const lines = [{ pricing: { price: ship }, quantity: 2 }];
    await expect(stripe.invoices.addLines(draft.id ?? '', { lines })).rejects.toMatchObject(tooLarge);
  });

  it('is refused of an invoice and its preview, when its lines together are too much', async () => {
    const { id: customer } = await billing.customer();
    for (const amount of [most, most]) await stripe.invoiceItems.create({ customer, amount, currency: 'usd' });
    await expect(stripe.invoices.createPreview({ customer })).rejects.toMatchObject(tooLarge);
    const including = { customer, pending_invoice_items_behavior: 'include' as const };
    await expect(stripe.invoices.create(including)).rejects.toMatchObject(tooLarge);
    expect((await stripe.invoices.list({ customer })).data).toEqual([]);
  });

  it('is refused of a subscription, its changes and their previews', async () => {
    const customer = await billing.customer('pm_card_visa');
    const seat = await billing.price(1_000_000);
    const many = { price: seat, quantity: 1_000_000_000 };
    const create = stripe.subscriptions.create({ customer: customer.id, items: [many] });
    await expect(create).rejects.toMatchObject(tooLarge);
    const { id, items } = await billing.subscribe(customer.id, seat);
    const more = [{ id: items.data[0]?.id ?? '', quantity: 1_000_000_000 }];
    for (const proration_behavior of ['none', 'create_prorations'] as const) {
      const update = stripe.subscriptions.update(id, { items: more, proration_behavior });
      await expect(update).rejects.toMatchObject(tooLarge);
    }
    const preview = { subscription: id, subscription_details: { items: more } };
    await expect(stripe.invoices.createPreview(preview)).rejects.toMatchObject(tooLarge);
  });

  it('is refused of a checkout, where what can be charged at once is the most', async () => {
    const session = (price: string, quantity: number) =>
      stripe.checkout.sessions.create({
        mode: 'payment',
        line_items: [{ price, quantity }],
        success_url: 'https://shop.example/done',
      });
    await expect(session(await oneTime(most), 2)).rejects.toMatchObject(tooLarge);
    await expect(session(await oneTime(chargeMost), 2)).rejects.toMatchObject(tooLarge);
    expect(await session(await oneTime(chargeMost), 1)).toMatchObject({ amount_total: chargeMost });
  });

  it('but not of an invoice that is more than can be charged: it waits on the balance, as Stripe says', async () => {
    const { id: customer } = await billing.customer('pm_card_visa');
    const draft = await billing.draft(customer, chargeMost + 1);
    const final = await stripe.invoices.finalizeInvoice(draft.id ?? '');
    expect(final).toMatchObject({
      status: 'paid',
      amount_due: 0,
      total: chargeMost + 1,
      ending_balance: chargeMost + 1,
    });
    const { data } = await stripe.customers.listBalanceTransactions(customer);
    expect(data).toMatchObject([{ type: 'invoice_too_large', amount: chargeMost + 1, invoice: final.id }]);
  });

  it('stays countable of usage, of which a meter may count any number', async () => {
    const counted = unique('calls');
    const meter = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: counted,
      default_aggregation: { formula: 'sum' },
    });
    const start = Date.UTC(2030, 3, 1) / 1000;
    const clock = await billing.clock(start);
    const customer = await billing.customer('pm_card_visa', { test_clock: clock });
    const price = await billing.price(1_000_000, { usage_type: 'metered', meter: meter.id });
    const { id } = await billing.subscribe(customer.id, price);
    await stripe.billing.meterEvents.create({
      event_name: counted,
      payload: { stripe_customer_id: customer.id, value: '999999999999999' },
      timestamp: start,
    });
    await billing.advance(clock, Date.UTC(2030, 4, 2) / 1000);
    const { data } = await stripe.invoices.list({ subscription: id });
    expect(data).toMatchObject([{ total: most }]);
    const renewed = await stripe.subscriptions.retrieve(id);
    expect(renewed.items.data[0]?.current_period_start).toBe(Date.UTC(2030, 4, 1) / 1000);
  });

  it('nor is anything forgiven that no source holds less', async () => {
    const { id: customer } = await billing.customer('pm_card_visa');
    const draft = await billing.draft(customer, 500);
    await stripe.invoices.finalizeInvoice(draft.id ?? '');
    const forgiving = stripe.invoices.pay(draft.id ?? '', { forgive: true });
    await expect(forgiving).rejects.toMatchObject({ statusCode: 400, param: 'forgive' });
    expect(await stripe.invoices.pay(draft.id ?? '', { forgive: false })).toMatchObject({ status: 'paid' });
  });
});
