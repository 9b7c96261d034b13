import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox, startReceiver } from '../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_checkout';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const urls = {
  success_url: 'https://shop.example/done?s={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/leave',
};
const line = { price_data: { currency: 'usd', unit_amount: 1500, product_data: { name: 'Shirt' } }, quantity: 2 };

const forPayment = (more: Stripe.Checkout.SessionCreateParams = {}): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.create({ mode: 'payment', line_items: [line], ...urls, ...more });

const forSetup = (customer: string): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.create({ mode: 'setup', currency: 'usd', customer, ...urls });

const post = (url: string | null, form: Record<string, string>): Promise<Response> => sandbox.page(url ?? '', form);

const eventTypes = async (type: string): Promise<number> =>
  (await stripe.events.list({ type, limit: 100 })).data.length;

const sessionNow = (session: Stripe.Checkout.Session): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent', 'setup_intent.payment_method', 'line_items'],
  });

describe('paying on the hosted page', () => {
  it('shows what is sold, says that it is no Stripe, and is usable by a script with one field', async () => {
    const session = await forPayment({
      client_reference_id: 'order-7',
      metadata: { a: 'b' },
      payment_intent_data: { metadata: { order: '7' } },
    });
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 3000,
      payment_intent: null,
    });
    const html = await (await sandbox.page(session.url ?? '')).text();
    for (const part of [
      'this is not Stripe',
      'Shirt',
      '30.00 USD',
      '4000 0000 0000 0002',
      'https://shop.example/leave',
    ]) {
      expect(html).toContain(part);
    }
    const answer = await post(session.url, { card: '4242424242424242', email: 'jo@example.com' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`https://shop.example/done?s=${session.id}`);
    const done = await sessionNow(session);
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'jo@example.com' },
    });
    expect(done.payment_intent).toMatchObject({ status: 'succeeded', amount: 3000, metadata: { order: '7' } });
    expect(done.line_items?.data[0]).toMatchObject({ description: 'Shirt', quantity: 2, amount_total: 3000 });
    const [event] = (await stripe.events.list({ type: 'checkout.session.completed' })).data;
    expect(event?.data.object).toMatchObject({ id: session.id, client_reference_id: 'order-7', metadata: { a: 'b' } });
  });

  it('a currency that is not that of the prices is refused, not ignored', async () => {
    await expect(forPayment({ currency: 'eur' })).rejects.toMatchObject({ statusCode: 400, param: 'currency' });
    expect((await forPayment({ currency: 'usd' })).currency).toBe('usd');
  });

  it('behaviour 66: a session completes once: a second submit charges nothing', async () => {
    const session = await forPayment();
    await post(session.url, { card: '4242424242424242' });
    const before = await eventTypes('checkout.session.completed');
    expect((await post(session.url, { card: '4242424242424242' })).status).toBe(409);
    const intent = (await sessionNow(session)).payment_intent as Stripe.PaymentIntent;
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
    expect(await eventTypes('checkout.session.completed')).toBe(before);
    await expect(stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('a declined card stays on the page with the reason, and another one pays the same intent', async () => {
    const session = await forPayment();
    const declined = await post(session.url, { card: '4000000000009995' });
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('Your card has insufficient funds.');
    const open = await sessionNow(session);
    expect(open.status).toBe('open');
    expect((await post(session.url, { test_card: '4242424242424242' })).status).toBe(303);
    expect(((await sessionNow(session)).payment_intent as Stripe.PaymentIntent).id).toBe(
      (open.payment_intent as Stripe.PaymentIntent).id,
    );
  });

  it('bad input is said on the page and writes nothing', async () => {
    const session = await forPayment();
    const forms: Record<string, string>[] = [
      {},
      { card: '12' },
      { card: '4242424242424242', expiry: 'soon' },
      { card: '4242424242424242', email: 'x' },
    ];
    for (const form of forms) {
      const answer = await post(session.url, form);
      expect([400, 402]).toContain(answer.status);
      expect(await answer.text()).toContain('role="alert"');
    }
    expect(await sessionNow(session)).toMatchObject({ status: 'open', payment_intent: null });
  });

  it('an error stands at its field, which has the focus, and what was typed stays but for the security code', async () => {
    const session = await forPayment();
    const good = {
      card: '4242 4242 4242 4242',
      email: 'jo@example.com',
      expiry: '11/39',
      cvc: '753',
      name: 'Jo <Lee>',
    };
    const wrong: [string, Record<string, string>][] = [
      ['email', { email: 'jo@' }],
      ['card', { card: '4242424242424241' }],
      ['card', { card: '4000000000009995' }],
      ['expiry', { expiry: '13/39' }],
      ['expiry', { expiry: '01/20' }],
      ['expiry', { card: '4000000000000069' }],
      ['cvc', { cvc: '1' }],
      ['cvc', { card: '4000000000000127' }],
    ];
    for (const [field, change] of wrong) {
      const html = await (await post(session.url, { ...good, ...change })).text();
      const [input] = new RegExp(`<input id="${field}".*>`).exec(html) ?? [];
      expect(input, `${field} ${JSON.stringify(change)}`).toMatch(/aria-invalid="true" autofocus/);
      expect(input).toContain(`${field}-error"`);
      expect(html).toContain(`<p class="error" id="${field}-error">`);
      expect(html).toContain(`<p role="alert"><a href="#${field}">`);
      expect(html.match(/aria-invalid="true"/g)).toHaveLength(1);
      expect(html).toContain('value="Jo &lt;Lee&gt;"');
      expect(html).not.toContain('753');
    }
  });

  it('an error of a chosen test card is no field of the visitor, and takes the focus itself', async () => {
    const html = await (await post((await forPayment()).url, { test_card: '4000000000009995' })).text();
    expect(html).toContain('<p role="alert" tabindex="-1" autofocus>Your card has insufficient funds.</p>');
    expect(html).not.toContain('aria-invalid="true"');
  });

  it('a number that is no test card is never shown again', async () => {
    const answer = await post((await forPayment()).url, { card: '4539578763621486' });
    expect(answer.status).toBe(402);
    expect(await answer.text()).not.toContain('4539578763621486');
  });

  it('each field has its label, and each button of a test card what the card does', async () => {
    const html = await (await sandbox.page((await forPayment()).url ?? '')).text();
    const inputs = [...html.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
    expect(inputs).toEqual(['email', 'card', 'expiry', 'cvc', 'name']);
    for (const id of inputs) expect(html).toContain(`<label for="${id}">`);
    const described = [...html.matchAll(/aria-describedby="([^"]+)"/g)].flatMap(([, ids = '']) => ids.split(' '));
    expect(described.length).toBeGreaterThan(30);
    for (const id of described) expect(html.split(`id="${id}"`)).toHaveLength(2);
  });

  it('a checkout of nothing asks for no card', async () => {
    const free = { price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Sticker' } }, quantity: 1 };
    const session = await forPayment({ line_items: [free] });
    const html = await (await sandbox.page(session.url ?? '')).text();
    expect(html).not.toContain('<input');
    expect((await post(session.url, {})).status).toBe(303);
    expect(await sessionNow(session)).toMatchObject({ status: 'complete', payment_status: 'no_payment_required' });
  });

  it('behaviour 36: a challenge that fails leads back to the page, one that passes to the success address', async () => {
    const session = await forPayment();
    const challenge = async (): Promise<string> => {
      const answer = await post(session.url, { card: '4000002760003184' });
      expect(answer.status).toBe(303);
      return answer.headers.get('location') ?? '';
    };
    const failing = await challenge();
    expect(await (await sandbox.page(failing)).text()).toContain('pay 30.00 USD');
    const failed = await post(failing, { outcome: 'fail' });
    expect(failed.headers.get('location')).toBe(session.url);
    expect(await (await sandbox.page(session.url ?? '')).text()).toContain('did not authenticate');
    expect((await sessionNow(session)).payment_intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    const passed = await post(await challenge(), { outcome: 'complete' });
    expect(passed.headers.get('location')).toContain('https://shop.example/done');
    expect(await sessionNow(session)).toMatchObject({ status: 'complete', payment_status: 'paid' });
  });

  // Checked, 44: documented: https://docs.stripe.com/checkout/fulfillment.
  it('behaviour 44: a bank debit completes unpaid, and its answer follows as an event of its own', async () => {
    const euro = { price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Sock' } } };
    const [paying, failing] = [await forPayment({ line_items: [euro] }), await forPayment({ line_items: [euro] })];
    await post(paying.url, { iban: 'AT611904300234573201' });
    await post(failing.url, { iban: 'AT861904300235473202' });
    expect(await sessionNow(paying)).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    await sandbox.control('POST', 'clock', { key, advance_seconds: 600 });
    expect((await sessionNow(paying)).payment_status).toBe('paid');
    expect((await sessionNow(failing)).payment_status).toBe('unpaid');
    expect(await eventTypes('checkout.session.async_payment_succeeded')).toBe(1);
    expect(await eventTypes('checkout.session.async_payment_failed')).toBe(1);
  });

  it('a customer is made when the session wants one, with the method saved for later', async () => {
    const session = await forPayment({
      customer_creation: 'always',
      payment_intent_data: { setup_future_usage: 'off_session' },
    });
    await post(session.url, { card: '4242424242424242', email: 'ann@example.com', name: 'Ann' });
    const customer = String((await sessionNow(session)).customer);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ email: 'ann@example.com', name: 'Ann' });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
  });
});

describe('saving on the hosted page', () => {
  it('attaches the card to the customer, ready for payments without them', async () => {
    const customer = await stripe.customers.create({ email: 'jo@example.com' });
    const session = await forSetup(customer.id);
    expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: null });
    const start = await post(session.url, { card: '4000002500003155' });
    const end = await post(start.headers.get('location'), { outcome: 'complete' });
    expect(end.headers.get('location')).toBe(`https://shop.example/done?s=${session.id}`);
    const done = await sessionNow(session);
    const intent = done.setup_intent as Stripe.SetupIntent;
    expect(intent).toMatchObject({ status: 'succeeded', payment_method: { customer: customer.id } });
    const paid = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer: customer.id,
      payment_method: (intent.payment_method as Stripe.PaymentMethod).id,
      confirm: true,
      off_session: true,
    });
    expect(paid.status).toBe('succeeded');
  });

  it('behaviour 38: a plainly declining card is not saved, the one that fails later is', async () => {
    const customer = await stripe.customers.create();
    const session = await forSetup(customer.id);
    expect((await post(session.url, { card: '4000000000000002' })).status).toBe(402);
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
    expect((await post(session.url, { card: '4000000000000341' })).status).toBe(303);
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1);
  });
});

