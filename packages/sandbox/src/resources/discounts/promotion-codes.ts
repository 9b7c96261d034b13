import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { versionAtLeast } from '../../versions.js';
import type { RequestContext, Work } from '../../work.js';
import { checkedCurrency, requirePositiveInteger } from '../currency-rules.js';
import { customers } from '../customers/customer.js';
import { refuseUnserved } from '../unserved.js';
import { type CouponObject, coupons, isRedeemable } from './coupon.js';
import { isActive, type PromotionCodeObject, promotionCodes } from './promotion-code.js';

const codeLength = 8;

type CreateContext = RequestContext<Stripe.PromotionCodeCreateParams>;

const createPromotionCode = operation<Stripe.PromotionCodeCreateParams>((context) => {
  const { params } = context;
  refuseUnserved(params, ['customer_account']);
  const coupon = couponIn(context);
  if (params.customer !== undefined) context.require(customers, params.customer, 'customer');
  const customer = params.customer ?? null;
  const code =
    params.code === undefined || params.code === '' ? context.newToken(codeLength).toUpperCase() : params.code;
  requireUsableCode(code);
  const active = params.active ?? true;
  if (active) requireFree(context, code, customer);
  const promotionCode: PromotionCodeObject = {
    id: context.newId('promo'),
    object: 'promotion_code',
    active,
    code,
    created: context.now,
    customer,
    customer_account: null,
    expires_at: expiryIn(context, coupon),
    livemode: context.account.livemode,
    max_redemptions: redemptionsIn(context, coupon),
    metadata: metadataMerged({}, params.metadata),
    promotion: { type: 'coupon', coupon: coupon.id },
    restrictions: restrictionsIn(params.restrictions),
    times_redeemed: 0,
    _code: code.toLowerCase(),
    _minimums: minimumsIn(params.restrictions?.currency_options ?? {}, params.restrictions?.minimum_amount_currency),
  };
  context.put(promotionCodes, promotionCode);
  context.emit('promotion_code.created', promotionCode);
  return promotionCode;
});

const couponIn = (context: CreateContext): CouponObject => {
  const param = versionAtLeast(context.version, 'clover') ? 'promotion[coupon]' : 'coupon';
  const id = context.params.promotion.coupon;
  if (id === undefined) {
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  const coupon = context.require(coupons, id, param);
  if (isRedeemable(context, coupon)) return coupon;
  throw invalidRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param });
};

/** Letters, digits and dashes: https://docs.stripe.com/api/promotion_codes/create */
const requireUsableCode = (code: string): void => {
  if (/^[A-Za-z0-9-]+$/.test(code)) return;
  throw invalidRequest('Invalid code: it may have letters, digits and dashes only.', { param: 'code' });
};

/** Unique among active codes for each customer, whatever their case; a code for all is one for each. */
const requireFree = (work: Work, code: string, customer: string | null, selfId?: string): void => {
  const taken = work
    .where(promotionCodes, '_code', code.toLowerCase())
    .some(
      (one) =>
        one.id !== selfId &&
        isActive(work, one) &&
        (one.customer === null || customer === null || one.customer === customer),
    );
  if (!taken) return;
  throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, {
    code: 'resource_already_exists',
    param: 'code',
  });
};

const expiryIn = ({ params, now }: CreateContext, coupon: CouponObject): number | null => {
  const { expires_at: expiresAt } = params;
  if (expiresAt === undefined) return null;
  if (expiresAt <= now) throw invalidRequest('Invalid expires_at: must be in the future.', { param: 'expires_at' });
  if (coupon.redeem_by === null || expiresAt <= coupon.redeem_by) return expiresAt;
  throw invalidRequest('`expires_at` cannot be after the `redeem_by` of the coupon.', { param: 'expires_at' });
};

const redemptionsIn = ({ params }: CreateContext, coupon: CouponObject): number | null => {
  const { max_redemptions: most } = params;
  if (most === undefined) return null;
  requirePositiveInteger(most, 'max_redemptions');
  if (coupon.max_redemptions === null || most <= coupon.max_redemptions) return most;
  throw invalidRequest('`max_redemptions` cannot be greater than the `max_redemptions` of the coupon.', {
    param: 'max_redemptions',
  });
};

