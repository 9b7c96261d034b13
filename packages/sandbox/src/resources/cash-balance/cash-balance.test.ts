import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cashStory } from '../../testing/cash-story.js';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_cash');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

/** Here money is put to what awaits it at once; at Stripe, a moment after it arrived. */
const patient = { timeout: 60_000, interval: 100 };
const lastEvents = async (count: number) =>
  (await stripe.events.list({ limit: count })).data.map(({ type }) => type).reverse();
const { newCustomer, fund, cashOf, pay } = cashStory(() => stripe);
const remaining = async (id: string) =>
  (await stripe.paymentIntents.retrieve(id)).next_action?.display_bank_transfer_instructions?.amount_remaining;

describe('the cash balance of a customer', () => {
  it('is nothing at first, and each transfer is a movement that is told', async () => {
    const customer = await newCustomer();
    expect(await stripe.customers.retrieveCashBalance(customer)).toMatchObject({
      object: 'cash_balance',
      available: null,
      customer,
      settings: { reconciliation_mode: 'automatic', using_merchant_default: true },
    });
    const first = await fund(customer, 1000, { reference: 'REF-1' });
    expect(first).toMatchObject({
      object: 'customer_cash_balance_transaction',
      type: 'funded',
      net_amount: 1000,
      ending_balance: 1000,
      funded: { bank_transfer: { type: 'us_bank_transfer', reference: 'REF-1', us_bank_transfer: { network: 'ach' } } },
    });
    expect(await lastEvents(2)).toEqual(['customer_cash_balance_transaction.created', 'cash_balance.funds_available']);
    const [told] = (await stripe.events.list({ limit: 1 })).data;
    expect(told?.data.object).toMatchObject({ object: 'cash_balance', available: { usd: 1000 } });
    await fund(customer, 500, { currency: 'eur' });
    expect(await cashOf(customer)).toEqual({ usd: 1000, eur: 500 });
    const { data } = await stripe.customers.listCashBalanceTransactions(customer);
    expect(data.map(({ currency, ending_balance }) => [currency, ending_balance])).toEqual([
      ['eur', 500],
      ['usd', 1000],
    ]);
    expect(await stripe.customers.retrieveCashBalanceTransaction(customer, first.id)).toEqual(first);
    const other = await newCustomer();
    const foreign = stripe.customers.retrieveCashBalanceTransaction(other, first.id);
    await expect(foreign).rejects.toMatchObject({ statusCode: 404 });
    expect(await stripe.customers.retrieve(customer, { expand: ['cash_balance'] })).toMatchObject({
      cash_balance: { available: { usd: 1000, eur: 500 } },
    });
    await expect(fund(customer, 0)).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    await expect(fund(customer, 1, { currency: 'chf' })).rejects.toMatchObject({ statusCode: 400, param: 'currency' });
  });

  it('keeps its customer from being deleted', async () => {
    const customer = await newCustomer();
    await fund(customer, 1000);
    await expect(stripe.customers.del(customer)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is reconciled as its customer is set, or as all are', async () => {
    const customer = await newCustomer('manual');
    const modeOf = async (params: Stripe.CustomerUpdateCashBalanceParams.Settings) =>
      (await stripe.customers.updateCashBalance(customer, { settings: params })).settings;
    expect((await stripe.customers.retrieveCashBalance(customer)).settings).toEqual({
      reconciliation_mode: 'manual',
      using_merchant_default: false,
    });
    expect(await modeOf({ reconciliation_mode: 'merchant_default' })).toEqual({
      reconciliation_mode: 'automatic',
      using_merchant_default: true,
    });
    expect(await modeOf({ reconciliation_mode: 'automatic' })).toMatchObject({ using_merchant_default: false });
    await stripe.customers.update(customer, { cash_balance: { settings: { reconciliation_mode: 'manual' } } });
    expect(await modeOf({})).toMatchObject({ reconciliation_mode: 'manual' });
  });

  it('has an address to send money to for each currency, the same each time and of one customer alone', async () => {
    sandbox.steers('needs an account that has bank transfers in every currency');
    const [customer, other] = [await newCustomer(), await newCustomer()];
    const instructions = (who: string, currency: string, type: string, country?: string) =>
      stripe.customers.createFundingInstructions(who, {
        currency,
        funding_type: 'bank_transfer',
        bank_transfer: {
          type: type as 'eu_bank_transfer',
          ...(country === undefined ? {} : { eu_bank_transfer: { country } }),
        },
      });
    const dollars = await instructions(customer, 'usd', 'us_bank_transfer');
    expect(dollars).toMatchObject({
      object: 'funding_instructions',
      bank_transfer: {
        country: 'US',
        type: 'us_bank_transfer',
        financial_addresses: [{ type: 'aba' }, { type: 'swift' }],
      },
    });
    expect(await instructions(customer, 'usd', 'us_bank_transfer')).toEqual(dollars);
    expect(await instructions(other, 'usd', 'us_bank_transfer')).not.toEqual(dollars);
    for (const [country, length] of [
      ['DE', 22],
      ['NL', 18],
      ['IE', 22],
      ['FR', 27],
      ['BE', 16],
      ['ES', 24],
    ] as const) {
      const { bank_transfer: euros } = await instructions(customer, 'eur', 'eu_bank_transfer', country);
      const iban = euros.financial_addresses[0]?.iban?.iban ?? '';
      expect([iban.slice(0, 2), iban.length]).toEqual([country, length]);
      const moved = [...(iban.slice(4) + iban.slice(0, 4))].map((one) => String(Number.parseInt(one, 36))).join('');
      expect(BigInt(moved) % 97n).toBe(1n);
    }
    for (const [currency, kind, address] of [
      ['gbp', 'gb_bank_transfer', 'sort_code'],
      ['jpy', 'jp_bank_transfer', 'zengin'],
      ['mxn', 'mx_bank_transfer', 'spei'],
    ] as const) {
      expect((await instructions(customer, currency, kind)).bank_transfer).toMatchObject({
        type: kind,
        financial_addresses: [{ type: address }],
      });
    }
    const refused = { statusCode: 400 };
    await expect(instructions(customer, 'usd', 'gb_bank_transfer')).rejects.toMatchObject(refused);
    await expect(instructions(customer, 'chf', 'us_bank_transfer')).rejects.toMatchObject(refused);
    await expect(instructions(customer, 'eur', 'eu_bank_transfer')).rejects.toMatchObject({
      code: 'parameter_missing',
      param: 'bank_transfer[eu_bank_transfer][country]',
    });
    await expect(instructions(customer, 'eur', 'eu_bank_transfer', 'AT')).rejects.toMatchObject(refused);
  });
});

describe('a payment by customer balance', () => {
  it('succeeds at once where there is enough, and takes it from the cash', async () => {
    const customer = await newCustomer();
    await fund(customer, 2500);
    const paid = await pay(customer, 2000, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2000,
      next_action: null,
      latest_charge: { paid: true, payment_method_details: { type: 'customer_balance' } },
    });
    expect(await cashOf(customer)).toEqual({ usd: 500 });
    const [moved] = (await stripe.customers.listCashBalanceTransactions(customer, { limit: 1 })).data;
    expect(moved).toMatchObject({
      type: 'applied_to_payment',
      net_amount: -2000,
      applied_to_payment: { payment_intent: paid.id },
    });
  });

  it('waits for a transfer, tells of a part of it, and succeeds with the rest', async () => {
    const customer = await newCustomer();
    const waiting = await pay(customer, 3000);
    const shown = waiting.next_action?.display_bank_transfer_instructions;
    expect(waiting).toMatchObject({ status: 'requires_action', amount_received: 0 });
    expect(shown).toMatchObject({ amount_remaining: 3000, currency: 'usd', type: 'us_bank_transfer' });
    expect(shown?.reference).toMatch(/^[A-Z0-9]{12}$/);
    await fund(customer, 1000);
    await expect.poll(() => remaining(waiting.id), patient).toBe(2000);
    expect(await cashOf(customer)).toEqual({ usd: 0 });
    expect(await lastEvents(2)).toEqual([
      'customer_cash_balance_transaction.created',
      'payment_intent.partially_funded',
    ]);
    await fund(customer, 2500);
    const paid = { status: 'succeeded', amount_received: 3000 };
    await expect.poll(() => stripe.paymentIntents.retrieve(waiting.id), patient).toMatchObject(paid);
    expect(await cashOf(customer)).toEqual({ usd: 500 });
    expect(await lastEvents(4)).toEqual([
      'customer_cash_balance_transaction.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'cash_balance.funds_available',
    ]);
  });

  it('uses what there is at its confirmation and asks for the rest alone', async () => {
    const customer = await newCustomer();
    await fund(customer, 400);
    const waiting = await pay(customer, 1000);
    expect(waiting.next_action?.display_bank_transfer_instructions?.amount_remaining).toBe(600);
    expect(await cashOf(customer)).toEqual({ usd: 0 });
  });

  it('gives back what it got when it is canceled, or paid by a card after all', async () => {
    const customer = await newCustomer();
    const canceled = await pay(customer, 3000);
    await fund(customer, 1000);
    await expect.poll(() => remaining(canceled.id), patient).toBe(2000);
    await stripe.paymentIntents.cancel(canceled.id);
    expect(await cashOf(customer)).toEqual({ usd: 1000 });
    const [back] = (await stripe.customers.listCashBalanceTransactions(customer, { limit: 1 })).data;
    expect(back).toMatchObject({ type: 'unapplied_from_payment', net_amount: 1000 });
    const both = await pay(customer, 3000, { allowed_payment_method_types: ['card', 'customer_balance'] });
    expect(await remaining(both.id)).toBe(2000);
    const carded = await stripe.paymentIntents.confirm(both.id, { payment_method: 'pm_card_visa' });
    expect(carded).toMatchObject({ status: 'succeeded', amount_received: 3000 });
    expect(await cashOf(customer)).toEqual({ usd: 1000 });
  });

  it('is refused without a customer, a way to add money, or in a currency without transfers', async () => {
    const customer = await newCustomer();
    const none = { payment_method_options: { customer_balance: { funding_type: undefined } } } as never;
    await expect(pay(customer, 900, none)).rejects.toMatchObject({
      statusCode: 400,
      param: 'payment_method_options[customer_balance][funding_type]',
    });
    await expect(pay(customer, 900, { customer: undefined } as never)).rejects.toMatchObject({ param: 'customer' });
    await expect(pay(customer, 900, { currency: 'chf' })).rejects.toMatchObject({ statusCode: 400 });
    await expect(pay(customer, 900, { currency: 'gbp' })).rejects.toMatchObject({
      param: 'payment_method_options[customer_balance][bank_transfer][type]',
    });
    await expect(pay(customer, 900, { capture_method: 'manual' })).rejects.toMatchObject({ param: 'capture_method' });
    const { id } = await stripe.paymentMethods.create({ type: 'customer_balance' });
    await expect(stripe.paymentMethods.attach(id, { customer })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is taken of older callers by payment_method_types', async () => {
    sandbox.steers('needs an account that has bank transfers in yen');
    const older = sandbox.stripe('sk_test_cash', { apiVersion: '2025-09-30.clover' as never });
    const customer = await newCustomer();
    const waiting = await older.paymentIntents.create({
      amount: 900,
      currency: 'jpy',
      customer,
      payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'jp_bank_transfer' } },
      },
      confirm: true,
    } as never);
    expect(waiting.next_action?.display_bank_transfer_instructions).toMatchObject({ type: 'jp_bank_transfer' });
    await fund(customer, 900, { currency: 'jpy' });
    expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('succeeded');
  });

  it('is refunded to the cash of the customer', async () => {
    const customer = await newCustomer();
    await fund(customer, 2000);
    const { id } = await pay(customer, 2000);
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 700 });
    expect(refund.destination_details).toMatchObject({ type: 'customer_cash_balance' });
    expect(await cashOf(customer)).toEqual({ usd: 700 });
    const [back] = (await stripe.customers.listCashBalanceTransactions(customer, { limit: 1 })).data;
    expect(back).toMatchObject({ type: 'refunded_from_payment', refunded_from_payment: { refund: refund.id } });
  });

  it('waits on no page of a bank', async () => {
    const customer = await newCustomer();
    const { id } = await pay(customer, 1000);
    const account = await stripe.accounts.retrieveCurrent();
    const answer = await fetch(`${sandbox.server.url}/challenge/${account.id}/${id}`, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'complete' }),
    });
    expect(answer.status).toBe(409);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
  });
});
