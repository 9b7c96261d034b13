import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newsOf } from '../../testing/news.js';
import { type RunningSandbox, runSandbox, startReceiver } from '../../testing/running-sandbox.js';
import { unique } from '../../testing/unique.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
let news: () => Promise<string[]>;
const key = 'sk_test_coupons';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
  news = newsOf(stripe);
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const day = 24 * 60 * 60;
const now = async (): Promise<number> => ((await sandbox.control('GET', `clock?key=${key}`)) as { now: number }).now;
const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });
/** As a caller of that version sees it. */
const older = (method: string, path: string, body?: string, version = '2025-08-27.basil') =>
  sandbox.call(method, path, {
    key,
    headers: { 'stripe-version': version },
    ...(body === undefined ? {} : { body }),
  });

describe('coupons', () => {
  it('a share or an amount, for once, for some months or, as a share, for ever', async () => {
    await news();
    const id = unique('FOREVER');
    const share = await stripe.coupons.create({
      percent_off: 25.5,
      duration: 'forever',
      id,
      name: 'Quarter',
    });
    expect(share).toMatchObject({ id, percent_off: 25.5, amount_off: null, currency: null, valid: true });
    const amount = await stripe.coupons.create({
      amount_off: 500,
      currency: 'EUR',
      duration: 'repeating',
      duration_in_months: 3,
      currency_options: { usd: { amount_off: 600 } },
      expand: ['currency_options'],
    });
    expect(amount).toMatchObject({ amount_off: 500, currency: 'eur', duration_in_months: 3, times_redeemed: 0 });
    expect(amount.currency_options).toEqual({ eur: { amount_off: 500 }, usd: { amount_off: 600 } });
    expect(amount.id).toMatch(/^[A-Za-z0-9]{8}$/);
    const plain = await stripe.coupons.create({ percent_off: 5 });
    expect(plain.duration).toBe('once');
    const { data } = await stripe.coupons.list({ limit: 3 });
    expect(data.map((one) => one.id)).toEqual([plain.id, amount.id, id]);
    expect(await news()).toEqual(['coupon.created', 'coupon.created', 'coupon.created']);
  });

  it.each([
    { name: 'nothing to take off', params: {}, param: 'percent_off' },
    { name: 'both', params: { percent_off: 5, amount_off: 5, currency: 'usd' }, param: 'amount_off' },
    { name: 'more than all', params: { percent_off: 100.5 }, param: 'percent_off' },
    { name: 'no share', params: { percent_off: 0 }, param: 'percent_off' },
    { name: 'an amount without its currency', params: { amount_off: 5 }, param: 'currency' },
    { name: 'no amount', params: { amount_off: 0, currency: 'usd' }, param: 'amount_off' },
    { name: 'a currency nobody has', params: { amount_off: 5, currency: 'xyz' }, param: 'currency' },
    {
      name: 'months that are not said',
      params: { percent_off: 5, duration: 'repeating' },
      param: 'duration_in_months',
    },
    {
      name: 'months without repeating',
      params: { percent_off: 5, duration_in_months: 2 },
      param: 'duration_in_months',
    },
    { name: 'an amount for ever', params: { amount_off: 5, currency: 'usd', duration: 'forever' }, param: 'duration' },
    { name: 'a date that is over', params: { percent_off: 5, redeem_by: 1 }, param: 'redeem_by' },
    { name: 'no redemptions', params: { percent_off: 5, max_redemptions: 0 }, param: 'max_redemptions' },
    {
      name: 'currencies of a share',
      params: { percent_off: 5, currency_options: { eur: { amount_off: 1 } } },
      param: 'currency_options',
    },
    {
      name: 'a product that is not there',
      params: { percent_off: 5, applies_to: { products: ['prod_x'] } },
      param: 'applies_to[products][0]',
    },
    { name: 'a long name', params: { percent_off: 5, name: 'x'.repeat(41) }, param: 'name' },
  ])('is refused: $name', async ({ params, param }) => {
    await expect(stripe.coupons.create(params as Stripe.CouponCreateParams)).rejects.toMatchObject({
      statusCode: 400,
      param,
    });
  });

  it('an amount for ever is still made by a caller of acacia', async () => {
    const made = await older(
      'POST',
      '/v1/coupons',
      'amount_off=500&currency=usd&duration=forever',
      '2025-02-24.acacia',
    );
    expect(made).toMatchObject({ status: 200, body: { duration: 'forever' } });
  });

  it('an id is taken once, and free again after its coupon is deleted', async () => {
    const id = unique('HALF');
    await stripe.coupons.create({ id, percent_off: 50 });
    await expect(stripe.coupons.create({ id, percent_off: 10 })).rejects.toMatchObject({
      code: 'resource_already_exists',
      param: 'id',
    });
    expect(await stripe.coupons.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
    await expect(stripe.coupons.retrieve(id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect((await stripe.coupons.create({ id, percent_off: 10 })).percent_off).toBe(10);
  });

  it('name, metadata and amounts in more currencies are all that changes', async () => {
    const product = await stripe.products.create({ name: 'Seat' });
    const coupon = await stripe.coupons.create({
      amount_off: 100,
      currency: 'usd',
      applies_to: { products: [product.id] },
    });
    const changed = await stripe.coupons.update(coupon.id, {
      name: 'Spring',
      metadata: { a: '1' },
      currency_options: { eur: { amount_off: 90 } },
      expand: ['currency_options', 'applies_to'],
    });
    expect(changed).toMatchObject({ name: 'Spring', metadata: { a: '1' }, applies_to: { products: [product.id] } });
    expect(changed.currency_options).toEqual({ usd: { amount_off: 100 }, eur: { amount_off: 90 } });
    const shown = await stripe.coupons.retrieve(coupon.id);
    expect([shown.applies_to, shown.currency_options]).toEqual([undefined, undefined]);
    const own = stripe.coupons.update(coupon.id, { currency_options: { usd: { amount_off: 1 } } });
    await expect(own).rejects.toMatchObject({ statusCode: 400, param: 'currency_options[usd]' });
  });

  it('a coupon is valid until its date, that second included', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 5, redeem_by: (await now()) + day });
    expect(coupon.valid).toBe(true);
    await later(2 * day);
    expect((await stripe.coupons.retrieve(coupon.id)).valid).toBe(false);
    const code = stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } });
    await expect(code).rejects.toMatchObject({ code: 'coupon_expired', param: 'promotion[coupon]' });
  });
});

