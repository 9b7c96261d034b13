import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const offSession = { currency: 'usd', confirm: true, off_session: true } as const;

describe('the balance', () => {
  it('behaviour 45: goes below zero when a dispute takes more than is there', async () => {
    sandbox.steers('needs an account in which nothing happened');
    const own = sandbox.stripe('sk_test_negative');
    await own.paymentIntents.create({ ...offSession, amount: 1000, payment_method: 'pm_card_createDispute' });
    const { available, pending } = await own.balance.retrieve();
    // 10.00 less the fee of 0.59 is still pending; 10.00 and the dispute's 15.00 are gone at once.
    expect([available[0]?.amount, pending[0]?.amount]).toEqual([-2500, 941]);
    const types = (await own.balanceTransactions.list()).data.map((one) => [one.type, one.reporting_category, one.net]);
    expect(types).toEqual([
      ['adjustment', 'dispute', -2500],
      ['charge', 'charge', 941],
    ]);
  });

  it('is the sum of the net of all transactions, pending until two days passed', async () => {
    sandbox.steers('needs an account in which nothing happened');
    const own = sandbox.stripe('sk_test_balance');
    await own.paymentIntents.create({ ...offSession, amount: 10_000, payment_method: 'pm_card_visa' });
    await own.paymentIntents.create({ ...offSession, amount: 5000, payment_method: 'pm_card_bypassPending' });
    const before = await own.balance.retrieve();
    expect([before.available[0]?.amount, before.pending[0]?.amount]).toEqual([4825, 9680]);
    await sandbox.control('POST', 'clock', { key: 'sk_test_balance', advance_seconds: 2 * 86_400 });
    const after = await own.balance.retrieve();
    expect([after.available[0]?.amount, after.pending[0]?.amount]).toEqual([14_505, 0]);
    const list = await own.balanceTransactions.list({ type: 'charge', expand: ['data.source'] });
    expect(list.data.map((one) => [one.status, (one.source as Stripe.Charge).object])).toEqual([
      ['available', 'charge'],
      ['available', 'charge'],
    ]);
  });

  it('tells of money that can be used the moment it comes, and of no other', async () => {
    sandbox.steers('needs an account in which nothing happened');
    const own = sandbox.stripe('sk_test_toldbalance');
    await own.paymentIntents.create({ ...offSession, amount: 10_000, payment_method: 'pm_card_visa' });
    await own.paymentIntents.create({ ...offSession, amount: 5000, payment_method: 'pm_card_bypassPending' });
    const { data } = await own.events.list({ type: 'balance.available' });
    const { lastResponse: _, ...balance } = await own.balance.retrieve();
    expect(data.map((event) => event.data.object)).toEqual([balance]);
  });
});

describe('settlement', () => {
  it('an account that settles in one currency converts charge, fee and refund at its fixed rate', async () => {
    const own = sandbox.stripe('sk_test_settled');
    await sandbox.control('POST', 'settlement', {
      key: 'sk_test_settled',
      currency: 'usd',
      rates: { eur: '1.1', jpy: '0.0067' },
    });
    const pay = (amount: number, currency: string) =>
      own.paymentIntents.create({ ...offSession, amount, currency, payment_method: 'pm_card_visa' });
    const euro = await pay(1000, 'eur');
    await own.refunds.create({ payment_intent: euro.id, amount: 500 });
    await pay(1000, 'jpy');
    await pay(1000, 'gbp');
    const { data } = await own.balanceTransactions.list();
    expect(data.map((one) => [one.type, one.amount, one.fee, one.currency, one.exchange_rate])).toEqual([
      ['charge', 1000, 59, 'gbp', null],
      ['charge', 670, 40, 'usd', 0.0067],
      ['refund', -550, 0, 'usd', 1.1],
      ['charge', 1100, 65, 'usd', 1.1],
    ]);
  });

  it('rates that are no decimals above 0 are refused', async () => {
    for (const rate of ['0', '-1', 'x', '1.1234567891']) {
      const answer = await sandbox.control('POST', 'settlement', {
        key: 'sk_test_settled',
        currency: 'usd',
        rates: { eur: rate },
      });
      expect(answer).toMatchObject({ error: { param: 'rates[eur]' } });
    }
  });
});