type Restrictions = Stripe.PromotionCodeCreateParams.Restrictions;

const restrictionsIn = (given: Restrictions | undefined): PromotionCodeObject['restrictions'] => {
  const { minimum_amount: amount, minimum_amount_currency: currency } = given ?? {};
  if ((amount === undefined) !== (currency === undefined)) {
    const param = amount === undefined ? 'restrictions[minimum_amount]' : 'restrictions[minimum_amount_currency]';
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  if (amount !== undefined) requirePositiveInteger(amount, 'restrictions[minimum_amount]');
  return {
    first_time_transaction: given?.first_time_transaction ?? false,
    minimum_amount: amount ?? null,
    minimum_amount_currency:
      currency === undefined ? null : checkedCurrency(currency, 'restrictions[minimum_amount_currency]'),
  };
};

/** Each in a currency besides the restriction's own. */
const minimumsIn = (
  given: NonNullable<Restrictions['currency_options']>,
  own: string | null | undefined,
): Record<string, { minimum_amount: number }> =>
  Object.fromEntries(
    Object.entries(given).map(([name, option]) => {
      const param = `restrictions[currency_options][${name}]`;
      const currency = checkedCurrency(name, param);
      if (own === undefined || own === null || currency === own.toLowerCase()) {
        throw invalidRequest('`currency_options` is for currencies besides `minimum_amount_currency`.', { param });
      }
      requirePositiveInteger(option.minimum_amount ?? 0, `${param}[minimum_amount]`);
      return [currency, { minimum_amount: option.minimum_amount ?? 0 }];
    }),
  );

const inPath = <P>(context: RequestContext<P>): PromotionCodeObject =>
  context.require(promotionCodes, context.path.code ?? '');

const retrievePromotionCode = operation<Stripe.PromotionCodeRetrieveParams>((context) => inPath(context));

const updatePromotionCode = operation<Stripe.PromotionCodeUpdateParams>((context) => {
  const { params } = context;
  const before = inPath(context);
  const after: PromotionCodeObject = {
    ...before,
    active: params.active ?? before.active,
    metadata: metadataMerged(before.metadata, params.metadata),
    _minimums: {
      ...before._minimums,
      ...minimumsIn(params.restrictions?.currency_options ?? {}, before.restrictions.minimum_amount_currency),
    },
  };
  if (params.active === true && !isActive(context, before)) requireReactivable(context, after);
  context.put(promotionCodes, after);
  context.emit('promotion_code.updated', after, before);
  return after;
});

/** Only while its coupon is valid and the code itself could be redeemed: https://docs.stripe.com/api/promotion_codes/update */
const requireReactivable = (work: Work, code: PromotionCodeObject): void => {
  if (!isActive(work, code)) {
    throw invalidRequest('This promotion code cannot be reactivated: it, or its coupon, can no longer be redeemed.', {
      param: 'active',
    });
  }
  requireFree(work, code.code, typeof code.customer === 'string' ? code.customer : null, code.id);
};

const listPromotionCodes = operation<Stripe.PromotionCodeListParams>((context) => {
  const { active, code, coupon, customer } = context.params;
  refuseUnserved(context.params, ['customer_account']);
  return context.list(promotionCodes, {
    ...(code === undefined ? {} : { where: { field: '_code', value: code.toLowerCase() } }),
    filter: (one) =>
      (active === undefined || isActive(context, one) === active) &&
      (coupon === undefined || one.promotion.coupon === coupon) &&
      (customer === undefined || one.customer === customer),
  });
});

export const promotionCodesResource: Resource = {
  collections: [promotionCodes],
  operations: {
    'POST /v1/promotion_codes': createPromotionCode,
    'GET /v1/promotion_codes': listPromotionCodes,
    'GET /v1/promotion_codes/:code': retrievePromotionCode,
    'POST /v1/promotion_codes/:code': updatePromotionCode,
  },
};
