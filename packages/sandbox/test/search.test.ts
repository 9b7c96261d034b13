import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

// Behaviour 17: search. https://docs.stripe.com/search

let sandbox: RunningSandbox;
let stripe: Stripe;
let accounts = 0;
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };

beforeAll(async () => {
  sandbox = await runSandbox({ now: () => clock.nowMs });
});

beforeEach(() => {
  accounts += 1;
  stripe = sandbox.stripe(`sk_test_search${accounts}`);
});

afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));
afterAll(() => sandbox.close());

const caughtUp = (): void => {
  sandbox.steers('moves the clock until search has caught up');
  clock.nowMs += 30_000;
};

const found = async (query: string): Promise<(string | null | undefined)[]> =>
  (await stripe.customers.search({ query })).data.map((customer) => customer.name);

describe('behaviour 17: search lags behind writes', () => {
  test('what was made, changed or removed a moment ago is found as it was before, while lists are exact at once', async () => {
    const ada = await stripe.customers.create({ name: 'Ada' });
    sandbox.steers('knows when search has caught up');
    expect([await found('name:"Ada"'), (await stripe.customers.list()).data.length]).toEqual([[], 1]);
    caughtUp();
    expect(await found('name:"Ada"')).toEqual(['Ada']);
    await stripe.customers.update(ada.id, { name: 'Bea' });
    expect([await found('name:"Ada"'), await found('name:"Bea"')]).toEqual([['Ada'], []]);
    caughtUp();
    expect([await found('name:"Ada"'), await found('name:"Bea"')]).toEqual([[], ['Bea']]);
    await stripe.customers.del(ada.id);
    expect(await found('name:"Bea"')).toEqual(['Bea']);
    caughtUp();
    expect(await found('name:"Bea"')).toEqual([]);
  });

  test('several changes within the lag show the oldest of them', async () => {
    const { id } = await stripe.customers.create({ name: 'One' });
    caughtUp();
    await stripe.customers.update(id, { name: 'Two' });
    clock.nowMs += 10_000;
    await stripe.customers.update(id, { name: 'Three' });
    expect(await found('created>0')).toEqual(['One']);
    clock.nowMs += 20_000;
    expect(await found('created>0')).toEqual(['Two']);
    clock.nowMs += 10_000;
    expect(await found('created>0')).toEqual(['Three']);
  });

  test('the lag can be set, to none as well', async () => {
    const { id: account } = await stripe.accounts.retrieveCurrent();
    await sandbox.control('POST', 'search', { account, lag_seconds: 0 });
    const { id } = await stripe.customers.create({ name: 'Now' });
    await stripe.customers.update(id, { name: 'Later' });
    expect(await found('created>0')).toEqual(['Later']);
    await sandbox.control('POST', 'search', { account, lag_seconds: 3600 });
    expect(await found('created>0')).toEqual([]);
  });
});

