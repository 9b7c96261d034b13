import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_checkoutcodes';
const good = '4242424242424242';
const declined = '4000000000000002';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const shirt = { currency: 'usd', unit_amount: 1999, product_data: { name: 'Shirt' } };

const open = (more: Stripe.Checkout.SessionCreateParams): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price_data: shirt, quantity: 3 }],
    success_url: 'https://shop.example/done',
    ...more,
  });

const post = (session: Stripe.Checkout.Session, form: Record<string, string>): Promise<Response> =>
  sandbox.page(String(session.url), form);

const now = (session: Stripe.Checkout.Session): Promise<Stripe.Checkout.Session> =>
  stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent', 'line_items'] });

/** A code that is typed in one case and was made in another. */
async function code(text: string, more: Partial<Stripe.CouponCreateParams> = {}): Promise<string> {
  const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 20, ...more });
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: text.toUpperCase() });
  return coupon.id;
}

it('a coupon of the session lowers its lines, its total and what is charged, and is counted when it is paid', async () => {
  const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 25, max_redemptions: 1 });
  const session = await open({ discounts: [{ coupon: coupon.id }] });
  // 25 % of 59.97 is 14.9925.
  expect(session).toMatchObject({
    amount_subtotal: 5997,
    amount_total: 4498,
    total_details: { amount_discount: 1499 },
    discounts: [{ coupon: coupon.id, promotion_code: null }],
  });
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(0);
  expect((await post(session, { card: good, email: 'jo@example.com' })).status).toBe(303);
  expect(await now(session)).toMatchObject({
    status: 'complete',
    payment_intent: { amount: 4498, status: 'succeeded' },
    line_items: { data: [{ amount_subtotal: 5997, amount_discount: 1499, amount_total: 4498 }] },
  });
  expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ times_redeemed: 1, valid: false });
  await expect(open({ discounts: [{ coupon: coupon.id }] })).rejects.toMatchObject({
    code: 'coupon_expired',
    param: 'discounts[0][coupon]',
  });
});

it('a code is applied on the page before anything is paid, in any case, and shows the lower price', async () => {
  await code('spring');
  const session = await open({ allow_promotion_codes: true });
  expect((await post(session, { apply: 'code', promotion_code: 'autumn' })).status).toBe(400);
  expect(await (await post(session, { apply: 'code' })).text()).toContain('Enter a promotion code.');
  const page = await post(session, { apply: 'code', promotion_code: 'Spring', email: 'jo@example.com' });
  expect(page.status).toBe(200);
  const html = await page.text();
  for (const part of ['Discount SPRING', '-11.99 USD', 'Pay 47.98 USD', 'jo@example.com']) expect(html).toContain(part);
  expect(await now(session)).toMatchObject({ status: 'open', amount_total: 4798, payment_intent: null });
  expect((await post(session, { card: good })).status).toBe(303);
  expect(await now(session)).toMatchObject({ payment_intent: { amount: 4798 }, payment_status: 'paid' });
  const [used] = (await stripe.promotionCodes.list({ code: 'SPRING' })).data;
  expect(used?.times_redeemed).toBe(1);
});

it('a code that is typed after a declined card lowers what the same intent asks for', async () => {
  await code('later', { percent_off: 50 });
  const session = await open({ allow_promotion_codes: true });
  expect((await post(session, { card: declined })).status).toBe(402);
  const tried = (await now(session)).payment_intent as Stripe.PaymentIntent;
  expect(tried.amount).toBe(5997);
  expect((await post(session, { card: good, promotion_code: 'later' })).status).toBe(303);
  expect((await now(session)).payment_intent).toMatchObject({ id: tried.id, amount: 2998, amount_received: 2998 });
});

it('a code for everything leaves nothing to pay: no card is asked for, and no intent is made', async () => {
  await code('free', { percent_off: 100 });
  const session = await open({ allow_promotion_codes: true });
  expect((await post(session, { promotion_code: 'free' })).status).toBe(303);
  expect(await now(session)).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    amount_total: 0,
    payment_intent: null,
  });
});

