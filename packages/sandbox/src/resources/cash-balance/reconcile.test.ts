import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cashStory } from '../../testing/cash-story.js';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_reconcile');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

/** Here money is put to what awaits it at once; at Stripe, a moment after it arrived. */
const patient = { timeout: 60_000, interval: 100 };
const { newCustomer, fund, cashOf, pay } = cashStory(() => stripe);
const remaining = async (id: string) =>
  (await stripe.paymentIntents.retrieve(id)).next_action?.display_bank_transfer_instructions?.amount_remaining;
const statusOf = async (invoice: string) => (await stripe.invoices.retrieve(invoice)).status;
const invoiceOf = async (customer: string, amount: number) => {
  const draft = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 10,
    payment_settings: {
      payment_method_types: ['customer_balance'],
      payment_method_options: {
        customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
      },
    },
  });
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount, currency: 'usd' });
  return stripe.invoices.finalizeInvoice(draft.id);
};

describe('reconciliation by hand', () => {
  it('touches nothing by itself, and applies what it is told to', async () => {
    const customer = await newCustomer('manual');
    await fund(customer, 5000);
    const waiting = await pay(customer, 3000);
    expect(waiting.next_action?.display_bank_transfer_instructions?.amount_remaining).toBe(3000);
    const partly = await stripe.paymentIntents.applyCustomerBalance(waiting.id, { amount: 1000, currency: 'usd' });
    expect(partly.next_action?.display_bank_transfer_instructions?.amount_remaining).toBe(2000);
    const tooMuch = stripe.paymentIntents.applyCustomerBalance(waiting.id, { amount: 2001 });
    await expect(tooMuch).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    const paid = await stripe.paymentIntents.applyCustomerBalance(waiting.id);
    expect(paid.status).toBe('succeeded');
    expect(await cashOf(customer)).toEqual({ usd: 2000 });
    const again = stripe.paymentIntents.applyCustomerBalance(waiting.id);
    await expect(again).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
    const poor = await pay(customer, 3000);
    const short = stripe.paymentIntents.applyCustomerBalance(poor.id);
    await expect(short).rejects.toMatchObject({ statusCode: 400 });
    const carded = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', customer });
    const wrong = stripe.paymentIntents.applyCustomerBalance(carded.id);
    await expect(wrong).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
  });
});

describe('automatic reconciliation', () => {
  it('pays the invoice whose number the sender wrote, and keeps what is more', async () => {
    const customer = await newCustomer();
    const [older, named] = [await invoiceOf(customer, 1000), await invoiceOf(customer, 1500)];
    await fund(customer, 2600, { reference: String(named.number).toLowerCase() });
    await expect.poll(() => statusOf(named.id), patient).toBe('paid');
    expect(await statusOf(older.id)).toBe('open');
    expect(await cashOf(customer)).toEqual({ usd: 1100 });
  });

  it('pays the intent whose reference the sender wrote, as far as it goes', async () => {
    const customer = await newCustomer();
    const [first, second] = [await pay(customer, 1000), await pay(customer, 1000)];
    const reference = second.next_action?.display_bank_transfer_instructions?.reference ?? '';
    await fund(customer, 400, { reference });
    await expect.poll(() => remaining(second.id), patient).toBe(600);
    expect(await remaining(first.id)).toBe(1000);
  });

  it('prefers the fewest that ask for exactly what came, and among those invoices', async () => {
    const customer = await newCustomer();
    const [a, b] = [await invoiceOf(customer, 1000), await invoiceOf(customer, 2000)];
    const c = await invoiceOf(customer, 3000);
    const intent = await pay(customer, 3000);
    await fund(customer, 3000);
    const statuses = () => Promise.all([a, b, c].map(({ id }) => statusOf(id)));
    await expect.poll(statuses, patient).toEqual(['open', 'open', 'paid']);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_action');
    await fund(customer, 5000);
    await expect.poll(statuses, patient).toEqual(['open', 'paid', 'paid']);
    await expect.poll(async () => (await stripe.paymentIntents.retrieve(intent.id)).status, patient).toBe('succeeded');
  });

  it('else pays whole invoices, oldest first, and then intents, the last of them in part', async () => {
    const customer = await newCustomer();
    const [a, b] = [await invoiceOf(customer, 1000), await invoiceOf(customer, 5000)];
    const intent = await pay(customer, 3000);
    await fund(customer, 1700);
    await expect.poll(() => remaining(intent.id), patient).toBe(2300);
    expect([await statusOf(a.id), await statusOf(b.id)]).toEqual(['paid', 'open']);
    const prepaid = await newCustomer();
    await fund(prepaid, 1000);
    const covered = await invoiceOf(prepaid, 800);
    await expect.poll(() => statusOf(covered.id), patient).toBe('paid');
    expect(await cashOf(prepaid)).toEqual({ usd: 200 });
    const unpaid = await invoiceOf(await newCustomer(), 1000);
    await fund(unpaid.customer as string, 999);
    expect(await statusOf(unpaid.id)).toBe('open');
    expect(await cashOf(unpaid.customer as string)).toEqual({ usd: 999 });
  });
});

describe('a subscription whose invoices are paid by bank transfer', () => {
  it('says so to its invoices, which the transfer pays', async () => {
    const customer = await newCustomer();
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1200,
      recurring: { interval: 'month' },
      product_data: { name: 'Seat' },
    });
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      collection_method: 'send_invoice',
      days_until_due: 14,
      payment_settings: {
        payment_method_types: ['customer_balance'],
        payment_method_options: {
          customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
        },
      },
    });
    const draft = subscription.latest_invoice as string;
    const invoice = await stripe.invoices.finalizeInvoice(draft);
    expect(invoice.payment_settings.payment_method_options?.customer_balance).toEqual({
      funding_type: 'bank_transfer',
      bank_transfer: { type: 'us_bank_transfer' },
    });
    await fund(customer, 1200);
    await expect.poll(() => statusOf(draft), patient).toBe('paid');
  });
});
