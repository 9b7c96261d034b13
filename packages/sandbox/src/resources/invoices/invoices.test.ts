import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../../testing/billing.js';

let billing: Billing;

beforeAll(async () => {
  billing = await runBilling('invoices');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const day = 24 * 60 * 60;

describe('invoices', () => {
  it('behaviours 46, 49: an item, a draft, a number, a payment, and the events that tell it', async () => {
    const { stripe, customer, draft, news } = billing;
    const { id } = await customer('pm_card_visa', { invoice_prefix: 'ACME' });
    const made = await draft(id, 1500);
    expect(made).toMatchObject({ status: 'draft', number: null, amount_due: 1500, billing_reason: 'manual' });
    expect((await news()).slice(-2)).toEqual(['invoiceitem.created', 'invoice.created']);
    const open = await stripe.invoices.finalizeInvoice(made.id, { expand: ['confirmation_secret'] });
    expect(open).toMatchObject({ status: 'open', number: 'ACME-0001', amount_due: 1500, amount_remaining: 1500 });
    expect(open.confirmation_secret?.client_secret).toMatch(/^pi_.*_secret_/);
    const paid = await stripe.invoices.pay(made.id, { expand: ['payments'] });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1500, amount_remaining: 0, attempt_count: 1 });
    expect(paid.payments?.data).toMatchObject([{ status: 'paid', amount_paid: 1500, is_default: true }]);
    expect(await news()).toEqual([
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
    expect((await stripe.invoices.finalizeInvoice((await draft(id, 700)).id)).number).toBe('ACME-0002');
  });

  it('behaviour 46: the way from money to its invoice is an invoice payment, for intents attached by hand too', async () => {
    const { stripe, customer, draft } = billing;
    const { id } = await customer('pm_card_visa');
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await draft(id, 5000)).id);
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer: id,
      payment_method: 'pm_card_visa',
      confirm: true,
      off_session: true,
    });
    const partly = await stripe.invoices.attachPayment(invoice, {
      payment_intent: intent.id,
      expand: ['payments.data.payment.payment_intent'],
    });
    expect(partly).toMatchObject({ status: 'open', amount_paid: 2000, amount_remaining: 3000 });
    expect(partly.payments?.data).toMatchObject([
      { is_default: false, status: 'paid', amount_paid: 2000, payment: { payment_intent: { id: intent.id } } },
      { is_default: true, status: 'open', amount_requested: 3000, payment: { payment_intent: { amount: 3000 } } },
    ]);
    const found = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent.id },
    });
    expect(found.data.map((payment) => payment.invoice)).toEqual([invoice]);
    expect(await stripe.invoices.pay(invoice)).toMatchObject({ status: 'paid', amount_paid: 5000 });
    const all = await stripe.invoicePayments.list({ invoice, status: 'paid' });
    expect(all.data.map((payment) => payment.amount_paid)).toEqual([2000, 3000]);
    expect(await stripe.invoicePayments.retrieve(all.data[0]?.id ?? '')).toMatchObject({ object: 'invoice_payment' });
  });

  it('behaviour 46: what is paid beyond the amount goes to the balance', async () => {
    const { stripe, customer, draft, news } = billing;
    const { id } = await customer();
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await draft(id, 1000)).id);
    const { id: payment_intent } = await stripe.paymentIntents.create({
      amount: 1300,
      currency: 'usd',
      customer: id,
      payment_method: 'pm_card_visa',
      confirm: true,
      off_session: true,
    });
    await news();
    expect(await stripe.invoices.attachPayment(invoice, { payment_intent })).toMatchObject({
      status: 'paid',
      amount_paid: 1000,
      amount_overpaid: 300,
    });
    expect(await news()).toContain('invoice.overpaid');
    expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -300 });
    expect((await stripe.customers.listBalanceTransactions(id)).data).toMatchObject([
      { type: 'invoice_overpaid', amount: -300, invoice },
    ]);
  });

  it('behaviour 49: only drafts can be edited and deleted', async () => {
    const { stripe, customer, draft, news } = billing;
    const { id } = await customer('pm_card_visa');
    const made = await draft(id, 1500);
    const edited = await stripe.invoices.update(made.id, { description: 'Thanks', metadata: { order: '7' } });
    expect(edited).toMatchObject({ description: 'Thanks', metadata: { order: '7' } });
    const { id: other } = await draft(id, 900);
    await news();
    expect(await stripe.invoices.del(other)).toEqual({ id: other, object: 'invoice', deleted: true });
    expect(await news()).toEqual(['invoiceitem.deleted', 'invoice.deleted']);
    await expect(stripe.invoices.retrieve(other)).rejects.toMatchObject({ statusCode: 404 });
    await stripe.invoices.finalizeInvoice(made.id);
    await expect(stripe.invoices.del(made.id)).rejects.toMatchObject({ statusCode: 400 });
    const edit = stripe.invoices.update(made.id, { discounts: '' });
    await expect(edit).rejects.toMatchObject({ code: 'invoice_not_editable' });
    expect(await stripe.invoices.update(made.id, { metadata: { order: '' } })).toMatchObject({ metadata: {} });
  });

  it.each([
    { from: 'open', verb: 'finalizeInvoice' },
    { from: 'paid', verb: 'pay' },
    { from: 'paid', verb: 'voidInvoice' },
    { from: 'paid', verb: 'markUncollectible' },
    { from: 'void', verb: 'pay' },
    { from: 'void', verb: 'voidInvoice' },
    { from: 'uncollectible', verb: 'markUncollectible' },
    { from: 'draft', verb: 'voidInvoice' },
    { from: 'draft', verb: 'markUncollectible' },
  ] as const)('behaviour 49: $verb is refused of an invoice that is $from', async ({ from, verb }) => {
    const { stripe, customer, draft } = billing;
    const { id: invoice } = await draft((await customer('pm_card_visa')).id, 1500);
    if (from !== 'draft') await stripe.invoices.finalizeInvoice(invoice);
    if (from === 'paid') await stripe.invoices.pay(invoice);
    if (from === 'void') await stripe.invoices.voidInvoice(invoice);
    if (from === 'uncollectible') await stripe.invoices.markUncollectible(invoice);
    await expect(stripe.invoices[verb](invoice)).rejects.toMatchObject({ statusCode: 400 });
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: from });
  });

  it('behaviour 49: what was given up can still be paid, and voided', async () => {
    const { stripe, customer, draft, news } = billing;
    const { id } = await customer('pm_card_visa');
    const [one, other] = [await draft(id, 1500), await draft(id, 1600)];
    for (const { id: invoice } of [one, other]) {
      await stripe.invoices.finalizeInvoice(invoice);
      await news();
      expect(await stripe.invoices.markUncollectible(invoice)).toMatchObject({ status: 'uncollectible' });
      expect(await news()).toEqual(['invoice.updated', 'invoice.marked_uncollectible']);
    }
    expect(await stripe.invoices.pay(one.id)).toMatchObject({ status: 'paid' });
    await news();
    expect(await stripe.invoices.voidInvoice(other.id, { expand: ['payments'] })).toMatchObject({
      status: 'void',
      payments: { data: [{ status: 'canceled' }] },
    });
    expect(await news()).toEqual(['invoice.updated', 'payment_intent.canceled', 'invoice.voided']);
  });

  // Checked, 63: too little to charge is marked paid, and paid out of band is told by `invoice.paid`: documented at
  // https://docs.stripe.com/api/invoices and by the SDK's comment on `InvoicePaidEvent`. An invoice of nothing was seen
  // in recorded events. What becomes of the intent is not documented: it is canceled here.
  it('behaviour 63: paid elsewhere is paid without a charge', async () => {
    const { stripe, customer, draft } = billing;
    const { id } = await customer();
    const { id: invoice } = await stripe.invoices.finalizeInvoice((await draft(id, 1500)).id);
    const paid = await stripe.invoices.pay(invoice, { paid_out_of_band: true, expand: ['payments'] });
    expect(paid).toMatchObject({ status: 'paid', amount_remaining: 0, payments: { data: [{ status: 'canceled' }] } });
    expect((await stripe.charges.list({ customer: id })).data).toEqual([]);
  });

  it('behaviour 63: an invoice of nothing is paid without a payment', async () => {
    const { stripe, customer, news } = billing;
    const { id } = await customer();
    const empty = await stripe.invoices.create({ customer: id });
    await news();
    const paid = await stripe.invoices.finalizeInvoice(empty.id, { expand: ['payments'] });
    expect(paid).toMatchObject({ status: 'paid', amount_due: 0, attempt_count: 0, payments: { data: [] } });
    expect(await news()).toEqual([
      'invoice.updated',
      'invoice.finalized',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
  });

  it('an invoice that is sent has a date, and automations tell of it when somebody set them up', async () => {
    const { stripe, customer, draft, later, news, sandbox, key } = billing;
    await sandbox.control('POST', 'collection', { key, overdue_days: 2, will_be_due_days: 3 });
    const { id } = await customer();
    await expect(draft(id, 100, { collection_method: 'send_invoice' })).rejects.toMatchObject({
      param: 'days_until_due',
    });
    const made = await draft(id, 5000, { collection_method: 'send_invoice', days_until_due: 10 });
    await news();
    const sent = await stripe.invoices.sendInvoice(made.id);
    expect(sent).toMatchObject({ status: 'open', next_payment_attempt: null });
    expect(sent.hosted_invoice_url).toContain(sent.id);
    const finalizedAt = sent.status_transitions.finalized_at ?? 0;
    expect((sent.due_date ?? 0) - finalizedAt).toBe(10 * day);
    expect((await news()).at(-1)).toBe('invoice.sent');
    await later(7 * day);
    expect(await news()).toEqual(['invoice.will_be_due']);
    await later(5 * day);
    expect(await news()).toEqual(['customer.updated', 'invoice.overdue']);
    expect(await stripe.customers.retrieve(id)).toMatchObject({ delinquent: true });
  });

  it('lists by customer, status, method and due date', async () => {
    const { stripe, customer, draft } = billing;
    const { id } = await customer('pm_card_visa');
    const [one, two] = [await draft(id, 1500), await draft(id, 1600)];
    await stripe.invoices.finalizeInvoice(one.id);
    const ids = async (filter: object): Promise<string[]> =>
      (await stripe.invoices.list({ customer: id, ...filter })).data.map((invoice) => invoice.id);
    expect(await ids({})).toEqual([two.id, one.id]);
    expect(await ids({ status: 'open' })).toEqual([one.id]);
    expect(await ids({ collection_method: 'send_invoice' })).toEqual([]);
    expect(await ids({ due_date: { gt: 0 } })).toEqual([]);
    expect(await ids({ limit: 1, starting_after: two.id })).toEqual([one.id]);
  });
});
