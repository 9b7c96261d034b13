import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../../testing/billing.js';

let billing: Billing;
let stripe: Stripe;

beforeAll(async () => {
  billing = await runBilling('amounts');
  stripe = billing.stripe;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const movements = async (id: string): Promise<unknown[]> =>
  (await stripe.customers.listBalanceTransactions(id)).data
    .map((one) => [one.type, one.amount, one.ending_balance])
    .reverse();

const rate = async (percentage: number, inclusive: boolean): Promise<string> =>
  (await stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive })).id;

describe('the customer’s balance', () => {
  it.each([
    { name: 'credit is used first', balance: -500, total: 1500, due: 1000, ending: 0 },
    { name: 'credit that is more than enough pays all', balance: -2000, total: 1500, due: 0, ending: -500 },
    { name: 'a debt is collected too', balance: 300, total: 1500, due: 1800, ending: 0 },
    { name: 'what is left is too little to charge', balance: -1460, total: 1500, due: 0, ending: 40 },
    { name: 'a total below 0 becomes credit', balance: -100, total: -400, due: 0, ending: -500 },
  ])('behaviours 59, 62: $name', async ({ balance, total, due, ending }) => {
    const { id } = await billing.customer('pm_card_visa', { balance });
    const draft = await billing.draft(id, total);
    expect(draft).toMatchObject({ starting_balance: balance, ending_balance: null });
    const final = await stripe.invoices.finalizeInvoice(draft.id);
    expect(final).toMatchObject({
      starting_balance: balance,
      ending_balance: ending,
      amount_due: due,
      status: due === 0 ? 'paid' : 'open',
    });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: ending });
    expect((await movements(id)).at(-1)).toEqual([
      ending > 0 ? 'invoice_too_small' : 'applied_to_invoice',
      ending - balance,
      ending,
    ]);
  });

  it('behaviour 62: what is too little to charge is paid, waits, and comes with the next invoice', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const little = await stripe.invoices.finalizeInvoice((await billing.draft(id, 49)).id, { expand: ['payments'] });
    expect(little).toMatchObject({ status: 'paid', amount_due: 0, amount_paid: 0, ending_balance: 49 });
    expect(little.payments?.data).toEqual([]);
    const next = await stripe.invoices.finalizeInvoice((await billing.draft(id, 1000)).id);
    expect(next).toMatchObject({ amount_due: 1049, starting_balance: 49, ending_balance: 0 });
  });

  it('voiding gives back what was taken', async () => {
    const { id } = await billing.customer('pm_card_visa', { balance: -500 });
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await billing.draft(id, 1500)).id);
    await stripe.invoices.voidInvoice(invoice);
    expect(await movements(id)).toEqual([
      ['initial', -500, -500],
      ['applied_to_invoice', 500, 0],
      ['unapplied_from_invoice', -500, -500],
    ]);
  });
});

describe('taxes', () => {
  it('exclusive taxes come on top, line by line and half up', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const tax = await rate(7.25, false);
    for (const amount of [1010, 1010]) {
      await stripe.invoiceItems.create({ customer: id, amount, currency: 'usd', tax_rates: [tax] });
    }
    const draft = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
    expect(draft).toMatchObject({ subtotal: 2020, total: 2166, total_excluding_tax: 2020, amount_due: 2166 });
    expect(draft.total_taxes).toMatchObject([
      { amount: 146, taxable_amount: 2020, tax_behavior: 'exclusive', tax_rate_details: { tax_rate: tax } },
    ]);
    expect(draft.lines.data.map((line) => line.taxes?.[0]?.amount)).toEqual([73, 73]);
  });

  it('inclusive taxes are inside, and default rates are for lines without rates of their own', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const [inside, outside] = [await rate(19, true), await rate(10, false)];
    await stripe.invoiceItems.create({ customer: id, amount: 1190, currency: 'usd', tax_rates: [inside] });
    await stripe.invoiceItems.create({ customer: id, amount: 1000, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: id,
      pending_invoice_items_behavior: 'include',
      default_tax_rates: [outside],
    });
    expect(draft).toMatchObject({
      subtotal: 2190,
      subtotal_excluding_tax: 2000,
      total: 2290,
      total_excluding_tax: 2000,
    });
    expect(draft.total_taxes?.map((tax) => [tax.amount, tax.tax_behavior])).toEqual([
      [100, 'exclusive'],
      [190, 'inclusive'],
    ]);
  });

  it('a customer who is exempt pays none', async () => {
    const { id } = await billing.customer('pm_card_visa', { tax_exempt: 'reverse' });
    const draft = await billing.draft(id, 1000, { default_tax_rates: [await rate(19, false)] });
    expect(draft).toMatchObject({ total: 1000 });
    expect(draft.total_taxes).toMatchObject([{ amount: 0, taxability_reason: 'reverse_charge' }]);
  });
});

describe('discounts', () => {
  // Checked, 64: documented: https://docs.stripe.com/billing/subscriptions/coupons,
  // https://docs.stripe.com/billing/taxes/tax-rates; rounding by line is a setting there and the rule here.
  it('behaviour 64: the line’s own come first, then the invoice’s, and taxes after both', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const [tenth, fixed] = [
      await stripe.coupons.create({ percent_off: 10, duration: 'once' }),
      await stripe.coupons.create({ amount_off: 300, currency: 'usd', duration: 'once' }),
    ];
    await stripe.invoiceItems.create({
      customer: id,
      amount: 1000,
      currency: 'usd',
      discounts: [{ coupon: tenth.id }],
    });
    await stripe.invoiceItems.create({ customer: id, amount: 2100, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: id,
      pending_invoice_items_behavior: 'include',
      default_tax_rates: [await rate(10, false)],
      discounts: [{ coupon: fixed.id }],
      expand: ['discounts'],
    });
    expect(draft).toMatchObject({ subtotal: 3000, total_excluding_tax: 2700, total: 2970 });
    expect(draft.discounts).toMatchObject([{ source: { coupon: fixed.id }, invoice: draft.id }]);
    expect(draft.total_discount_amounts?.map((one) => one.amount)).toEqual([300, 100]);
    expect(draft.lines.data.map((line) => [line.amount, line.discount_amounts?.map((one) => one.amount)])).toEqual([
      [2100, [210]],
      [1000, [100, 90]],
    ]);
  });

  it('behaviour 64: a customer’s discount is inherited, can be declined, and once is once', async () => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const { id } = await billing.customer('pm_card_visa');
    const old = billing.sandbox.stripe(billing.key, { apiVersion: '2024-06-20' as never });
    await old.customers.update(id, { coupon } as Stripe.CustomerUpdateParams);
    const declined = await billing.draft(id, 1000, { discounts: '' });
    expect(declined).toMatchObject({ total: 1000, discounts: [] });
    const inherited = await billing.draft(id, 1000);
    expect(inherited).toMatchObject({ total: 500 });
    expect(await stripe.invoices.finalizeInvoice(inherited.id)).toMatchObject({ total: 500 });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: null });
    expect(await billing.draft(id, 1000)).toMatchObject({ total: 1000 });
  });

  it('an invoice that costs nothing after its discounts is paid at once', async () => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 100, duration: 'once' });
    const { id } = await billing.customer();
    const draft = await billing.draft(id, 1000, { discounts: [{ coupon }] });
    expect(await stripe.invoices.finalizeInvoice(draft.id)).toMatchObject({ status: 'paid', total: 0, subtotal: 1000 });
  });
});
