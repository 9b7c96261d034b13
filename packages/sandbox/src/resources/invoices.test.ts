import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_invoices';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const customerWith = async (token: string, fields: Stripe.CustomerCreateParams = {}): Promise<Stripe.Customer> =>
  stripe.customers.create({
    payment_method: token,
    invoice_settings: { default_payment_method: token },
    email: 'jo@example.com',
    ...fields,
  });

const draftOf = async (
  customer: Stripe.Customer,
  amount: number,
  fields: Stripe.InvoiceCreateParams = {},
): Promise<Stripe.Invoice> => {
  await stripe.invoiceItems.create({ customer: customer.id, amount, currency: 'usd', description: 'Work' });
  return stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: 'include', ...fields });
};

const eventsSince = async (mark: string): Promise<string[]> =>
  (await stripe.events.list({ limit: 100, ending_before: mark })).data.map((event) => event.type).reverse();

const lastEvent = async (): Promise<string> => (await stripe.events.list({ limit: 1 })).data[0]?.id ?? '';

const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });

describe('invoices', () => {
  it('behaviours 46, 49: an item, a draft, a number, a payment, and the events that tell it', async () => {
    const customer = await customerWith('pm_card_visa', { invoice_prefix: 'ACME' });
    const draft = await draftOf(customer, 1500);
    expect(draft).toMatchObject({ status: 'draft', number: null, amount_due: 1500, billing_reason: 'manual' });
    const mark = await lastEvent();
    const open = await stripe.invoices.finalizeInvoice(draft.id, { expand: ['confirmation_secret'] });
    expect(open).toMatchObject({ status: 'open', number: 'ACME-0001', amount_due: 1500, amount_remaining: 1500 });
    expect(open.confirmation_secret?.client_secret).toMatch(/^pi_.*_secret_/);
    const paid = await stripe.invoices.pay(draft.id, { expand: ['payments'] });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1500, amount_remaining: 0, attempt_count: 1 });
    expect(paid.payments?.data).toMatchObject([{ status: 'paid', amount_paid: 1500, is_default: true }]);
    expect(await eventsSince(mark)).toEqual([
      'payment_intent.created',
      'invoice.updated',
      'invoice.finalized',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ]);
  });
});
