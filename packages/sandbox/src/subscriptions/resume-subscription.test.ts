import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('returning');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const { middle } = april;
const hour = 3600;

/** Paused in the middle of April, which gives 5.00 back, and asked to return at once: 10.00 less that are to be paid. */
const returning = async (fields: Stripe.SubscriptionResumeParams = {}) => {
  const begun = await beginInApril(billing);
  await billing.advance(begun.clock, middle);
  await billing.stripe.subscriptions.pause(begun.id);
  const { latest_invoice } = await billing.stripe.subscriptions.resume(begun.id, fields);
  const amounts = async () => (await begun.pending()).map(({ amount }) => amount);
  return { ...begun, invoice: String(latest_invoice), amounts };
};

/** All that its invoices asked for and that was not given up, with what waits still. */
const billed = async (customer: string): Promise<number> => {
  const invoices = await billing.stripe.invoices.list({ customer });
  const items = await billing.stripe.invoiceItems.list({ customer, pending: true });
  const standing = invoices.data.filter(({ status }) => status !== 'void').map(({ total }) => total);
  return [...standing, ...items.data.map(({ amount }) => amount)].reduce((sum, one) => sum + one, 0);
};

describe('behaviour 57: a subscription that is changed while its return waits to be paid', () => {
  it('gives nothing back of what its void invoice never charged', async () => {
    const { clock, id, item, customer, change, amounts } = await returning();
    await change([{ id: item, quantity: 3 }]);
    await change([{ id: item, quantity: 2 }]);
    await billing.news();
    await billing.advance(clock, middle + 23 * hour);
    expect(await amounts()).toEqual([-500]);
    expect((await billing.news()).filter((type) => type === 'invoiceitem.deleted')).toHaveLength(4);
    // April as far as it ran, and nothing else.
    expect(await billed(customer)).toBe(500);
    const again = await billing.stripe.subscriptions.resume(id);
    await billing.stripe.invoices.pay(String(again.latest_invoice));
    expect(await billed(customer)).toBe(500 + 2000);
    expect(await amounts()).toEqual([]);
  });

  it('is billed the difference when it is paid for after all', async () => {
    const { id, item, customer, invoice, change, amounts } = await returning();
    const changed = await change([{ id: item, quantity: 2 }], { proration_behavior: 'always_invoice' });
    expect(changed.status).toBe('paused');
    expect(await amounts()).toEqual([-1000, 2000]);
    await billing.stripe.invoices.pay(invoice);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      items: { data: [{ quantity: 2 }] },
    });
    expect(await billed(customer)).toBe(500 + 2000);
  });

  it('is taken back in the same way by whoever voids its invoice, and can return at once', async () => {
    const { id, item, customer, invoice, change, amounts } = await returning();
    await change([{ id: item, quantity: 2 }]);
    await billing.stripe.invoices.voidInvoice(invoice);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' });
    expect(await amounts()).toEqual([-500]);
    const again = await billing.stripe.subscriptions.resume(id);
    await billing.stripe.invoices.pay(String(again.latest_invoice));
    expect(await billed(customer)).toBe(500 + 2000);
  });

  it('keeps what another change gave back of time that was paid for', async () => {
    const begun = await beginInApril(billing);
    await billing.advance(begun.clock, middle);
    await billing.stripe.subscriptions.pause(begun.id, { bill_for: { unused_time_from: { type: 'none' } } });
    const extra = await billing.price(3000);
    await begun.change([{ price: extra }]);
    const anchor = { billing_cycle_anchor: { type: 'unchanged' }, proration_behavior: 'always_invoice' } as const;
    const waiting = await billing.stripe.subscriptions.resume(begun.id, anchor);
    expect(await billing.invoice(waiting.latest_invoice)).toMatchObject({ status: 'open', total: 1500 });
    await begun.change([{ id: begun.item, deleted: true }]);
    expect((await begun.pending()).map(({ amount }) => amount)).toEqual([-500]);
    await billing.advance(begun.clock, middle + 23 * hour);
    expect((await begun.pending()).map(({ amount }) => amount)).toEqual([-500]);
  });

  it('asks for nothing any more once it is canceled, and gives nothing back but for its pause', async () => {
    const { id, customer, invoice } = await returning();
    await billing.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
    expect(await billing.invoice(invoice)).toMatchObject({ status: 'void' });
    expect(await billed(customer)).toBe(500);
  });
});
