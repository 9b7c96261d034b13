import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = 'sk_test_sandbox_world';
const SECOND = 1_000;

describe.each(testDatabases())('money goes back, on %s', (database) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    await world.connect(KEY, { create_customers: true });
  });
  afterEach(() => world.close());

  const expectBooksToHold = async () => expect(await checkLedger(world.context.db, null)).toEqual([]);

  /** A customer in both systems whose card is this one. */
  const customerWith = async (card: string): Promise<string> => {
    const made = await world.request('POST', '/v1/customers', { external_id: `u_${card}`, name: 'Ada' });
    await world.quiet();
    const stripeId = String((await world.request('GET', `/v1/customers/${made.body.id}`)).body.provider_customer_id);
    const method = await world.stripe(KEY).paymentMethods.attach(card, { customer: stripeId });
    await world.stripe(KEY).customers.update(stripeId, { invoice_settings: { default_payment_method: method.id } });
    await world.quiet();
    return String(made.body.id);
  };

  const invoiceOf = async (customer: string, unitAmount: number, more: object = {}) => {
    const made = await world.request('POST', '/v1/invoices', {
      customer_id: customer,
      currency: 'eur',
      finalize: true,
      lines: [{ description: 'Seats', quantity: '1', unit_amount: unitAmount }],
      ...more,
    });
    expect(made.body).toMatchObject({ object: 'invoice' });
    await world.quiet();
    return String(made.body.id);
  };

  const get = async (path: string) => (await world.request('GET', path)).body;

  /** The balance of one account, summed over its owners, in cents of the euro. */
  const balance = async (account: string): Promise<bigint> => {
    const balances = await get('/v1/ledger/balances');
    const found = balances.data?.find((each: Body) => each.account === account && each.currency === 'eur');
    return BigInt(String(found?.balance ?? '0'));
  };

  test('INV-8, INV-9: a paid invoice is refunded in part and then whole, and the books tie to the balance at Stripe', async () => {
    const customer = await customerWith('pm_card_visa');
    const invoice = await invoiceOf(customer, 5000);
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid', payment_status: 'succeeded' });
    await expectBooksToHold();

    const part = await world.request('POST', '/v1/refunds', { invoice_id: invoice, amount: 2000 });
    expect(part).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 2000, origin: 'asked' } });
    const rest = await world.request('POST', '/v1/refunds', { invoice_id: invoice });
    expect(rest).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 3000 } });
    const again = await world.request('POST', '/v1/refunds', { invoice_id: invoice });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'refund_nothing_left' } } });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid', amount_refunded: 5000 });
    await expectBooksToHold();

    await world.advance(20 * SECOND);
    await expectBooksToHold();
    const atStripe = await world.stripe(KEY).balanceTransactions.list({ limit: 100 });
    const net = atStripe.data.reduce((sum, each) => sum + each.net, 0);
    expect(await balance('stripe_clearing')).toBe(BigInt(net));
    expect(await balance('payments_in_transit')).toBe(0n);
    expect(await balance('refunds_payable')).toBe(0n);
    expect(await balance('refunds_given')).toBe(5000n);
    expect(await get('/v1/ledger/check')).toMatchObject({ holds: true, violations: [] });
  });

  test('a refund that the bank keeps waiting is pending, then done; one that the bank sends back is failed', async () => {
    const slow = await customerWith('pm_card_pendingRefund');
    const slowInvoice = await invoiceOf(slow, 3000);
    const pending = await world.request('POST', '/v1/refunds', { invoice_id: slowInvoice });
    expect(pending).toMatchObject({ status: 201, body: { status: 'pending' } });
    await expectBooksToHold();
    expect(await balance('refunds_payable')).toBe(-3000n);
    await world.advance(90 * SECOND);
    expect(await get(`/v1/refunds/${pending.body.id}`)).toMatchObject({ status: 'succeeded' });
    await expectBooksToHold();

    const returning = await customerWith('pm_card_refundFail');
    const returningInvoice = await invoiceOf(returning, 4000);
    const refund = await world.request('POST', '/v1/refunds', { invoice_id: returningInvoice });
    expect(refund.body).toMatchObject({ status: 'succeeded' });
    await world.advance(90 * SECOND);
    expect(await get(`/v1/refunds/${refund.body.id}`)).toMatchObject({
      status: 'failed',
      failure: { code: 'expired_or_canceled_card' },
    });
    expect(await get(`/v1/invoices/${returningInvoice}`)).toMatchObject({ status: 'paid', amount_refunded: 0 });
    await expectBooksToHold();
    expect(await balance('payments_in_transit')).toBe(0n);
  });

  test('a refund made at Stripe is a refund of ours, once', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_visa'), 5000);
    const payments = await get(`/v1/payments?invoice_id=${invoice}`);
    const intent = String(payments.data?.[0]?.stripe_payment_intent_id);
    await world.stripe(KEY).refunds.create({ payment_intent: intent, amount: 1500 });
    await world.quiet();
    const refunds = await get(`/v1/refunds?invoice_id=${invoice}`);
    expect(refunds.data).toHaveLength(1);
    expect(refunds.data?.[0]).toMatchObject({ origin: 'stripe', status: 'succeeded', amount: 1500 });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ amount_refunded: 1500 });
    await world.advance(20 * SECOND);
    await expectBooksToHold();
    expect(await balance('payments_in_transit')).toBe(0n);
  });

  test('Stripe refuses a refund: nothing has gone, and the payment can be refunded again', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_createDispute'), 5000);
    const refused = await world.request('POST', '/v1/refunds', { invoice_id: invoice });
    expect(refused).toMatchObject({ status: 201, body: { status: 'failed', failure: { code: 'charge_disputed' } } });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ amount_refunded: 0 });
    await expectBooksToHold();
  });

  test('INV-8: a dispute takes the money out and, once won, brings it back', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_createDispute'), 5000);
    await world.advance(20 * SECOND);
    const [dispute] = (await get(`/v1/disputes?invoice_id=${invoice}`)).data ?? [];
    expect(dispute).toMatchObject({ status: 'needs_response', outcome: null, amount: 5000, has_funds_withdrawn: true });
    expect(await balance('disputed_funds')).toBe(5000n);
    expect(await balance('disputes')).toBe(0n);
    await expectBooksToHold();

    await world.stripe(KEY).disputes.update(String(dispute?.stripe_dispute_id), {
      evidence: { uncategorized_text: 'winning_evidence' },
    });
    await world.advance(20 * SECOND);
    expect(await get(`/v1/disputes/${dispute?.id}`)).toMatchObject({ status: 'won', outcome: 'won' });
    expect(await balance('disputed_funds')).toBe(0n);
    expect(await balance('disputes')).toBe(0n);
    await expectBooksToHold();
  });

  test('a lost dispute is a loss', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_createDispute'), 5000);
    const [dispute] = (await get(`/v1/disputes?invoice_id=${invoice}`)).data ?? [];
    await world.stripe(KEY).disputes.close(String(dispute?.stripe_dispute_id));
    await world.advance(20 * SECOND);
    expect(await get(`/v1/disputes/${dispute?.id}`)).toMatchObject({ status: 'lost', outcome: 'lost' });
    expect(await balance('dispute_losses')).toBe(5000n);
    expect(await balance('disputed_funds')).toBe(0n);
    await expectBooksToHold();
  });

  test('an open invoice is credited in part, then whole: what is due goes down to nothing', async () => {
    const customer = String((await world.request('POST', '/v1/customers', { external_id: 'u_open' })).body.id);
    const invoice = await invoiceOf(customer, 5000, { lines: TAXED });
    const [line] = (await get(`/v1/invoices/${invoice}/lines`)).data ?? [];
    const note = await world.request('POST', `/v1/invoices/${invoice}/credit_notes`, {
      lines: [{ invoice_line_id: line?.id, amount: 1190 }],
    });
    expect(note).toMatchObject({
      status: 201,
      body: { net: 1000, tax: 190, total: 1190, amount_against_debt: 1190, amount_refunded: 0, amount_credited: 0 },
    });
    expect(note.body.number).toMatch(/-CN1$/);
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'finalized', amount_due: 4760 });
    await expectBooksToHold();
    const rest = await world.request('POST', `/v1/invoices/${invoice}/credit_notes`, {});
    expect(rest.body).toMatchObject({ net: 4000, tax: 760, total: 4760 });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid', amount_due: 0, amount_paid: 0 });
    const none = await world.request('POST', `/v1/invoices/${invoice}/credit_notes`, {});
    expect(none).toMatchObject({ status: 409, body: { error: { code: 'credit_note_total_not_positive' } } });
    await expectBooksToHold();
  });

  test('INV-1, INV-8: a paid invoice is credited: one part goes back to the card, another stays as his money', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_visa'), 5000, { lines: TAXED });
    const [line] = (await get(`/v1/invoices/${invoice}/lines`)).data ?? [];
    const path = `/v1/invoices/${invoice}/credit_notes`;
    const back = await world.request('POST', path, { lines: [{ invoice_line_id: line?.id, amount: 2000 }] });
    expect(back).toMatchObject({ status: 201, body: { total: 2000, amount_refunded: 2000, amount_credited: 0 } });
    const [refund] = (await get(`/v1/refunds?invoice_id=${invoice}`)).data ?? [];
    expect(refund).toMatchObject({ status: 'succeeded', amount: 2000, credit_note_id: back.body.id });
    const kept = await world.request('POST', path, {
      lines: [{ invoice_line_id: line?.id, amount: 1000 }],
      settle_by: 'credit',
    });
    expect(kept).toMatchObject({ status: 201, body: { total: 1000, amount_refunded: 0, amount_credited: 1000 } });
    await expectBooksToHold();
    expect(await balance('overpayments')).toBe(-1000n);
    const tooMuch = await world.request('POST', '/v1/refunds', { invoice_id: invoice, amount: 2951 });
    expect(tooMuch).toMatchObject({ status: 409, body: { error: { code: 'refund_amount_too_large' } } });
    const rest = await world.request('POST', '/v1/refunds', { invoice_id: invoice });
    expect(rest).toMatchObject({ status: 201, body: { amount: 2950 } });
    await world.advance(20 * SECOND);
    await expectBooksToHold();
    expect(await balance('payments_in_transit')).toBe(0n);
  });

  test('INV-7: of what was paid too much in dinars all that Stripe can move goes back, and nobody tries the rest for ever', async () => {
    const lines = [{ description: 'Seats', quantity: '1', unit_amount: 50_000 }];
    const customer = await customerWith('pm_card_chargeCustomerFail');
    const invoice = await invoiceOf(customer, 50_000, { currency: 'kwd', lines });
    const [line] = (await get(`/v1/invoices/${invoice}/lines`)).data ?? [];
    const path = `/v1/invoices/${invoice}/credit_notes`;
    await world.request('POST', path, { lines: [{ invoice_line_id: line?.id, amount: 2504 }] });
    const [declined] = (await get(`/v1/payments?invoice_id=${invoice}`)).data ?? [];
    // He pays all of it with another card, past everybody.
    await world
      .stripe(KEY)
      .paymentIntents.confirm(String(declined?.stripe_payment_intent_id), {
        payment_method: 'pm_card_visa',
        off_session: true,
      });
    await world.advance(5 * 60 * SECOND);
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid', amount_due: 0 });
    await world.advance(25 * 60 * 60 * SECOND);
    const refunds = (await get(`/v1/refunds?invoice_id=${invoice}`)).data ?? [];
    expect(refunds.map(({ amount, status, origin }: Body) => [amount, status, origin])).toEqual([
      [2500, 'succeeded', 'automatic'],
    ]);
    expect((await get('/v1/dead_letters')).data).toEqual([]);
    await expectBooksToHold();
  });

  test('a credit note whose refund comes back is the credit of the customer', async () => {
    const invoice = await invoiceOf(await customerWith('pm_card_refundFail'), 5000);
    const note = await world.request('POST', `/v1/invoices/${invoice}/credit_notes`, {});
    expect(note.body).toMatchObject({ amount_refunded: 5000 });
    await world.advance(90 * SECOND);
    expect(await get(`/v1/credit_notes/${note.body.id}`)).toMatchObject({ amount_refunded: 0, amount_credited: 5000 });
    expect(await balance('overpayments')).toBe(-5000n);
    await expectBooksToHold();
  });

  test('INV-8: bank transfers pay an invoice in two parts', async () => {
    const customer = String((await world.request('POST', '/v1/customers', { external_id: 'u_bank' })).body.id);
    const invoice = await invoiceOf(customer, 5000, { collection_method: 'send_invoice', days_until_due: 14 });
    const path = `/v1/invoices/${invoice}/offline_payments`;
    const part = await world.request('POST', path, { amount: 2000, reference: 'SEPA 1' });
    expect(part).toMatchObject({ status: 201, body: { kind: 'offline', status: 'succeeded', amount: 2000 } });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'finalized', amount_due: 3000 });
    await expectBooksToHold();
    const tooMuch = await world.request('POST', path, { amount: 3001 });
    expect(tooMuch).toMatchObject({ status: 409, body: { error: { code: 'offline_payment_amount_too_large' } } });
    expect(await world.request('POST', path, {})).toMatchObject({ status: 201, body: { amount: 3000 } });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid', payment_status: 'succeeded' });
    expect(await world.request('POST', path, {})).toMatchObject({
      status: 409,
      body: { error: { code: 'offline_payment_invoice_not_open' } },
    });
    const offline = await world.request('POST', '/v1/refunds', { payment_id: part.body.id });
    expect(offline).toMatchObject({ status: 409, body: { error: { code: 'refund_of_offline_payment' } } });
    await expectBooksToHold();
  });

  test('a transfer arrives while a page of Stripe waits for the payer: the page is closed first', async () => {
    const customer = await customerWith('pm_card_visa');
    const terms = { collection_method: 'send_invoice', days_until_due: 14 };
    const invoice = await invoiceOf(customer, 5000, terms);
    const session = await world.request('POST', `/v1/invoices/${invoice}/payment_session`, {});
    expect(session.body).toMatchObject({ kind: 'hosted', status: 'awaiting_payer' });
    const paid = await world.request('POST', `/v1/invoices/${invoice}/offline_payments`, { reference: 'cash' });
    expect(paid).toMatchObject({ status: 201, body: { kind: 'offline', amount: 5000 } });
    expect(await get(`/v1/payments/${session.body.id}`)).toMatchObject({ status: 'canceled' });
    expect(await get(`/v1/invoices/${invoice}`)).toMatchObject({ status: 'paid' });
    await world.quiet();
    await expectBooksToHold();
  });

  test('INV-9: what others do on the same account is foreign, and the books tie all the same', async () => {
    const stripe = world.stripe(KEY);
    const intent = { amount: 700, currency: 'eur', payment_method: 'pm_card_visa', confirm: true } as const;
    const automatic = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } } as const;
    const first = await stripe.paymentIntents.create({ ...intent, ...automatic });
    await stripe.refunds.create({ payment_intent: first.id, amount: 200 });
    await world.advance(20 * SECOND);
    expect(await balance('foreign')).toBe(-500n);

    // More than Stripe lists at once, so that a pass takes several pages.
    for (let count = 0; count < 120; count += 1) await stripe.paymentIntents.create({ ...intent, ...automatic });
    await world.advance(20 * SECOND);
    let net = 0n;
    for await (const each of stripe.balanceTransactions.list({ limit: 100 })) net += BigInt(each.net);
    expect(await balance('stripe_clearing')).toBe(net);
    expect(await balance('foreign')).toBe(-84_500n);
    expect((await get('/v1/refunds')).data).toEqual([]);
    await expectBooksToHold();
  });
});

const TAXED = [{ description: 'Seats', quantity: '1', unit_amount: 5000, tax_rate_percent: '19' }];
