import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('Stripe exchanges the money, on %s', (database) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  test('charged in euro and settled in dollars, each currency balances by itself, refunds included', async () => {
    const story = new InvoiceStory(world);
    const body = JSON.stringify({ key: STRIPE_KEY, currency: 'usd', rates: { eur: '1.0842' } });
    const headers = { 'content-type': 'application/json' };
    world.sandbox.handle({ method: 'POST', url: '/_sandbox/settlement', headers, body });
    const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
    await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1234 });
    await world.advance(60_000, 20_000);

    const balances = (await story.get('/v1/ledger/balances')).data ?? [];
    const of = (account: string, currency: string) =>
      balances.find((each: Body) => each.account === account && each.currency === currency)?.balance ?? '0';
    const atStripe = (await world.stripe(STRIPE_KEY).balanceTransactions.list({ limit: 100 })).data;
    expect(atStripe.every((each) => each.currency === 'usd')).toBe(true);
    expect(of('stripe_clearing', 'usd')).toBe(String(atStripe.reduce((sum, each) => sum + each.net, 0)));
    expect(of('stripe_clearing', 'eur')).toBe('0');
    expect(of('payments_in_transit', 'eur')).toBe('0');
    expect(of('currency_exchange', 'eur')).toBe('3766');
    expect(await checkLedger(world.context.db, null)).toEqual([]);
  });
});
