import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../../testing/billing.js';

let billing: Billing;
let stripe: Stripe;

beforeAll(async () => {
  billing = await runBilling('credits');
  stripe = billing.stripe;
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const openInvoice = async (customer: string, amount = 2000): Promise<Stripe.Invoice> =>
  stripe.invoices.finalizeInvoice((await billing.draft(customer, amount)).id);

const paidInvoice = async (customer: string, amount = 2000): Promise<Stripe.Invoice> =>
  stripe.invoices.pay((await openInvoice(customer, amount)).id);

describe('credit notes before payment', () => {
  it('lower what is to pay, are numbered by the invoice, and can be voided', async () => {
    const { id } = await billing.customer('pm_card_visa', { invoice_prefix: 'CRED' });
    const invoice = await openInvoice(id);
    await billing.news();
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 500, reason: 'duplicate' });
    expect(note).toMatchObject({
      number: 'CRED-0001-CN-01',
      status: 'issued',
      type: 'pre_payment',
      amount: 500,
      pre_payment_amount: 500,
      post_payment_amount: 0,
      refunds: [],
    });
    expect(await billing.news()).toEqual(['credit_note.created', 'invoice.updated']);
    const lowered = await stripe.invoices.retrieve(invoice.id, { expand: ['payments'] });
    expect(lowered).toMatchObject({ amount_due: 1500, amount_remaining: 1500, pre_payment_credit_notes_amount: 500 });
    expect(lowered.payments?.data).toMatchObject([{ amount_requested: 1500 }]);
    expect(await stripe.creditNotes.voidCreditNote(note.id)).toMatchObject({ status: 'void' });
    expect(await billing.news()).toEqual(['credit_note.voided', 'invoice.updated']);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ amount_due: 2000, amount_remaining: 2000 });
    expect((await stripe.creditNotes.create({ invoice: invoice.id, amount: 1 })).number).toBe('CRED-0001-CN-02');
  });

  it('of all that is left make an invoice paid', async () => {
    const { id } = await billing.customer();
    const invoice = await openInvoice(id);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 2000 });
    expect(await stripe.invoices.retrieve(invoice.id, { expand: ['payments'] })).toMatchObject({
      status: 'paid',
      amount_paid: 0,
      amount_remaining: 0,
      payments: { data: [{ status: 'canceled' }] },
    });
  });
});

