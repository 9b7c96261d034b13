import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import type { Reduction } from './discount-amounts.js';

/** How much is taken off in a currency besides the coupon's own. */
type AmountsOff = Readonly<Record<string, { readonly amount_off: number }>>;

export interface CouponObject extends Omit<Stripe.Coupon, 'applies_to' | 'currency_options' | 'valid'> {
  /** Null: whatever the product. */
  readonly _products: readonly string[] | null;
  readonly _currencyOptions: AmountsOff;
}

export const coupons = defineCollection<CouponObject>({
  type: 'coupon',
  // An id is whatever its maker says, so that it is found by the field that holds it and never by a prefix.
  prefix: 'coupon',
  path: (coupon) => `/v1/coupons/${coupon.id}`,
  included: {
    applies_to: (coupon) => (coupon._products === null ? undefined : { products: coupon._products }),
    currency_options: (coupon) =>
      coupon.amount_off === null || coupon.currency === null
        ? {}
        : { [coupon.currency]: { amount_off: coupon.amount_off }, ...coupon._currencyOptions },
  },
  // Whether it can still be redeemed is a question of the time of asking.
  render: (coupon, work) => ({ ...coupon, valid: isRedeemable(work, coupon) }),
});

/** Coupons that were deleted, by the id they had: discounts made of them go on. */
const formerCoupons = defineCollection<CouponObject>({ type: '_former_coupon', prefix: 'former_coupon' });

export const couponCollections = [coupons, formerCoupons];

export const removeCoupon = (work: Work, coupon: CouponObject) => {
  work.put(formerCoupons, coupon);
  return work.remove(coupons, coupon.id);
};

/** The coupon a discount was made of, deleted or not. */
export const couponBehind = (work: Work, id: string): CouponObject | undefined =>
  work.get(coupons, id) ?? work.get(formerCoupons, id);

/** As versions before clover show it inside other objects: whole, and no longer valid once it was deleted. */
export const couponShown = (work: Work, id: string): object | null => {
  const coupon = couponBehind(work, id);
  if (coupon === undefined) return null;
  const { _products, _currencyOptions, ...shown } = coupon;
  return { ...shown, valid: isRedeemable(work, coupon) };
};

/** Its deletion, its date and its number of redemptions end it for new discounts, not for those that exist. */
export const isRedeemable = (work: Work, coupon: CouponObject): boolean =>
  work.get(coupons, coupon.id) !== undefined && !isOver(work, coupon);

const isOver = (work: Work, coupon: CouponObject): boolean =>
  (coupon.redeem_by !== null && coupon.redeem_by < work.now) ||
  (coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions);

export const requireRedeemable = (work: Work, id: string, param: string): CouponObject => {
  const coupon = work.require(coupons, id, param);
  if (isOver(work, coupon)) throw invalidRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param });
  return coupon;
};

export const countRedemption = (work: Work, coupon: CouponObject): CouponObject => {
  const after = work.update(coupons, coupon, { times_redeemed: coupon.times_redeemed + 1 });
  work.emit('coupon.updated', after, coupon);
  return after;
};

/**
 * What the coupon takes from a document in this currency, for `discountAmounts`; undefined when it is an amount in other
 * currencies alone. `line` is the position of the one line it was given to, null for the whole document.
 */
export const reductionIn = (coupon: CouponObject, currency: string, line: number | null): Reduction | undefined => {
  const reduction = { percentOff: coupon.percent_off, amountOff: null, products: coupon._products, line };
  if (coupon.percent_off !== null) return reduction;
  const amountOff =
    coupon.currency === currency ? coupon.amount_off : (coupon._currencyOptions[currency]?.amount_off ?? null);
  return amountOff === null ? undefined : { ...reduction, amountOff };
};
