import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
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
    const found = balances.data?.find((each) => each.account === account && each.currency === 'eur');
    return BigInt(String(found?.balance ?? '0'));
  };

  test('a paid invoice is refunded in part and then whole, and the books tie to the balance at Stripe', async () => {
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
});