describe('promotion codes', () => {
  const coupon = async (params: Partial<Stripe.CouponCreateParams> = {}): Promise<string> =>
    (await stripe.coupons.create({ percent_off: 10, ...params })).id;
  const code = (couponId: string, params: Partial<Stripe.PromotionCodeCreateParams> = {}) =>
    stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: couponId }, ...params });

  it('a code stands for a coupon, and is found whatever its case', async () => {
    const couponId = await coupon();
    const fall = unique('Fall-');
    const made = await code(couponId, {
      code: fall,
      restrictions: {
        minimum_amount: 1000,
        minimum_amount_currency: 'USD',
        currency_options: { eur: { minimum_amount: 900 } },
      },
    });
    expect(made).toMatchObject({ active: true, code: fall, promotion: { type: 'coupon', coupon: couponId } });
    expect(made.restrictions).toEqual({
      first_time_transaction: false,
      minimum_amount: 1000,
      minimum_amount_currency: 'usd',
    });
    expect((await stripe.promotionCodes.list({ code: fall.toLowerCase() })).data.map((one) => one.id)).toEqual([
      made.id,
    ]);
    const expanded = await stripe.promotionCodes.retrieve(made.id, {
      expand: ['promotion.coupon', 'restrictions.currency_options'],
    });
    expect(expanded.restrictions.currency_options).toEqual({ eur: { minimum_amount: 900 } });
    expect(expanded.promotion.coupon).toMatchObject({ id: couponId, percent_off: 10 });
    expect((await code(couponId)).code).toMatch(/^[A-Z0-9]{8}$/);
    expect((await stripe.promotionCodes.list({ coupon: couponId, active: true })).data).toHaveLength(2);
    expect((await stripe.promotionCodes.list({ coupon: couponId, active: false })).data).toEqual([]);
  });

  it('versions before clover name the coupon at the top, and show it whole', async () => {
    const couponId = await coupon();
    const old = unique('OLD');
    const made = await older('POST', '/v1/promotion_codes', `coupon=${couponId}&code=${old}`);
    expect(made).toMatchObject({
      status: 200,
      body: { code: old, coupon: { id: couponId, percent_off: 10, valid: true } },
    });
    expect(made.body.promotion).toBeUndefined();
    expect((await older('POST', '/v1/promotion_codes', 'code=X')).body.error).toMatchObject({
      code: 'parameter_missing',
      param: 'coupon',
    });
    const newer = await older('POST', '/v1/promotion_codes', `coupon=${couponId}`, '2025-09-30.clover');
    expect(newer.body.error).toMatchObject({ code: 'parameter_unknown', param: 'coupon' });
  });

  it('a code is unique among those active for a customer', async () => {
    const couponId = await coupon();
    const [one, other] = [await stripe.customers.create(), await stripe.customers.create()];
    const once = unique('once');
    const first = await code(couponId, { code: once.toUpperCase(), customer: one.id });
    await code(couponId, { code: once, customer: other.id });
    await expect(code(couponId, { code: once, customer: one.id })).rejects.toMatchObject({
      statusCode: 400,
      message: `An active promotion code with \`code: ${once}\` already exists.`,
    });
    await stripe.promotionCodes.update(first.id, { active: false });
    await code(couponId, { code: once, customer: one.id });
    await expect(stripe.promotionCodes.update(first.id, { active: true })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('a code ends with its date or its coupon, and is not made active again then', async () => {
    const couponId = await coupon({ redeem_by: (await now()) + 10 * day, max_redemptions: 5 });
    const made = await code(couponId, { expires_at: (await now()) + day });
    await later(2 * day);
    expect((await stripe.promotionCodes.retrieve(made.id)).active).toBe(false);
    await expect(stripe.promotionCodes.update(made.id, { active: true })).rejects.toMatchObject({ param: 'active' });
    const another = await code(couponId);
    await stripe.coupons.del(couponId);
    expect((await stripe.promotionCodes.retrieve(another.id)).active).toBe(false);
    const shown = await older('GET', `/v1/promotion_codes/${another.id}`);
    expect(shown.body.coupon).toMatchObject({ id: couponId, valid: false });
  });

  it.each([
    { name: 'letters it cannot have', params: { code: 'TWO WORDS' }, param: 'code' },
    { name: 'a date after the coupon’s', params: { expires_at: 4_000_000_000 }, param: 'expires_at' },
    { name: 'a date that is over', params: { expires_at: 1 }, param: 'expires_at' },
    { name: 'more redemptions than the coupon has', params: { max_redemptions: 6 }, param: 'max_redemptions' },
    {
      name: 'a least amount without its currency',
      params: { restrictions: { minimum_amount: 5 } },
      param: 'restrictions[minimum_amount_currency]',
    },
    { name: 'a customer who is not there', params: { customer: 'cus_x' }, param: 'customer' },
  ])('is refused: $name', async ({ params, param }) => {
    const couponId = await coupon({ redeem_by: (await now()) + 10 * day, max_redemptions: 5 });
    await expect(code(couponId, params)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

describe('a customer’s discount, which versions before basil give', () => {
  const acacia = '2025-02-24.acacia';
  const give = (customer: string, body: string) => older('POST', `/v1/customers/${customer}`, body, acacia);

  it('is shown in the shape of each version, counts as a redemption, and is taken away', async () => {
    await news();
    const { id: couponId } = await stripe.coupons.create({ percent_off: 10, duration: 'forever', max_redemptions: 1 });
    const made = await older('POST', '/v1/customers', `coupon=${couponId}`, acacia);
    expect(made.body.discount).toMatchObject({ object: 'discount', coupon: { id: couponId }, end: null });
    const id = String(made.body.id);
    const customer = await stripe.customers.retrieve(id, { expand: ['discount.source.coupon'] });
    expect(customer).toMatchObject({
      discount: { customer: id, source: { type: 'coupon', coupon: { id: couponId, times_redeemed: 1, valid: false } } },
    });
    const again = await give(id, `coupon=${couponId}`);
    expect(again.body.error).toMatchObject({ code: 'coupon_expired', param: 'coupon' });
    const gone = await stripe.customers.deleteDiscount(id);
    expect(gone).toMatchObject({ object: 'discount', deleted: true, source: { coupon: couponId } });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: null });
    await expect(stripe.customers.deleteDiscount(id)).rejects.toMatchObject({ statusCode: 404 });
    expect(await news()).toEqual([
      'coupon.created',
      'customer.created',
      'coupon.updated',
      'customer.discount.created',
      'customer.discount.deleted',
      'customer.updated',
    ]);
  });

  it('since basil the parameter is unknown', async () => {
    const refused = await older('POST', '/v1/customers', 'coupon=x');
    expect(refused.body.error).toMatchObject({ code: 'parameter_unknown', param: 'coupon' });
  });

  it('one for some months ends with them, and goes on when its coupon is deleted', async () => {
    const { id: couponId } = await stripe.coupons.create({
      percent_off: 10,
      duration: 'repeating',
      duration_in_months: 2,
    });
    const { id } = await stripe.customers.create();
    expect((await give(id, `coupon=${couponId}`)).status).toBe(200);
    await stripe.coupons.del(couponId);
    expect((await older('GET', `/v1/customers/${id}`)).body.discount).toMatchObject({
      coupon: { id: couponId, valid: false },
    });
    await later(50 * day);
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: { source: { coupon: couponId } } });
    await later(13 * day);
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: null });
    const { data } = await stripe.events.list({ limit: 2 });
    expect(data.map((event) => event.type)).toEqual(['customer.updated', 'customer.discount.deleted']);
  });

  it('another coupon replaces it', async () => {
    const [one, other] = [
      await stripe.coupons.create({ percent_off: 10 }),
      await stripe.coupons.create({ percent_off: 20 }),
    ];
    const { id } = await stripe.customers.create();
    await give(id, `coupon=${one.id}`);
    await give(id, `coupon=${other.id}`);
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: { source: { coupon: other.id } } });
    const [event] = (await stripe.events.list({ type: 'customer.discount.updated' })).data;
    expect(event?.data.previous_attributes).toMatchObject({ source: { coupon: one.id } });
    await give(id, 'coupon=');
    expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: null });
  });

  it('the last redemption of a code is told by a thin event', async () => {
    const receiver = await startReceiver();
    try {
      await stripe.v2.core.eventDestinations.create({
        name: 'Codes',
        type: 'webhook_endpoint',
        event_payload: 'thin',
        enabled_events: ['v1.promotion_code.fully_redeemed'],
        webhook_endpoint: { url: receiver.url },
      });
      const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
      const promotion = { type: 'coupon', coupon } as const;
      const code = await stripe.promotionCodes.create({ promotion, max_redemptions: 2 });
      for (let count = 0; count < 2; count += 1) {
        const { id } = await stripe.customers.create();
        expect((await give(id, `promotion_code=${code.id}`)).status).toBe(200);
      }
      const [{ body } = { body: '{}' }] = await receiver.arrived(1);
      expect(JSON.parse(body)).toMatchObject({
        type: 'v1.promotion_code.fully_redeemed',
        related_object: { id: code.id, url: `/v1/promotion_codes/${code.id}` },
      });
    } finally {
      await receiver.close();
    }
  });

  it('a promotion code is redeemed by those it is for, once they have bought nothing yet, as often as it says', async () => {
    const { id: couponId } = await stripe.coupons.create({ percent_off: 10 });
    const [own, stranger, buyer] = [
      await stripe.customers.create(),
      await stripe.customers.create(),
      await stripe.customers.create(),
    ];
    const promotion = { type: 'coupon', coupon: couponId } as const;
    const personal = await stripe.promotionCodes.create({ promotion, customer: own.id });
    const first = await stripe.promotionCodes.create({
      promotion,
      restrictions: { first_time_transaction: true },
      max_redemptions: 1,
    });
    const dear = await stripe.promotionCodes.create({
      promotion,
      restrictions: { minimum_amount: 100, minimum_amount_currency: 'usd' },
    });
    await stripe.paymentMethods.attach('pm_card_visa', { customer: buyer.id }).then((method) =>
      stripe.paymentIntents.create({
        amount: 500,
        currency: 'usd',
        customer: buyer.id,
        payment_method: method.id,
        confirm: true,
        off_session: true,
      }),
    );
    const refusalOf = async (customer: string, code: string) =>
      (await give(customer, `promotion_code=${code}`)).body.error?.message;
    expect(await refusalOf(stranger.id, personal.id)).toContain('belongs to another customer');
    expect(await refusalOf(buyer.id, first.id)).toContain('because the associated customer has prior transactions.');
    expect(await refusalOf(own.id, dear.id)).toContain('`minimum_amount` restriction');
    expect((await give(own.id, `promotion_code=${first.id}`)).status).toBe(200);
    expect(await stripe.promotionCodes.retrieve(first.id)).toMatchObject({ times_redeemed: 1, active: false });
    expect(await refusalOf(stranger.id, first.id)).toContain('maximum number of times');
    expect(await stripe.customers.retrieve(own.id)).toMatchObject({ discount: { promotion_code: first.id } });
  });
});
