import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())(
  'an invoice that ended leaves nothing at Stripe that could bring money, on %s',
  (database) => {
    let world: World;
    let story: InvoiceStory;
    let customer: Body;
    let invoice: Body;

    beforeEach(async () => {
      world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
      story = new InvoiceStory(world);
      await world.connect(STRIPE_KEY);
      customer = await story.customerWithCard('pm_card_chargeCustomerFail');
      invoice = await story.invoice(customer, 1500);
    });
    afterEach(() => world.close());

    const act = (path: string, body: object = {}) =>
      world.request('POST', `/v1/invoices/${String(invoice.id)}/${path}`, body);
    const statuses = async () => (await story.intents()).map(({ status }) => status).sort();

    test.each([
      ['taken back', () => act('void')],
      ['paid by a transfer', () => act('offline_payments', { reference: 'transfer' })],
      ['credited whole', () => act('credit_notes', { reason: 'order_change', settle_by: 'credit' })],
    ])('INV-7: the intent of its failed attempt is canceled when it is %s', async (_how, end) => {
      expect(await statuses()).toEqual(['requires_payment_method']);
      expect((await end()).status).toBeLessThan(300);
      await world.quiet();
      expect(await statuses()).toEqual(['canceled']);
      expect(await story.payments(invoice)).toContainEqual(
        expect.objectContaining({ status: 'canceled', failure: expect.objectContaining({ code: 'card_declined' }) }),
      );
    });

    test('INV-7: the intent of its failed attempt is canceled when it is paid on a page', async () => {
      const page = await act('payment_session', { return_url: HOST_URL });
      world.visit('POST', String(page.body.session?.url), { card: '4242424242424242' });
      await world.quiet();
      expect(await statuses()).toEqual(['canceled', 'succeeded']);
    });

    test('written off it stays, since the same intent is confirmed when it is asked for after all', async () => {
      expect((await act('mark_uncollectible')).status).toBe(200);
      await world.quiet();
      expect(await statuses()).toEqual(['requires_payment_method']);
      await story.leaveCard(customer, 'pm_card_visa');
      expect(await act('pay')).toMatchObject({ status: 200, body: { status: 'paid' } });
      expect(await statuses()).toEqual(['succeeded']);
    });

    test.each([
      ['lost', 'delete from jobs where kind = $1'],
      ['given up', 'update jobs set dead_at = due_at, lease_token = null, lease_until = null where kind = $1'],
    ])('a withdrawal whose job was %s is made all the same', async (_what, happens) => {
      const outage = world.sandbox.faults.add({
        kind: 'cut_before_commit',
        request: 'POST /v1/payment_intents/*/cancel',
      });
      await act('void');
      await world.quiet();
      await world.context.db.query({ text: happens, values: ['withdraw_payment'] });
      world.sandbox.faults.remove(outage);
      await world.advance(2 * 3_600_000, 300_000);
      expect(await statuses()).toEqual(['canceled']);
      const left = await world.context.db.query({ text: `select id from jobs where kind = 'withdraw_payment'` });
      expect(left).toEqual([]);
    });

    const REFUSAL = {
      kind: 'status' as const,
      status: 400,
      error: { type: 'invalid_request_error', code: 'lock_held', message: 'Not now.' },
      request: 'POST /v1/payment_intents/*/cancel',
    };
    const told = async () => (await story.events('payment.failed', 'invoice.payment_failure')).map(({ type }) => type);
    const withdrawals = async () => {
      const answer = control(world, 'requests', {}, 'GET') as { data: { method: string; url: string }[] };
      return answer.data.filter(({ url }) => url.endsWith('/cancel')).length;
    };

    test('a withdrawal that Stripe refuses again and again tells nothing again, and is made when it is let', async () => {
      const before = await told();
      expect(before).toEqual(['payment.failed', 'invoice.payment_failure']);
      const refusal = world.sandbox.faults.add(REFUSAL);
      await act('void');
      await world.advance(2 * 3_600_000, 300_000);
      expect(await told()).toEqual(before);
      expect(await statuses()).toEqual(['requires_payment_method']);
      expect(await withdrawals()).toBeGreaterThan(2);
      world.sandbox.faults.remove(refusal);
      await world.advance(2 * 3_600_000, 300_000);
      expect(await statuses()).toEqual(['canceled']);
      expect(await told()).toEqual(before);
    });

    test('one that stands in the way of another amount is asked for at intervals, and no failure is told twice', async () => {
      const before = await told();
      const refusal = world.sandbox.faults.add(REFUSAL);
      await act('offline_payments', { amount: 500 });
      await story.leaveCard(customer, 'pm_card_visa');
      await world.advance(60_000, 2_000);
      expect(await told()).toEqual(before);
      expect(await withdrawals()).toBeLessThan(10);
      world.sandbox.faults.remove(refusal);
      await world.advance(300_000, 10_000);
      expect(await statuses()).toEqual(['canceled', 'succeeded']);
      expect(await story.get(`/v1/invoices/${String(invoice.id)}`)).toMatchObject({
        status: 'paid',
        amount_paid: 1500,
      });
      expect(await told()).toEqual(before);
    });

    test('a withdrawal that Stripe is too busy for is made when it is back', async () => {
      const outage = world.sandbox.faults.add({
        kind: 'cut_before_commit',
        request: 'POST /v1/payment_intents/*/cancel',
      });
      await act('void');
      await world.quiet();
      expect(await statuses()).toEqual(['requires_payment_method']);
      world.sandbox.faults.remove(outage);
      await world.advance(60_000, 10_000);
      expect(await statuses()).toEqual(['canceled']);
    });
  },
);

