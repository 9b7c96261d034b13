import type Stripe from 'stripe';
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
  /** The types of what happened since the last time this was asked, in order. */
  news(): Promise<string[]>;
}

const newsMax = 100;
const pagesMax = 20;

export const runBilling = async (name: string, options: RunningOptions = {}): Promise<Billing> => {
  const sandbox = await runSandbox(options);
  const key = `sk_test_${name}`;
  const stripe = sandbox.stripe(key);
  let seen: string | undefined;
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
    news: async () => {
      const types: string[] = [];
      for (let page = 0; page < pagesMax; page += 1) {
        const cursor: { ending_before?: string } = seen === undefined ? {} : { ending_before: seen };
        const { data, has_more } = await stripe.events.list({ limit: newsMax, ...cursor });
        seen = data[0]?.id ?? seen;
        types.push(...data.map((event) => event.type).reverse());
        if (!has_more || cursor.ending_before === undefined) return types;
      }
      throw new Error('too much news for one test');
    },
  };
};
