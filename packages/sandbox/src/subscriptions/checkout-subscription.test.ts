import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { daySeconds, runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('checkingout');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

type Params = Omit<Stripe.Checkout.SessionCreateParams, 'mode' | 'success_url' | 'line_items'>;

const success = 'https://example.com/done?session={CHECKOUT_SESSION_ID}';

const open = (price: string, params: Params = {}, quantity = 1): Promise<Stripe.Checkout.Session> =>
  billing.stripe.checkout.sessions.create({
    mode: 'subscription',
    success_url: success,
    line_items: [{ price, quantity }],
    ...params,
  });

const submit = (session: Stripe.Checkout.Session, fields: Record<string, string>): Promise<Response> =>
  billing.sandbox.page(String(session.url), fields);

const good = '4242424242424242';

describe('a checkout that begins a subscription', () => {
  it('behaviour 66: pays the first invoice, keeps the card for the renewals, and completes once', async () => {
    const { stripe, news } = billing;
    const session = await open(await billing.price(1200), { subscription_data: { metadata: { plan: 'pro' } } }, 2);
    expect(session).toMatchObject({ mode: 'subscription', amount_total: 2400, subscription: null, invoice: null });
    await news();
    const paid = await submit(session, { card: good, email: 'jo@example.com' });
    expect(paid.status).toBe(303);
    expect(paid.headers.get('location')).toBe(success.replace('{CHECKOUT_SESSION_ID}', session.id));
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] });
    const subscription = done.subscription as Stripe.Subscription;
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid', payment_intent: null });
    expect(done.invoice).toMatchObject({ status: 'paid', total: 2400, billing_reason: 'subscription_create' });
    expect(subscription).toMatchObject({ status: 'active', metadata: { plan: 'pro' }, customer: done.customer });
    const method = await stripe.paymentMethods.retrieve(String(subscription.default_payment_method));
    expect(method.customer).toBe(done.customer);
    const types = await news();
    expect(types.indexOf('customer.subscription.created')).toBeLessThan(types.indexOf('customer.subscription.updated'));
    expect(types.at(-1)).toBe('checkout.session.completed');
    expect((await submit(session, { card: good })).status).toBe(409);
    const found = await stripe.checkout.sessions.list({ subscription: subscription.id });
    expect(found.data.map(({ id }) => id)).toEqual([session.id]);
  });

  it('begins a trial with something to pay once that is paid, and asks for no further method', async () => {
    const { stripe } = billing;
    const product = await stripe.products.create({ name: 'Set-up' });
    const once = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 500 });
    const recurring = await billing.price(1200);
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: success,
      line_items: [
        { price: recurring, quantity: 1 },
        { price: once.id, quantity: 1 },
      ],
      subscription_data: { trial_period_days: 7 },
    });
    expect((await submit(session, { card: '4000000000000002', email: 'jo@example.com' })).status).toBe(402);
    const [tried] = (await stripe.subscriptions.list({ price: recurring, status: 'all' })).data;
    expect(tried).toMatchObject({ status: 'incomplete', pending_setup_intent: null });
    expect((await submit(session, { card: good, email: 'jo@example.com' })).status).toBe(303);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    expect(done).toMatchObject({ payment_status: 'paid', amount_total: 500 });
    expect(done.subscription).toMatchObject({ status: 'trialing', pending_setup_intent: null });
    expect((done.subscription as Stripe.Subscription).default_payment_method).toMatch(/^pm_/);
  });

  it('a declined card leaves the page open, and the next try pays the same invoice', async () => {
    const { stripe } = billing;
    const customer = await billing.customer();
    const session = await open(await billing.price(1200), { customer: customer.id });
    expect((await submit(session, { card: '4000000000000002' })).status).toBe(402);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open', subscription: null });
    expect((await submit(session, { card: good })).status).toBe(303);
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(1);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toMatchObject([{ status: 'paid' }]);
  });

  it('behaviour 36: a bank that wants to see its customer is visited first', async () => {
    const session = await open(await billing.price(1200));
    const challenge = String((await submit(session, { card: '4000002760003184' })).headers.get('location'));
    expect(challenge).toContain('/challenge/');
    const back = await billing.sandbox.page(challenge, { outcome: 'complete' });
    expect(back.headers.get('location')).toContain('https://example.com/done');
    expect(await billing.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })).toMatchObject({
      status: 'complete',
      subscription: { status: 'active' },
    });
  });

  it('behaviour 56: a trial saves the card, costs nothing today, and begins with the saved card', async () => {
    const known = await billing.stripe.customers.create({ email: 'zoe@example.com' });
    const subscription_data = { trial_period_days: 10 };
    const session = await open(await billing.price(1200), { customer: known.id, subscription_data });
    const html = await (await billing.sandbox.page(String(session.url))).text();
    for (const part of ['Free while on trial', '-12.00 USD', '0.00 USD', 'zoe@example.com'])
      expect(html).toContain(part);
    expect(session).toMatchObject({ amount_total: 0, payment_method_collection: 'always' });
    expect((await submit(session, { card: '4000000000000002' })).status).toBe(402);
    expect((await submit(session, { card: good })).status).toBe(303);
    const done = await billing.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    const subscription = done.subscription as Stripe.Subscription;
    expect(done).toMatchObject({ status: 'complete', payment_status: 'no_payment_required' });
    expect(subscription).toMatchObject({ status: 'trialing', pending_setup_intent: null });
    expect(subscription.trial_end).toBe(Number(subscription.trial_start) + 10 * daySeconds);
    expect(subscription.default_payment_method).not.toBeNull();
  });

  it('behaviour 66: the lines of a checkout with a trial add up to what is paid today, whatever a code takes', async () => {
    const { stripe } = billing;
    const fee = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Set-up' } });
    const coupon = await stripe.coupons.create({ duration: 'repeating', duration_in_months: 2, percent_off: 10 });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: 'https://shop.example/done',
      line_items: [
        { price: await billing.price(1200), quantity: 2 },
        { price: fee.id, quantity: 1 },
      ],
      subscription_data: { trial_period_days: 10 },
      discounts: [{ coupon: coupon.id }],
      expand: ['line_items.data.discounts', 'total_details.breakdown'],
    });
    expect(session.line_items?.data).toMatchObject([
      { amount_subtotal: 0, amount_discount: 0, amount_total: 0, price: { unit_amount: 1200 }, quantity: 2 },
      { amount_subtotal: 500, amount_discount: 50, amount_total: 450 },
    ]);
    const { data: lines } = await stripe.checkout.sessions.listLineItems(session.id);
    const sum = (field: 'amount_subtotal' | 'amount_total' | 'amount_discount'): number =>
      lines.reduce((total, line) => total + line[field], 0);
    expect([sum('amount_subtotal'), sum('amount_total')]).toEqual([session.amount_subtotal, session.amount_total]);
    expect(sum('amount_discount')).toBe(session.total_details?.amount_discount);
    const html = await (await billing.sandbox.page(String(session.url))).text();
    for (const part of ['24.00 USD', '-24.00 USD', 'pay 4.50 USD']) expect(html).toContain(part);
    expect((await submit(session, { card: good, email: 'jo@example.com' })).status).toBe(303);
    const done = await stripe.checkout.sessions.retrieve(session.id);
    expect(await billing.invoice(done.invoice)).toMatchObject({ amount_paid: 450, status: 'paid' });
  });

  it('a trial that asks for no card begins without one', async () => {
    const session = await open(await billing.price(1200), {
      payment_method_collection: 'if_required',
      customer_email: 'jo@example.com',
      subscription_data: {
        trial_period_days: 10,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    });
    expect((await submit(session, {})).status).toBe(303);
    const done = await billing.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'customer'] });
    expect(done).toMatchObject({
      subscription: { status: 'trialing', default_payment_method: null },
      customer: { email: 'jo@example.com' },
    });
  });

  it('what bills once is on the first invoice alone', async () => {
    const { stripe } = billing;
    const once = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Setup' } });
    const monthly = await billing.price(1000);
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: success,
      line_items: [
        { price: monthly, quantity: 1 },
        { price: once.id, quantity: 1 },
      ],
    });
    expect(session.amount_total).toBe(1500);
    await submit(session, { card: good });
    const { subscription } = await stripe.checkout.sessions.retrieve(session.id);
    await billing.later(32 * daySeconds);
    const { data } = await stripe.invoices.list({ subscription: String(subscription) });
    expect(data.map((invoice) => invoice.total)).toEqual([1000, 1500]);
    const alone = stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: success,
      line_items: [{ price: once.id, quantity: 1 }],
    });
    await expect(alone).rejects.toMatchObject({ statusCode: 400, param: 'line_items' });
  });

  it('a coupon of the session and a code that is typed take from what is paid today', async () => {
    const { stripe } = billing;
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'forever' });
    const given = await open(await billing.price(2000), { discounts: [{ coupon: coupon.id }] });
    expect(given).toMatchObject({ amount_subtotal: 2000, amount_total: 1500, total_details: { amount_discount: 500 } });
    await submit(given, { card: good });
    expect(await stripe.checkout.sessions.retrieve(given.id, { expand: ['invoice'] })).toMatchObject({
      invoice: { total: 1500 },
    });
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'SPRING' });
    const typed = await open(await billing.price(2000), { allow_promotion_codes: true });
    expect(await (await billing.sandbox.page(String(typed.url))).text()).toContain('name="promotion_code"');
    expect((await submit(typed, { card: good, promotion_code: 'AUTUMN' })).status).toBe(400);
    expect((await submit(typed, { card: good, promotion_code: 'spring' })).status).toBe(303);
    expect(await stripe.checkout.sessions.retrieve(typed.id, { expand: ['invoice'] })).toMatchObject({
      amount_total: 1500,
      invoice: { total: 1500, status: 'paid' },
    });
  });

  it('behaviour 44: a bank that takes its time leaves the session unpaid and the subscription active', async () => {
    const { stripe } = billing;
    const price = await stripe.prices.create({
      currency: 'eur',
      unit_amount: 900,
      recurring: { interval: 'month' },
      product_data: { name: 'Euro' },
    });
    const session = await open(price.id);
    expect((await submit(session, { iban: 'AT611904300234573201', email: 'jo@example.com' })).status).toBe(303);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    expect(done).toMatchObject({ payment_status: 'unpaid', subscription: { status: 'active' } });
    await billing.later(300);
    const told = await stripe.events.list({ type: 'checkout.session.async_payment_succeeded' });
    expect(told.data[0]?.data.object).toMatchObject({ id: session.id });
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ payment_status: 'paid' });
  });
});