describe('behaviour 17: the query language', () => {
  test('strings match by words or parts of them, tokens as a whole, none of them minds case', async () => {
    const euro = { currency: 'eur', metadata: { order: 'A-1' } };
    await stripe.customers.create({
      name: 'one two three four',
      email: 'amy@rocketrides.io',
      phone: '+49 1',
      metadata: { order: 'A-1' },
    });
    await stripe.customers.create({ name: 'Onetwo', email: 'xamy@example.com' });
    await stripe.paymentIntents.create({ amount: 500, ...euro });
    await stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
    caughtUp();
    const amounts = async (query: string) =>
      (await stripe.paymentIntents.search({ query })).data.map((one) => one.amount);
    expect(await found('name:"TWO three"')).toEqual(['one two three four']);
    expect(await found('name:"tw"')).toEqual([]);
    expect(await found('name~"etw"')).toEqual(['Onetwo']);
    expect(await found('email~"amy"')).toEqual(['Onetwo', 'one two three four']);
    expect(await found('phone:null')).toEqual(['Onetwo']);
    expect(await found('-metadata["order"]:null')).toEqual(['one two three four']);
    expect(await found('metadata["order"]:"a-1" OR email:"xamy@example.com"')).toHaveLength(2);
    expect(await amounts('amount>500')).toEqual([700]);
    expect(await amounts('amount>=500 currency:"EUR"')).toEqual([500]);
    expect(await amounts('-currency:"usd"')).toEqual([500]);
    expect(await amounts('status:"requires_payment_method"')).toEqual([700, 500]);
  });

  test('charges are found by their card and by how far they were refunded', async () => {
    const pay = (card: string) =>
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'usd',
        confirm: true,
        off_session: true,
        payment_method: card,
      });
    const [whole, part, none] = [await pay('pm_card_visa'), await pay('pm_card_visa'), await pay('pm_card_mastercard')];
    await stripe.refunds.create({ payment_intent: whole.id });
    await stripe.refunds.create({ payment_intent: part.id, amount: 1 });
    caughtUp();
    const intents = async (query: string) =>
      (await stripe.charges.search({ query })).data.map((one) => one.payment_intent);
    expect(await intents('refunded:"true"')).toEqual([whole.id]);
    expect(await intents('refunded:"false"')).toEqual([part.id]);
    expect(await intents('refunded:null')).toEqual([none.id]);
    expect(await intents('payment_method_details.card.last4:4242')).toEqual([part.id, whole.id]);
    expect(await intents('payment_method_details.card.brand:"mastercard" disputed:"false"')).toEqual([none.id]);
  });

  test('products and prices are found by what they say', async () => {
    const product = await stripe.products.create({
      name: 'T-Shirt',
      description: 'of cotton',
      url: 'https://shop.example/t',
    });
    await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5, lookup_key: 'shirt_usd' });
    caughtUp();
    expect(
      (await stripe.products.search({ query: 'active:"true" description~"cott" url~"nowhere"' })).data,
    ).toHaveLength(0);
    expect((await stripe.products.search({ query: 'active:"true" description~"cott" url~"shop"' })).data).toHaveLength(
      1,
    );
    const prices = await stripe.prices.search({ query: `product:"${product.id}" type:"one_time"` });
    expect(prices.data.map((price) => price.lookup_key)).toEqual(['shirt_usd']);
  });

  test('what cannot be read is refused, never taken for nothing found', async () => {
    const refused = (params: object) => expect(stripe.customers.search(params as never)).rejects;
    await refused({}).toMatchObject({ statusCode: 400, code: 'parameter_missing', param: 'query' });
    await refused({ query: '' }).toMatchObject({ statusCode: 400, code: 'parameter_invalid_empty' });
    await refused({ query: 'asdf' }).toMatchObject({ statusCode: 400 });
    await refused({ query: 'foo:"bar"' }).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('unsupported search field'),
    });
    await refused({ query: 'created>1', limit: 101 }).toMatchObject({
      statusCode: 400,
      code: 'parameter_invalid_integer',
    });
  });
});

describe('behaviour 17: pages have tokens of their own', () => {
  test('pages follow each other without gaps, are counted when asked, and the SDK walks them', async () => {
    const names = Array.from({ length: 25 }, (_, number) => `Number ${number}`);
    for (const name of names) await stripe.customers.create({ name });
    caughtUp();
    const query = 'name~"number"';
    const first = await stripe.customers.search({ query, limit: 10, expand: ['total_count'] });
    expect([first.object, first.has_more, first.total_count]).toEqual(['search_result', true, 25]);
    const second = await stripe.customers.search({ query, limit: 10, page: first.next_page ?? '' });
    const third = await stripe.customers.search({ query, limit: 10, page: second.next_page ?? '' });
    const seen = [first, second, third].flatMap((page) => page.data.map((customer) => customer.name));
    expect(seen).toEqual([...names].reverse());
    expect([third.has_more, third.next_page, third.total_count]).toEqual([false, null, undefined]);
    const walked = await stripe.customers.search({ query, limit: 7 }).autoPagingToArray({ limit: 100 });
    expect(walked).toHaveLength(25);
  });

  test("a list's cursor is no page, and neither is another query's token", async () => {
    for (let count = 0; count < 2; count += 1) await stripe.customers.create({ name: 'Same' });
    caughtUp();
    const { next_page: token } = await stripe.customers.search({ query: 'name:"Same"', limit: 1 });
    const { id } = (await stripe.customers.list({ limit: 1 })).data[0] ?? {};
    for (const [query, page] of [
      ['name:"Same"', id],
      ['name~"Same"', token],
    ]) {
      const attempt = stripe.customers.search({ query: query ?? '', page: page ?? '' });
      await expect(attempt).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    }
  });
});
