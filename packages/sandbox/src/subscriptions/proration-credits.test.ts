import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril, failNext } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('crediting');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 1000;
const { middle, end } = april;

describe('what a change gives back', () => {
  it('behaviour 60: a second change gives back what the first one charged, not more', async () => {
    const { clock, item, change, pending } = await beginInApril(billing);
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
    const { clock, item, change, pending } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 11 }]);
    const [credit, debit] = await pending();
    expect([credit?.amount, debit?.amount]).toEqual([-500, 5500]);
    await billing.stripe.invoiceItems.del(debit?.id ?? '');
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
  });

  it('behaviour 60: neither is what stood on a draft that was deleted, or on an invoice that is void', async () => {
    const deleted = await beginInApril(billing);
    await billing.advance(deleted.clock, end);
    const { latest_invoice: draft } = await billing.stripe.subscriptions.retrieve(deleted.id);
    await billing.stripe.invoices.del(String(draft));
    await deleted.change([{ id: deleted.item, quantity: 2 }]);
    expect((await deleted.pending()).map(({ amount }) => amount)).toEqual([2000]);
    const voided = await beginInApril(billing);
    await failNext(billing, voided.customer);
    await billing.advance(voided.clock, end + 2 * hour);
    const { latest_invoice: open } = await billing.stripe.subscriptions.retrieve(voided.id);
    await billing.stripe.invoices.voidInvoice(String(open));
    await billing.advance(voided.clock, utc(2030, 5, 16) + 12 * hour);
    await voided.change([{ id: voided.item, quantity: 2 }]);
    expect((await voided.pending()).map(({ amount }) => amount)).toEqual([1000]);
  });

  it('behaviour 60: an invoice that is void takes back its credits with its debits', async () => {
    const { clock, item, change, customer, pending } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await failNext(billing, customer);
    const more = { proration_behavior: 'always_invoice' } as const;
    const late = await change([{ id: item, quantity: 2 }], more);
    await billing.stripe.invoices.voidInvoice(String(late.latest_invoice));
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 500]);
    for (const { id } of await pending()) await billing.stripe.invoiceItems.del(id);
    await change([{ id: item, quantity: 3 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 1500]);
  });

  it('behaviours 59, 60: classic mode gives back what the time costs now and names no line, and nothing leads back to it', async () => {
    const { clock, item, change, pending, id } = await beginInApril(billing, { billing_mode: { type: 'classic' } });
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 4 }]);
    const items = await pending();
    expect(items.map(({ amount }) => amount)).toEqual([-500, 2000]);
    expect(items[0]?.proration_details?.credited_items).toBeNull();
    const flexible = await billing.stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } });
    expect(flexible).toMatchObject({ billing_mode: { type: 'flexible', updated_at: middle } });
    // There is no way back: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
    const back = billing.stripe.rawRequest('POST', `/v1/subscriptions/${id}/migrate`, {
      billing_mode: { type: 'classic' },
    });
    await expect(back).rejects.toMatchObject({ statusCode: 400, param: 'billing_mode[type]' });
    const unchanged = await billing.stripe.subscriptions.retrieve(id);
    expect(unchanged.billing_mode).toMatchObject({ type: 'flexible', updated_at: middle });
  });

  it('behaviour 60: itemized prorations give back gross amounts less what the discount took, though it be spent', async () => {
    const { stripe } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const flexible = { proration_discounts: 'itemized' } as const;
    const { clock, item, change, subscription, pending } = await beginInApril(billing, {
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

  it("behaviour 60: an itemized credit takes an item's own discount off before the subtotal, as its debit did", async () => {
    const { stripe } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const flexible = { proration_discounts: 'itemized' } as const;
    const price = await billing.price(1000);
    const { clock, item, change, subscription } = await beginInApril(billing, {
      billing_mode: { type: 'flexible', flexible },
      items: [{ price, discounts: [{ coupon: coupon.id }] }],
    });
    expect(await billing.invoice(subscription.latest_invoice)).toMatchObject({ subtotal: 500, total: 500 });
    await billing.advance(clock, middle);
    const changed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    const invoice = await billing.invoice(changed.latest_invoice);
    // Half of twenty less half of what five paid for.
    expect(invoice).toMatchObject({ subtotal: 750, total: 750, status: 'paid' });
    const credit = invoice.lines.data.find(({ amount }) => amount < 0);
    expect(credit).toMatchObject({ amount: -500, discount_amounts: [{ amount: -250 }] });
    expect(Object.keys(credit?.discount_amounts?.[0] ?? {})).toEqual(['amount', 'discount']);
  });

  it('behaviour 60: a debit that waits is given back as what it was made to', async () => {
    const { stripe } = billing;
    const { clock, item, change, pending } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }]);
    const [, debit] = await pending();
    await stripe.invoiceItems.update(debit?.id ?? '', { amount: 600 });
    await change([{ id: item, quantity: 1 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-500, 600, -600, 500]);
    const other = await beginInApril(billing);
    await billing.advance(other.clock, middle);
    await other.change([{ id: other.item, quantity: 2 }]);
    const [, given] = await other.pending();
    await stripe.invoiceItems.update(given?.id ?? '', { amount: 0 });
    await other.change([{ id: other.item, quantity: 1 }]);
    expect((await other.pending()).map(({ amount }) => amount)).toEqual([-500, 0, 500]);
  });

  it('behaviour 60: a subscription that is migrated takes the way of showing discounts that was asked for', async () => {
    const coupon = await billing.stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const { clock, item, id, change, pending } = await beginInApril(billing, {
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
    const { clock, item, change, pending } = await beginInApril(billing, { discounts: [{ coupon: coupon.id }] });
    await billing.advance(clock, middle);
    await change([{ id: item, quantity: 2 }]);
    expect((await pending()).map(({ amount }) => amount)).toEqual([-250, 500]);
  });
});