describe.each(testDatabases())('the connection of an attempt is lost, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let connection: Body;
  let invoice: Body;
  let payment: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    connection = await world.connect(STRIPE_KEY);
    invoice = await story.invoice(await story.customerWithCard('pm_card_authenticationRequired'), 1500);
    [payment] = await story.payments(invoice);
  });
  afterEach(() => world.close());

  const lose = async () => {
    control(world, 'keys', { key: STRIPE_KEY, revoked: true });
    await world.advance(15_000, 5_000);
  };
  const comeBack = async () => {
    const key = restrictedKey(world, STRIPE_KEY.slice('sk_test_'.length));
    const back = await world.request('POST', `/v1/connections/${String(connection.id)}/rotate_key`, {
      secret_key: key,
    });
    expect(back.body).toMatchObject({ status: 'connected' });
    await world.advance(180_000, 10_000);
    return world.stripe(key);
  };
  const release = () => world.request('POST', `/v1/payments/${String(payment.id)}/release`);
  const now = () => story.get(`/v1/invoices/${String(invoice.id)}`);

  test('released, its invoice can be taken back, and the attempt is withdrawn when the connection is back', async () => {
    await lose();
    expect((await world.request('POST', `/v1/invoices/${String(invoice.id)}/void`)).status).toBe(409);
    expect(await release()).toMatchObject({ status: 200, body: { status: 'canceling' } });
    expect(await world.request('POST', `/v1/invoices/${String(invoice.id)}/void`)).toMatchObject({
      status: 200,
      body: { status: 'void' },
    });
    const stripe = await comeBack();
    expect((await stripe.paymentIntents.list()).data.map(({ status }) => status)).toEqual(['canceled']);
    expect(await story.get(`/v1/payments/${String(payment.id)}`)).toMatchObject({ status: 'canceled' });
  });

  test('released and paid by a transfer, what the attempt brought all the same goes back by itself', async () => {
    const confirmed = await world.request('POST', `/v1/payments/${String(payment.id)}/confirm_on_session`, {
      return_url: HOST_URL,
    });
    await lose();
    expect((await release()).status).toBe(200);
    const paid = await world.request('POST', `/v1/invoices/${String(invoice.id)}/offline_payments`, {});
    expect(paid.status).toBe(201);
    world.visit('POST', String(confirmed.body.next_action.url), { outcome: 'complete' });
    const stripe = await comeBack();
    await world.advance(180_000, 10_000);
    expect(await story.get(`/v1/payments/${String(payment.id)}`)).toMatchObject({
      status: 'succeeded',
      is_late_duplicate: true,
      amount_refunded: 1500,
    });
    expect(await now()).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 1500 }]);
  });

  test('released, it does not stand in the way of what is collected through another connection', async () => {
    await lose();
    expect((await release()).status).toBe(200);
    const key = 'sk_test_sandbox_second';
    const second = await world.request('POST', '/v1/connections', {
      mode: 'key',
      secret_key: key,
      host: 'sandbox',
      code: 'second',
    });
    expect(second.status).toBe(201);
    const twin = await world.stripe(key).customers.create({ name: 'Ada' });
    const card = await world.stripe(key).paymentMethods.attach('pm_card_visa', { customer: twin.id });
    await world.stripe(key).customers.update(twin.id, { invoice_settings: { default_payment_method: card.id } });
    const moved = await world.request('PATCH', `/v1/customers/${String(invoice.customer_id)}`, {
      payment_provider_code: 'second',
      provider_customer_id: twin.id,
    });
    expect([moved.status, moved.body.error]).toEqual([200, undefined]);
    await world.advance(60_000, 5_000);
    await world.request('POST', `/v1/invoices/${String(invoice.id)}/pay`);
    await world.advance(60_000, 5_000);
    expect(await now()).toMatchObject({ status: 'paid', amount_paid: 1500 });
    const stripe = await comeBack();
    expect((await stripe.paymentIntents.list()).data.map(({ status }) => status)).toEqual(['canceled']);
  });

  test('while it works, an attempt is cancelled and not released', async () => {
    expect(await release()).toMatchObject({ status: 409, body: { error: { code: 'payment_not_releasable' } } });
    expect(await now()).toMatchObject({ open_payment_id: payment.id });
  });
});

describe.each(testDatabases())('Stripe refuses to tell what became of an attempt, on %s', (database) => {
  let world: World;
  afterEach(() => world.close());

  test('the invoice says so, the connection is looked at, and it goes on when the right is back', async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    const story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    const customer = await story.customerWithCard('pm_card_visa');
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'status', status: 500, request: 'POST /v1/payment_intents', times: 1 });
    const refusal = world.sandbox.faults.add({
      kind: 'status',
      status: 403,
      error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
      request: 'GET /v1/payment_intents',
    });
    const invoice = await story.invoice(customer, 1500);
    await world.advance(90_000, 5_000);
    expect(await story.get(`/v1/invoices/${String(invoice.id)}`)).toMatchObject({
      payment_status: 'pending',
      payment_status_reason: 'payment_outcome_unknown',
    });
    world.sandbox.faults.remove(refusal);
    await world.advance(4 * 3_600_000, 600_000);
    expect(await story.get(`/v1/invoices/${String(invoice.id)}`)).toMatchObject({ status: 'paid' });
    expect(await story.intents()).toHaveLength(1);
  });
});