it('what a code demands is demanded of this order: its least amount, its customer, and a charge that is big enough', async () => {
  const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 10 });
  const promotion = { type: 'coupon', coupon: coupon.id } as const;
  const restrictions = { minimum_amount: 10_000, minimum_amount_currency: 'usd' };
  await stripe.promotionCodes.create({ promotion, code: 'BIG', restrictions });
  const owner = await stripe.customers.create();
  await stripe.promotionCodes.create({ promotion, code: 'MINE', customer: owner.id });
  await code('nearly', { percent_off: 99.5 });
  const session = await open({ allow_promotion_codes: true });
  for (const typed of ['big', 'mine', 'nearly']) {
    const answer = await post(session, { card: good, promotion_code: typed });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('promotion_code-error');
  }
  expect(await now(session)).toMatchObject({ status: 'open', amount_total: 5997, payment_intent: null });
  const owned = await open({ allow_promotion_codes: true, customer: owner.id });
  expect((await post(owned, { card: good, promotion_code: 'mine' })).status).toBe(303);
});

it('a session gives a discount or asks for a code, not both, and one discount alone', async () => {
  const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 10 });
  const one = { coupon: coupon.id };
  await expect(open({ discounts: [one], allow_promotion_codes: true })).rejects.toMatchObject({ param: 'discounts' });
  await expect(open({ discounts: [one, one] })).rejects.toMatchObject({ param: 'discounts' });
});

// https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-total_details-breakdown
describe('what a discount takes, told when it is asked for', () => {
  const asked = { expand: ['total_details.breakdown', 'line_items.data.discounts', 'line_items.data.taxes'] };

  it('is one discount of the session, in all and of each line, before it is paid and after', async () => {
    await code('told', { percent_off: 25, duration: 'repeating', duration_in_months: 3 });
    const mug = { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } };
    const line_items = [
      { price_data: shirt, quantity: 3 },
      { price_data: mug, quantity: 1 },
    ];
    const session = await open({ allow_promotion_codes: true, line_items, ...asked });
    expect(session.total_details?.breakdown).toEqual({ discounts: [], taxes: [] });
    await post(session, { apply: 'code', promotion_code: 'told' });
    const priced = await stripe.checkout.sessions.retrieve(session.id, asked);
    const [code1] = (await stripe.promotionCodes.list({ code: 'TOLD' })).data;
    const of = { object: 'discount', checkout_session: session.id, promotion_code: code1?.id };
    expect(priced.total_details?.breakdown).toMatchObject({
      discounts: [{ amount: 1499 + 125, discount: { ...of, source: { coupon: code1?.promotion.coupon } } }],
      taxes: [],
    });
    expect(priced.line_items?.data).toMatchObject([
      { amount_discount: 1499, discounts: [{ amount: 1499, discount: of }], taxes: [] },
      { amount_discount: 125, discounts: [{ amount: 125, discount: of }], taxes: [] },
    ]);
    expect((await post(session, { card: good })).status).toBe(303);
    const [done] = (await stripe.checkout.sessions.list({ expand: ['data.total_details.breakdown'], limit: 1 })).data;
    const id = priced.total_details?.breakdown?.discounts[0]?.discount.id;
    expect(done?.total_details?.breakdown?.discounts).toMatchObject([{ amount: 1624, discount: { id, ...of } }]);
    expect((await now(session)).total_details).not.toHaveProperty('breakdown');
  });

  it('is shown by the coupon itself to a caller of before clover, and is no error where nothing is to be paid', async () => {
    const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 25 });
    const { id } = await open({ discounts: [{ coupon: coupon.id }] });
    await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      success_url: 'https://shop.example/done',
    });
    const older = await sandbox.call('GET', '/v1/checkout/sessions?limit=2&expand[0]=data.total_details.breakdown', {
      key,
      headers: { 'stripe-version': '2025-08-27.basil' },
    });
    expect(older.body).toMatchObject({
      data: [
        { mode: 'setup', total_details: null },
        { id, total_details: { breakdown: { discounts: [{ discount: { coupon: { id: coupon.id } } }] } } },
      ],
    });
  });
});

