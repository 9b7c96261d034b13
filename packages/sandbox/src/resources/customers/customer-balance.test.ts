import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_balances');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const movements = async (id: string): Promise<unknown[]> =>
  (await stripe.customers.listBalanceTransactions(id)).data
    .map((one) => [one.type, one.amount, one.ending_balance])
    .reverse();

describe('a customer’s credit balance', () => {
  it('moves by its transactions and in no other way, and the customer says where it stands', async () => {
    const { id } = await stripe.customers.create();
    const first = await stripe.customers.createBalanceTransaction(id, {
      amount: -500,
      currency: 'EUR',
      description: 'Sorry',
    });
    expect(first).toMatchObject({
      type: 'adjustment',
      amount: -500,
      ending_balance: -500,
      currency: 'eur',
      customer: id,
    });
    await stripe.customers.createBalanceTransaction(id, { amount: 200, currency: 'eur', metadata: { why: 'fee' } });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -300, currency: 'eur' });
    await stripe.customers.update(id, { balance: 50 });
    await stripe.customers.update(id, { balance: 50, name: 'Jo' });
    expect(await movements(id)).toEqual([
      ['adjustment', -500, -500],
      ['adjustment', 200, -300],
      ['adjustment', 350, 50],
    ]);
    const updates = (await stripe.events.list({ type: 'customer.updated', limit: 100 })).data;
    const theirs = updates.filter((event) => (event.data.object as Stripe.Customer).id === id);
    expect(theirs.map((event) => event.data.previous_attributes)).toEqual([
      { name: null },
      { balance: -300 },
      { balance: -500 },
      { balance: 0, currency: null },
    ]);
  });

  it('a customer who is made with a balance begins with a transaction', async () => {
    const { id, balance, currency } = await stripe.customers.create({ balance: -1000 });
    expect([balance, currency]).toEqual([-1000, 'usd']);
    expect(await movements(id)).toEqual([['initial', -1000, -1000]]);
    expect(await movements((await stripe.customers.create()).id)).toEqual([]);
  });

  it('each currency has a balance of its own', async () => {
    const { id } = await stripe.customers.create({ balance: -1000 });
    await stripe.customers.createBalanceTransaction(id, { amount: -70, currency: 'eur' });
    await stripe.customers.createBalanceTransaction(id, { amount: 30, currency: 'eur' });
    const customer = await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] });
    expect(customer).toMatchObject({
      balance: -1000,
      currency: 'usd',
      invoice_credit_balance: { usd: -1000, eur: -40 },
    });
    expect(await movements(id)).toEqual([
      ['initial', -1000, -1000],
      ['adjustment', -70, -70],
      ['adjustment', 30, -40],
    ]);
  });

  it('description and metadata are all of a transaction that changes, and it belongs to its customer alone', async () => {
    const [own, other] = [await stripe.customers.create(), await stripe.customers.create()];
    const { id } = await stripe.customers.createBalanceTransaction(own.id, { amount: 5, currency: 'usd' });
    const changed = await stripe.customers.updateBalanceTransaction(own.id, id, {
      description: 'Why',
      metadata: { a: '1' },
    });
    expect(changed).toMatchObject({ description: 'Why', metadata: { a: '1' }, amount: 5 });
    expect(await stripe.customers.retrieveBalanceTransaction(own.id, id, { expand: ['customer'] })).toMatchObject({
      customer: { id: own.id, balance: 5 },
    });
    await expect(stripe.customers.retrieveBalanceTransaction(other.id, id)).rejects.toMatchObject({ statusCode: 404 });
    expect((await stripe.customers.listBalanceTransactions(own.id, { invoice: 'in_x' })).data).toEqual([]);
  });

  it.each([
    { name: 'no amount', params: { currency: 'usd' }, param: 'amount' },
    { name: 'a currency nobody has', params: { amount: 1, currency: 'zzz' }, param: 'currency' },
  ])('a transaction is refused: $name', async ({ params, param }) => {
    const { id } = await stripe.customers.create();
    const create = stripe.customers.createBalanceTransaction(
      id,
      params as Stripe.CustomerCreateBalanceTransactionParams,
    );
    await expect(create).rejects.toMatchObject({ statusCode: 400, param });
    expect(await movements(id)).toEqual([]);
  });
});