describe('the life of a session', () => {
  it('behaviour 66: it lives between 30 minutes and 24 hours, then expires with an event and takes no money', async () => {
    const now = Math.floor(Date.now() / 1000) + 601;
    await expect(forPayment({ expires_at: now + 60 })).rejects.toMatchObject({ statusCode: 400, param: 'expires_at' });
    await expect(forPayment({ expires_at: now + 90_000 })).rejects.toMatchObject({
      statusCode: 400,
      param: 'expires_at',
    });
    const session = await forPayment({ expires_at: now + 1900 });
    await sandbox.control('POST', 'clock', { key, advance_seconds: 1901 });
    expect(await sessionNow(session)).toMatchObject({ status: 'expired', url: null });
    expect(await eventTypes('checkout.session.expired')).toBe(1);
    expect((await post(session.url, { card: '4242424242424242' })).status).toBe(409);
  });

  it('behaviour 66: so many lines, and no more: 100, of subscriptions 20 of each kind', async () => {
    const amount = { currency: 'usd', unit_amount: 100, product_data: { name: 'Seat' } };
    const once = { price_data: amount, quantity: 1 };
    const monthly = { price_data: { ...amount, recurring: { interval: 'month' as const } }, quantity: 1 };
    const create = (mode: 'payment' | 'subscription', months: number, times: number) =>
      stripe.checkout.sessions.create({
        ...urls,
        mode,
        line_items: [...Array.from({ length: months }, () => monthly), ...Array.from({ length: times }, () => once)],
      });
    expect((await create('payment', 0, 100)).amount_total).toBe(10_000);
    expect((await create('subscription', 20, 20)).amount_total).toBe(4_000);
    for (const refused of [create('payment', 0, 101), create('subscription', 21, 0), create('subscription', 1, 21)]) {
      await expect(refused).rejects.toMatchObject({ statusCode: 400, param: 'line_items' });
    }
  });

  it('behaviour 66: the customer may be back before the webhook, and finds the session complete all the same', async () => {
    const receiver = await startReceiver();
    const endpoint = await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['checkout.session.completed'],
    });
    const late = { kind: 'event_delay', event: 'checkout.session.completed', delayMs: 400, times: 1 };
    await sandbox.control('POST', 'faults', late);
    const session = await forPayment();
    expect((await post(session.url, { card: '4242424242424242' })).status).toBe(303);
    expect(await sessionNow(session)).toMatchObject({ status: 'complete', payment_status: 'paid' });
    expect(receiver.received).toEqual([]);
    const [{ body = '' } = {}] = await receiver.arrived(1);
    expect(JSON.parse(body)).toMatchObject({ data: { object: { id: session.id, payment_status: 'paid' } } });
    await stripe.webhookEndpoints.del(endpoint.id);
    await receiver.close();
  });

  it('an open session is expired on request', async () => {
    const session = await forPayment();
    expect((await stripe.checkout.sessions.expire(session.id)).status).toBe('expired');
    const list = await stripe.checkout.sessions.list({ status: 'expired', limit: 1 });
    expect(list.data[0]?.id).toBe(session.id);
  });

  it.each([
    [{ mode: 'subscription', line_items: [line], ...urls }, 'line_items'],
    [{ mode: 'payment', ...urls }, 'line_items'],
    [{ mode: 'payment', line_items: [line] }, 'success_url'],
    [{ mode: 'payment', line_items: [line], success_url: 'not an address' }, 'success_url'],
    [{ mode: 'payment', line_items: [{ price: 'price_nothing' }], ...urls }, 'line_items[0][price]'],
    [{ mode: 'payment', line_items: [line], customer: 'cus_nobody', ...urls }, 'customer'],
    [{ mode: 'setup', ...urls }, 'currency'],
  ] as [Stripe.Checkout.SessionCreateParams, string][])('%j is refused by its parameter %s', async (params, param) => {
    await expect(stripe.checkout.sessions.create(params)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

it('behaviour 11: what is missing in the body is 400 with the full path of its parameter', async () => {
  const session = forPayment({ line_items: [line, { price: 'price_nothing', quantity: 1 }] });
  await expect(session).rejects.toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'line_items[1][price]',
    message: "No such price: 'price_nothing'",
  });
});

it('behaviour 33: a line is rounded, not its unit', async () => {
  const price_data = { currency: 'usd', product_data: { name: 'Call' }, unit_amount_decimal: '25.05' } as never;
  const session = await forPayment({
    line_items: [
      { price_data, quantity: 30 },
      { price_data, quantity: 3 },
    ],
  });
  const lines = await stripe.checkout.sessions.listLineItems(session.id);
  // 751.5 and 75.15; a rounded unit would have made 750 and 75.
  expect(lines.data.map((one) => one.amount_total)).toEqual([752, 75]);
  expect(session.amount_total).toBe(827);
});

describe('challenges without a checkout', () => {
  it('behaviour 36: the way back carries the intent and how it went', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'https://shop.example/back?x=1',
    });
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    const back = new URL((await post(url, { outcome: 'complete' })).headers.get('location') ?? '');
    expect([
      back.searchParams.get('x'),
      back.searchParams.get('payment_intent'),
      back.searchParams.get('redirect_status'),
    ]).toEqual(['1', intent.id, 'succeeded']);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect((await post(url, { outcome: 'complete' })).status).toBe(409);
  });

  it('behaviour 38: the card that authenticates and then has no funds is declined after its challenge', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
      return_url: 'https://shop.example/back',
    });
    const answer = await post(intent.next_action?.redirect_to_url?.url ?? '', { outcome: 'complete' });
    expect(answer.headers.get('location')).toContain('redirect_status=failed');
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
  });
});