describe('a discount that two sessions have and one of them can redeem', () => {
  const challenged = '4000002760003184';
  const oneUse = async (text: string, ofCode: boolean): Promise<Stripe.PromotionCode> => {
    const most = { max_redemptions: 1 };
    const coupon = await stripe.coupons.create({ duration: 'once', percent_off: 20, ...(ofCode ? {} : most) });
    const promotion = { type: 'coupon', coupon: coupon.id } as const;
    return stripe.promotionCodes.create({ promotion, code: text, ...(ofCode ? most : {}) });
  };
  const used = async ({ id }: Stripe.PromotionCode): Promise<number> => {
    const { times_redeemed, promotion } = await stripe.promotionCodes.retrieve(id);
    const coupon = await stripe.coupons.retrieve(String(promotion.coupon));
    return Math.max(times_redeemed, coupon.times_redeemed);
  };

  it.each([
    { limit: 'its code', ofCode: true },
    { limit: 'its coupon', ofCode: false },
  ])('is redeemed once, by the first that is paid, where $limit says so', async ({ ofCode }) => {
    const once = await oneUse(ofCode ? 'ONCEC' : 'ONCEK', ofCode);
    const [first, second] = [await open({ allow_promotion_codes: true }), await open({ allow_promotion_codes: true })];
    for (const one of [first, second])
      expect((await post(one, { apply: 'code', promotion_code: once.code })).status).toBe(200);
    expect((await post(first, { card: good })).status).toBe(303);
    const refused = await post(second, { card: good });
    expect(refused.status).toBe(402);
    const html = await refused.text();
    for (const part of ['can no longer be redeemed', 'Pay 59.97 USD', 'role="alert"']) expect(html).toContain(part);
    expect(await now(second)).toMatchObject({ status: 'open', amount_total: 5997, payment_intent: null });
    expect(await used(once)).toBe(1);
    expect((await post(second, { card: good })).status).toBe(303);
    expect(await now(second)).toMatchObject({ status: 'complete', payment_intent: { amount_received: 5997 } });
    expect(await used(once)).toBe(1);
  });

  it('keeps the other from being paid for less, whoever asks, where its maker gave the discount', async () => {
    const once = await oneUse('GIVEN', true);
    const [first, second] = [
      await open({ discounts: [{ promotion_code: once.id }] }),
      await open({ discounts: [{ promotion_code: once.id }] }),
    ];
    expect((await post(first, { card: good })).status).toBe(303);
    expect(await (await sandbox.page(String(second.url))).text()).toContain('can no longer be redeemed');
    expect((await post(second, { card: good })).status).toBe(402);
    const { id: method } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await expect(
      stripe.rawRequest('POST', `/v1/payment_pages/${second.id}/confirm`, { payment_method: method }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'coupon_expired' });
    expect(await now(second)).toMatchObject({ status: 'open', amount_total: 4798, payment_intent: null });
    expect(await used(once)).toBe(1);
  });

  it('is not taken by a bank that asked its customer while the other was paid', async () => {
    const once = await oneUse('SLOW', true);
    const [slow, quick] = [await open({ allow_promotion_codes: true }), await open({ allow_promotion_codes: true })];
    const asked = await post(slow, { card: challenged, promotion_code: once.code });
    expect(asked.headers.get('location')).toContain('/challenge/');
    expect((await post(quick, { card: good, promotion_code: once.code })).status).toBe(303);
    const back = await sandbox.page(String(asked.headers.get('location')), { outcome: 'complete' });
    expect(back.headers.get('location')).toBe(slow.url);
    expect(await (await sandbox.page(String(slow.url))).text()).toContain('can no longer be redeemed');
    const { payment_intent: intent, status } = await now(slow);
    expect({ status, intent }).toMatchObject({ status: 'open', intent: { status: 'requires_payment_method' } });
    expect(await used(once)).toBe(1);
  });

  it('of a subscription is redeemed as it begins, and not by another one', async () => {
    const once = await oneUse('PLAN', true);
    const monthly = { ...shirt, recurring: { interval: 'month' as const } };
    const plan: Stripe.Checkout.SessionCreateParams = {
      mode: 'subscription',
      line_items: [{ price_data: monthly, quantity: 1 }],
      allow_promotion_codes: true,
    };
    const [first, second] = [await open(plan), await open(plan)];
    expect((await post(second, { apply: 'code', promotion_code: once.code })).status).toBe(200);
    expect((await post(first, { card: declined, promotion_code: once.code })).status).toBe(402);
    expect((await post(first, { card: good })).status).toBe(303);
    expect((await post(second, { card: good })).status).toBe(402);
    expect((await stripe.checkout.sessions.retrieve(second.id)).status).toBe('open');
    expect(await used(once)).toBe(1);
  });
});
