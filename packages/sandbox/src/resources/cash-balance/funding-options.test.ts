import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
let customer: string;
let price: string;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_funding');
  customer = (await stripe.customers.create()).id;
  const seat = { currency: 'eur', recurring: { interval: 'month' }, product_data: { name: 'Seat' } } as const;
  price = (await stripe.prices.create({ ...seat, unit_amount: 1200 })).id;
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

type Options = Stripe.InvoiceCreateParams.PaymentSettings.PaymentMethodOptions;
type Shown = Partial<Pick<Stripe.Invoice.PaymentSettings.PaymentMethodOptions, 'card' | 'customer_balance'>> | null;

/** Something whose options can be said and changed. */
interface Holder {
  readonly name: string;
  readonly inside: string;
  create(options: Options): Promise<string>;
  update(id: string, options: Options): Promise<Shown>;
}

const holders: readonly Holder[] = [
  {
    name: 'an invoice',
    inside: 'payment_settings[payment_method_options]',
    create: async (options) =>
      (await stripe.invoices.create({ customer, payment_settings: { payment_method_options: options } })).id,
    update: async (id, options) => {
      const changed = await stripe.invoices.update(id, { payment_settings: { payment_method_options: options } });
      return changed.payment_settings.payment_method_options;
    },
  },
  {
    name: 'a subscription',
    inside: 'payment_settings[payment_method_options]',
    create: async (options) => {
      const made = await stripe.subscriptions.create({
        customer,
        items: [{ price }],
        collection_method: 'send_invoice',
        days_until_due: 14,
        payment_settings: { payment_method_options: options as object },
      });
      return made.id;
    },
    update: async (id, options) => {
      const settings = { payment_method_options: options as object };
      const changed = await stripe.subscriptions.update(id, { payment_settings: settings });
      return changed.payment_settings?.payment_method_options ?? null;
    },
  },
  {
    name: 'a payment intent',
    inside: 'payment_method_options',
    create: async (options) => {
      const params = { amount: 900, currency: 'eur', customer, payment_method_options: options as object };
      return (await stripe.paymentIntents.create(params)).id;
    },
    update: async (id, options) => {
      const changed = await stripe.paymentIntents.update(id, { payment_method_options: options as object });
      return changed.payment_method_options as Shown;
    },
  },
];

const fundedFrom = (country: string): Options => ({
  customer_balance: {
    funding_type: 'bank_transfer',
    bank_transfer: { type: 'eu_bank_transfer', eu_bank_transfer: { country } },
  },
});

describe.each(holders)('how a bank transfer is to come, said to $name', ({ inside, create, update }) => {
  it('is refused by the name of what there is none of', async () => {
    const transfer = `${inside}[customer_balance][bank_transfer]`;
    await expect(create(fundedFrom('AT'))).rejects.toMatchObject({
      statusCode: 400,
      param: `${transfer}[eu_bank_transfer][country]`,
    });
    const pigeon = { funding_type: 'bank_transfer', bank_transfer: { type: 'pigeon' } };
    await expect(create({ customer_balance: pigeon })).rejects.toMatchObject({
      statusCode: 400,
      param: `${transfer}[type]`,
    });
    await expect(create({ customer_balance: { funding_type: 'cash' } })).rejects.toMatchObject({
      statusCode: 400,
      param: `${inside}[customer_balance][funding_type]`,
    });
  });

  it('stays where options of cards are changed, as those do, and goes when it is given empty', async () => {
    const id = await create(fundedFrom('FR'));
    const secured = await update(id, { card: { request_three_d_secure: 'any' } });
    expect(secured).toMatchObject({ ...fundedFrom('FR'), card: { request_three_d_secure: 'any' } });
    const moved = await update(id, fundedFrom('DE'));
    expect(moved).toMatchObject({ ...fundedFrom('DE'), card: { request_three_d_secure: 'any' } });
    const without = await update(id, { customer_balance: '' });
    expect(without?.customer_balance ?? null).toBeNull();
    expect(without?.card).toMatchObject({ request_three_d_secure: 'any' });
    const plain = await update(id, { card: '' });
    expect(plain?.card?.request_three_d_secure ?? 'automatic').toBe('automatic');
  });
});
