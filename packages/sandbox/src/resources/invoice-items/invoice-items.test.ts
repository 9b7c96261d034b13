import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../../testing/billing.js';

let billing: Billing;
let stripe: Stripe;

beforeAll(async () => {
  billing = await runBilling('items');
  stripe = billing.stripe;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const priceOf = async (fields: Partial<Stripe.PriceCreateParams>): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Hours' },
      ...fields,
    } as Stripe.PriceCreateParams)
  ).id;

describe('invoice items', () => {
  // Checked, 33: documented: https://docs.stripe.com/products-prices/manage-prices#rounding (by line, halves up).
  it('behaviour 33: an item of a price is rounded once, as a line', async () => {
    const { id } = await billing.customer();
    const price = await priceOf({ unit_amount_decimal: '0.333' as never });
    const item = await stripe.invoiceItems.create({ customer: id, pricing: { price }, quantity: 50 });
    expect(item).toMatchObject({
      amount: 17,
      quantity: 50,
      description: 'Hours',
      invoice: null,
      pricing: { price_details: { price } },
    });
    expect(String(item.pricing?.unit_amount_decimal)).toBe('0.333');
    const more = await stripe.invoiceItems.update(item.id, { quantity: 100 });
    expect(more).toMatchObject({ amount: 33, quantity: 100, pricing: { price_details: { price } } });
  });

  it('items wait until an invoice takes them, in their currency alone', async () => {
    const { id } = await billing.customer();
    const dollars = await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' });
    const euros = await stripe.invoiceItems.create({ customer: id, amount: 700, currency: 'eur' });
    const nothing = await stripe.invoices.create({ customer: id });
    expect(nothing).toMatchObject({ total: 0, currency: 'usd' });
    const invoice = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
    expect(invoice.lines.data).toMatchObject([
      { amount: 500, parent: { invoice_item_details: { invoice_item: dollars.id } } },
    ]);
    const waiting = await stripe.invoiceItems.list({ customer: id, pending: true });
    expect(waiting.data.map((item) => item.id)).toEqual([euros.id]);
    const taken = await stripe.invoiceItems.list({ invoice: invoice.id });
    expect(taken.data.map((item) => item.id)).toEqual([dollars.id]);
  });

  it('an item put on a draft, changed and taken off again moves the draft with it', async () => {
    const { id } = await billing.customer();
    const { id: invoice } = await stripe.invoices.create({ customer: id });
    const total = async (): Promise<number> => (await stripe.invoices.retrieve(invoice)).total;
    const item = await stripe.invoiceItems.create({ invoice, amount: 500, currency: 'usd' });
    expect(item).toMatchObject({ customer: id, invoice });
    expect(await total()).toBe(500);
    await stripe.invoiceItems.update(item.id, { amount: 800, description: 'More' });
    expect(await total()).toBe(800);
    expect(await stripe.invoiceItems.del(item.id)).toMatchObject({ deleted: true, object: 'invoiceitem' });
    expect(await total()).toBe(0);
    expect(await billing.news()).toContain('invoiceitem.deleted');
  });

  it('behaviour 49: what is on a final invoice stays as it is', async () => {
    const { id } = await billing.customer();
    const item = await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' });
    const { id: invoice } = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
    await stripe.invoices.finalizeInvoice(invoice);
    for (const refused of [
      stripe.invoiceItems.update(item.id, { amount: 1 }),
      stripe.invoiceItems.del(item.id),
      stripe.invoiceItems.create({ invoice, amount: 1, currency: 'usd' }),
      stripe.invoices.addLines(invoice, { lines: [{ amount: 1 }] }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'invoice_not_editable' });
    }
  });

  it.each([
    { name: 'no customer', params: { amount: 1, currency: 'usd' }, param: 'customer' },
    { name: 'no amount', params: { customer: '' }, param: 'amount' },
    { name: 'a recurring price', params: { customer: '', pricing: { price: 'monthly' } }, param: 'pricing[price]' },
    {
      name: 'two ways to say the cost',
      params: { customer: '', amount: 1, unit_amount_decimal: '2' },
      param: 'amount',
    },
    { name: 'an unknown invoice', params: { customer: '', amount: 1, invoice: 'in_none' }, param: 'invoice' },
  ])('an item is refused: $name', async ({ params, param }) => {
    const given = { ...params } as unknown as Stripe.InvoiceItemCreateParams;
    if (given.customer === '') given.customer = (await billing.customer()).id;
    if (given.pricing?.price === 'monthly') {
      given.pricing.price = await priceOf({ unit_amount: 100, recurring: { interval: 'month' } });
    }
    await expect(stripe.invoiceItems.create(given)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

describe('lines of a draft', () => {
  it('are added, changed and removed, one by one or together', async () => {
    const { id } = await billing.customer();
    const { id: invoice } = await stripe.invoices.create({ customer: id });
    const pending = await stripe.invoiceItems.create({ customer: id, amount: 100, currency: 'usd' });
    const added = await stripe.invoices.addLines(invoice, {
      lines: [
        { amount: 500, description: 'One' },
        { invoice_item: pending.id },
        { price_data: { currency: 'usd', product_data: { name: 'Two' }, unit_amount: 250 }, quantity: 3 },
      ],
    });
    expect(added).toMatchObject({ total: 1350 });
    const [one, two, three] = added.lines.data.map((line) => line.id);
    const changed = await stripe.invoices.updateLineItem(invoice, one ?? '', { amount: 600, metadata: { a: '1' } });
    expect(changed).toMatchObject({ id: one, amount: 600, metadata: { a: '1' } });
    const both = await stripe.invoices.updateLines(invoice, {
      lines: [
        { id: one ?? '', description: 'First' },
        { id: three ?? '', quantity: 4 },
      ],
      invoice_metadata: { batch: '2' },
    });
    expect(both).toMatchObject({ total: 1700, metadata: { batch: '2' } });
    const left = await stripe.invoices.removeLines(invoice, {
      lines: [
        { id: one ?? '', behavior: 'delete' },
        { id: two ?? '', behavior: 'unassign' },
      ],
    });
    expect(left).toMatchObject({ total: 1000 });
    expect(await stripe.invoiceItems.retrieve(pending.id)).toMatchObject({ invoice: null });
    const page = await stripe.invoices.listLineItems(invoice, { limit: 1 });
    expect(page).toMatchObject({ has_more: false, data: [{ id: three, amount: 1000 }] });
    await expect(stripe.invoices.updateLineItem(invoice, 'il_none', {})).rejects.toMatchObject({ statusCode: 404 });
  });

  it('an invoice shows ten lines, and the list pages through all', async () => {
    const { id } = await billing.customer();
    const { id: invoice } = await stripe.invoices.create({ customer: id });
    const lines = Array.from({ length: 25 }, (_, position) => ({ amount: position + 1 }));
    const added = await stripe.invoices.addLines(invoice, { lines });
    expect(added).toMatchObject({ total: 325, lines: { has_more: true } });
    expect(added.lines.data).toHaveLength(10);
    const amounts: number[] = [];
    for await (const line of stripe.invoices.listLineItems(invoice, { limit: 10 })) amounts.push(line.amount);
    expect(amounts).toEqual(lines.map((line) => line.amount));
  });
});

describe('previews', () => {
  it('show what waits and what is added, and keep nothing', async () => {
    const { id } = await billing.customer();
    await expect(stripe.invoices.createPreview({ customer: id })).rejects.toMatchObject({
      code: 'invoice_upcoming_none',
    });
    await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' });
    await billing.news();
    const preview = await stripe.invoices.createPreview({
      customer: id,
      invoice_items: [{ amount: 300, currency: 'usd', description: 'Extra' }],
    });
    expect(preview).toMatchObject({ total: 800, billing_reason: 'upcoming', status: 'draft', number: null });
    expect(preview.lines.data.map((line) => line.amount)).toEqual([500, 300]);
    expect(preview.lines.data[0]?.id).toMatch(/^il_tmp_/);
    expect(await billing.news()).toEqual([]);
    expect((await stripe.invoices.list({ customer: id })).data).toEqual([]);
  });
});
