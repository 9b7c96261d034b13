import type Stripe from 'stripe';
import { newsOf } from './news.js';
import { type RunningOptions, type RunningSandbox, runSandbox } from './running-sandbox.js';

/** What tests of invoices share: a sandbox, an account, and the few steps each of them begins with. */
export interface Billing {
  readonly sandbox: RunningSandbox;
  readonly stripe: Stripe;
  readonly key: string;
  /** A customer whose default method this is; without one they have none. */
  customer(token?: string, fields?: Stripe.CustomerCreateParams): Promise<Stripe.Customer>;
  /** A draft of one item by its amount. */
  draft(customer: string, amount: number, fields?: Stripe.InvoiceCreateParams): Promise<Stripe.Invoice>;
  /** Lets the account's time pass. */
  later(seconds: number): Promise<unknown>;
  /** Lets the usage that was reported be counted. */
  counted(): Promise<unknown>;
  /** The types of what happened since the last time this was asked, in order. */
  news(): Promise<string[]>;
}

export const runBilling = async (name: string, options: RunningOptions = {}): Promise<Billing> => {
  const sandbox = await runSandbox(options);
  const key = `sk_test_${name}`;
  const stripe = sandbox.stripe(key);
  return {
    sandbox,
    stripe,
    key,
    customer: (token, fields = {}) =>
      stripe.customers.create({
        email: 'jo@example.com',
        ...(token === undefined ? {} : { payment_method: token, invoice_settings: { default_payment_method: token } }),
        ...fields,
      }),
    draft: async (customer, amount, fields = {}) => {
      await stripe.invoiceItems.create({ customer, amount, currency: fields.currency ?? 'usd', description: 'Work' });
      return stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include', ...fields });
    },
    later: (seconds) => sandbox.control('POST', 'clock', { key, advance_seconds: seconds }),
    counted: () => sandbox.usageCounted(key),
    news: newsOf(stripe),
  };
};