describe('credit notes after payment', () => {
  it('refund, credit the balance, or say that it was done elsewhere', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const invoice = await paidInvoice(id);
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 1200,
      refund_amount: 600,
      credit_amount: 400,
      out_of_band_amount: 200,
      expand: ['refunds.refund', 'customer_balance_transaction'],
    });
    expect(note).toMatchObject({
      type: 'post_payment',
      post_payment_amount: 1200,
      out_of_band_amount: 200,
      refunds: [{ amount_refunded: 600, refund: { amount: 600, status: 'succeeded' } }],
      customer_balance_transaction: { type: 'credit_note', amount: -400, invoice: invoice.id },
    });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -400 });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_paid: 2000,
      post_payment_credit_notes_amount: 1200,
    });
    await expect(stripe.creditNotes.voidCreditNote(note.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('are linked to a refund that was made already', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const invoice = await paidInvoice(id);
    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id });
    const refund = await stripe.refunds.create({
      payment_intent: String(data[0]?.payment.payment_intent),
      amount: 300,
    });
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 300,
      refunds: [{ refund: refund.id, amount_refunded: 300 }],
    });
    expect(note.refunds).toMatchObject([{ refund: refund.id, amount_refunded: 300 }]);
  });

  it('account for each refund once, and for those of their own invoice alone', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const [invoice, other] = [await paidInvoice(id), await paidInvoice(id)];
    const intentOf = async (one: string): Promise<string> =>
      String((await stripe.invoicePayments.list({ invoice: one })).data[0]?.payment.payment_intent);
    const refund = await stripe.refunds.create({ payment_intent: await intentOf(invoice.id), amount: 700 });
    const link = (amount: number, to = invoice.id) =>
      stripe.creditNotes.create({ invoice: to, amount, refunds: [{ refund: refund.id, amount_refunded: amount }] });
    await expect(link(300, other.id)).rejects.toMatchObject({ statusCode: 400, param: 'refunds[0][refund]' });
    await expect(link(701)).rejects.toMatchObject({ statusCode: 400, param: 'refunds[0][amount_refunded]' });
    expect((await link(500)).amount).toBe(500);
    await expect(link(300)).rejects.toMatchObject({ statusCode: 400, param: 'refunds[0][amount_refunded]' });
    expect((await link(200)).amount).toBe(200);
    const made = await stripe.creditNotes.create({ invoice: invoice.id, amount: 400, refund_amount: 400 });
    const [own] = made.refunds;
    const refunds = [{ refund: String(own?.refund), amount_refunded: 400 }];
    await expect(stripe.creditNotes.create({ invoice: invoice.id, amount: 400, refunds })).rejects.toMatchObject({
      param: 'refunds[0][amount_refunded]',
    });
  });

  it.each([
    { name: 'nothing says where the money goes', params: { amount: 500 }, param: 'credit_amount' },
    { name: 'the parts are not the whole', params: { amount: 500, refund_amount: 400 }, param: 'credit_amount' },
    { name: 'more than the invoice', params: { amount: 2001, credit_amount: 2001 }, param: 'amount' },
    { name: 'neither amount nor lines', params: {}, param: 'amount' },
    { name: 'nothing', params: { amount: 0 }, param: 'amount' },
  ])('are refused: $name', async ({ params, param }) => {
    const { id } = await billing.customer('pm_card_visa');
    const invoice = await paidInvoice(id);
    const refused = stripe.creditNotes.create({ invoice: invoice.id, ...params });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, param });
    expect((await stripe.creditNotes.list({ invoice: invoice.id })).data).toEqual([]);
  });
});

describe('credit notes by lines', () => {
  it('take their share of the line’s discounts and taxes, and a preview says the same', async () => {
    const { id } = await billing.customer('pm_card_visa');
    const tax = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once' });
    await stripe.invoiceItems.create({
      customer: id,
      unit_amount_decimal: '1000' as never,
      quantity: 4,
      currency: 'usd',
      tax_rates: [tax.id],
    });
    const draft = await stripe.invoices.create({
      customer: id,
      pending_invoice_items_behavior: 'include',
      discounts: [{ coupon: coupon.id }],
    });
    const invoice = await stripe.invoices.pay(draft.id);
    expect(invoice).toMatchObject({ total: 4320 });
    const params = {
      invoice: invoice.id,
      lines: [
        { type: 'invoice_line_item' as const, invoice_line_item: invoice.lines.data[0]?.id ?? '', quantity: 1 },
        { type: 'custom_line_item' as const, description: 'Sorry', unit_amount: 100, quantity: 1 },
      ],
      credit_amount: 1180,
    };
    const preview = await stripe.creditNotes.preview(params);
    const note = await stripe.creditNotes.create(params);
    for (const one of [preview, note]) {
      expect(one).toMatchObject({
        subtotal: 1100,
        discount_amount: 100,
        total_excluding_tax: 1000,
        total: 1180,
        amount: 1180,
      });
      expect(one.total_taxes).toMatchObject([{ amount: 180, taxable_amount: 900 }]);
    }
    const lines = await stripe.creditNotes.listLineItems(note.id);
    expect(lines.data).toMatchObject([
      { type: 'invoice_line_item', amount: 1000, quantity: 1, discount_amount: 100 },
      { type: 'custom_line_item', amount: 100, description: 'Sorry' },
    ]);
    const previewed = await stripe.creditNotes.listPreviewLineItems(params);
    expect(previewed.data.map((line) => line.amount)).toEqual([1000, 100]);
    expect((await stripe.creditNotes.list({ customer: id })).data).toHaveLength(1);
    const updated = await stripe.creditNotes.update(note.id, { memo: 'Late', metadata: { a: '1' } });
    expect(updated).toMatchObject({ memo: 'Late', metadata: { a: '1' } });
    expect((await billing.news()).at(-1)).toBe('credit_note.updated');
  });
});
