import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import { versionAtLeast } from '../../versions.js';
import type { RequestContext } from '../../work.js';
import { checkedCurrency, requirePositiveInteger } from '../currency-rules.js';
import { products } from '../products/product.js';
import { type CouponObject, couponCollections, coupons, removeCoupon } from './coupon.js';

const idLength = 8;
/** https://docs.stripe.com/api/coupons/create: a date of redemption is at most 5 years away. */
const redeemBySecondsMax = 5 * 366 * 24 * 60 * 60;

type CreateContext = RequestContext<Stripe.CouponCreateParams>;

const createCoupon = operation<Stripe.CouponCreateParams>((context) => {
  const { params } = context;
  const reduction = reductionIn(context);
  const coupon: CouponObject = {
    id: freeId(context),
    object: 'coupon',
    ...reduction,
    created: context.now,
    ...durationIn(context, reduction.amount_off !== null),
    livemode: context.account.livemode,
    max_redemptions: params.max_redemptions ?? null,
    metadata: metadataMerged({}, params.metadata),
    name: params.name === '' ? null : (params.name ?? null),
    redeem_by: redeemByIn(context),
    times_redeemed: 0,
    _products: productsIn(context),
    _currencyOptions: amountsOffIn(params.currency_options ?? {}, reduction),
  };
  if (params.max_redemptions !== undefined) requirePositiveInteger(params.max_redemptions, 'max_redemptions');
  context.put(coupons, coupon);
  context.emit('coupon.created', coupon);
  return coupon;
});

const freeId = (context: CreateContext): string => {
  const { id } = context.params;
  if (id === undefined || id === '') return context.newToken(idLength);
  if (context.get(coupons, id) === undefined) return id;
  throw invalidRequest('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
};

type CouponReduction = Pick<CouponObject, 'amount_off' | 'currency' | 'percent_off'>;

const reductionIn = ({ params }: CreateContext): CouponReduction => {
  const { amount_off: amount, percent_off: percent } = params;
  if (amount !== undefined && percent !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: amount_off, percent_off.', {
      param: 'amount_off',
    });
  }
  if (percent !== undefined) {
    if (percent <= 0 || percent > 100) {
      throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100.', { param: 'percent_off' });
    }
    return { amount_off: null, currency: null, percent_off: percent };
  }
  if (amount === undefined) {
    throw invalidRequest('Must provide percent_off or amount_off.', {
      code: 'parameter_missing',
      param: 'percent_off',
    });
  }
  if (params.currency === undefined || params.currency === '') {
    throw invalidRequest('You must pass currency when passing amount_off.', {
      code: 'parameter_missing',
      param: 'currency',
    });
  }
  requirePositiveInteger(amount, 'amount_off');
  return { amount_off: amount, currency: checkedCurrency(params.currency), percent_off: null };
};

type Duration = Pick<CouponObject, 'duration' | 'duration_in_months'>;

/** Since basil an amount is not taken for ever: https://docs.stripe.com/changelog/basil/2025-03-31/restrict-coupon-duration */
const durationIn = ({ params, version }: CreateContext, isAmount: boolean): Duration => {
  const { duration = 'once', duration_in_months: months } = params;
  if (isAmount && duration === 'forever' && versionAtLeast(version, 'basil')) {
    throw invalidRequest('Coupons with `amount_off` cannot have the duration `forever`.', { param: 'duration' });
  }
  if (duration === 'repeating') {
    if (months === undefined) {
      throw invalidRequest('You must pass duration_in_months when duration is repeating.', {
        code: 'parameter_missing',
        param: 'duration_in_months',
      });
    }
    requirePositiveInteger(months, 'duration_in_months');
  } else if (months !== undefined) {
    throw invalidRequest('You may only pass duration_in_months when duration is repeating.', {
      param: 'duration_in_months',
    });
  }
  return { duration, duration_in_months: months ?? null };
};

const redeemByIn = ({ params, now }: CreateContext): number | null => {
  const { redeem_by: redeemBy } = params;
  if (redeemBy === undefined) return null;
  if (redeemBy > now && redeemBy <= now + redeemBySecondsMax) return redeemBy;
  throw invalidRequest('Invalid redeem_by: must be in the future, and at most 5 years away.', { param: 'redeem_by' });
};

const productsIn = (context: CreateContext): readonly string[] | null => {
  const named = context.params.applies_to?.products;
  if (named === undefined || named.length === 0) return null;
  for (const [position, id] of named.entries()) context.require(products, id, `applies_to[products][${position}]`);
  return named;
};

const amountsOffIn = (
  given: NonNullable<Stripe.CouponCreateParams['currency_options']>,
  reduction: CouponReduction,
): CouponObject['_currencyOptions'] => {
  const names = Object.keys(given);
  if (names.length > 0 && reduction.amount_off === null) {
    throw invalidRequest('`currency_options` is for coupons with `amount_off`.', { param: 'currency_options' });
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, option]) => {
      const param = `currency_options[${name}]`;
      requirePositiveInteger(option.amount_off, `${param}[amount_off]`);
      const currency = checkedCurrency(name, param);
      if (currency !== reduction.currency) return [currency, { amount_off: option.amount_off }];
      throw invalidRequest('`currency_options` is for currencies besides the coupon’s own.', { param });
    }),
  );
};

const retrieveCoupon = operation<Stripe.CouponRetrieveParams>((context) =>
  context.require(coupons, context.path.coupon ?? ''),
);

const updateCoupon = operation<Stripe.CouponUpdateParams>((context) => {
  const { params } = context;
  const before = context.require(coupons, context.path.coupon ?? '');
  const after = context.update(coupons, before, {
    ...(provided({ name: params.name }) as Partial<CouponObject>),
    metadata: metadataMerged(before.metadata, params.metadata),
    _currencyOptions: { ...before._currencyOptions, ...amountsOffIn(params.currency_options ?? {}, before) },
  });
  context.emit('coupon.updated', after, before);
  return after;
});

const deleteCoupon = operation<Stripe.CouponDeleteParams>((context) => {
  const coupon = context.require(coupons, context.path.coupon ?? '');
  const stub = removeCoupon(context, coupon);
  context.emit('coupon.deleted', coupon);
  return stub;
});

const listCoupons = operation<Stripe.CouponListParams>((context) => context.list(coupons));

export const couponsResource: Resource = {
  collections: couponCollections,
  operations: {
    'POST /v1/coupons': createCoupon,
    'GET /v1/coupons': listCoupons,
    'GET /v1/coupons/:coupon': retrieveCoupon,
    'POST /v1/coupons/:coupon': updateCoupon,
    'DELETE /v1/coupons/:coupon': deleteCoupon,
  },
};
