import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import { versionAtLeast } from '../../versions.js';
import type { Work } from '../../work.js';
import { charges, idOf } from '../charges/charge.js';
import { couponBehind, couponShown, isRedeemable } from './coupon.js';

export interface PromotionCodeObject extends Omit<Stripe.PromotionCode, 'promotion'> {
  readonly promotion: { readonly type: 'coupon'; readonly coupon: string };
  /** What people type, in one case: "FALL20" and "fall20" are the same code. */
  readonly _code: string;
  /** Least amounts in currencies besides the restriction's own, shown only when they are expanded. */
  readonly _minimums: Readonly<Record<string, { readonly minimum_amount: number }>>;
}

export const promotionCodes = defineCollection<PromotionCodeObject>({
  type: 'promotion_code',
  prefix: 'promo',
  label: 'promotion code',
  path: (code) => `/v1/promotion_codes/${code.id}`,
  indexes: ['_code', 'customer'],
  included: { 'restrictions.currency_options': (code) => code._minimums },
  render: (code, work, version) => {
    const { promotion, ...rest } = { ...code, active: isActive(work, code) };
    // https://docs.stripe.com/changelog/clover/2025-09-30/polymorphic-coupon: before, the coupon itself stood there.
    return versionAtLeast(version, 'clover')
      ? { ...rest, promotion }
      : { ...rest, coupon: couponShown(work, promotion.coupon) };
  },
});

/** It is active only while its coupon is valid, its date has not come and it was not redeemed often enough. */
export const isActive = (work: Work, code: PromotionCodeObject): boolean => {
  const coupon = couponBehind(work, code.promotion.coupon);
  return code.active && !isOver(work, code) && coupon !== undefined && isRedeemable(work, coupon);
};

const isUsedUp = (code: PromotionCodeObject): boolean =>
  code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;

const isOver = (work: Work, code: PromotionCodeObject): boolean =>
  (code.expires_at !== null && code.expires_at < work.now) || isUsedUp(code);

/** What a code is redeemed for. */
export interface Redemption {
  readonly customer: string | null;
  /** Before discounts and tax, in the smallest unit; null when it is not known yet, which a least amount does not allow. */
  readonly order: { readonly amount: number; readonly currency: string } | null;
}

/** The code, or a refusal that says which of its restrictions stands in the way. */
export const requireRedeemableCode = (
  work: Work,
  id: string,
  redemption: Redemption,
  param: string,
): PromotionCodeObject => {
  const code = work.require(promotionCodes, id, param);
  const why = whyNot(work, code, redemption);
  if (why === undefined) return code;
  throw invalidRequest(`This promotion code cannot be redeemed because ${why}.`, { param });
};

/** The one about prior transactions as seen: https://github.com/stripe/stripe-php/issues/1146 */
const whyNot = (work: Work, code: PromotionCodeObject, redemption: Redemption): string | undefined => {
  if (isUsedUp(code)) return 'it has been used the maximum number of times';
  if (isOver(work, code)) return 'it has expired';
  if (!isActive(work, code)) return 'it is not active';
  if (code.customer !== null && code.customer !== redemption.customer) return 'it belongs to another customer';
  if (code.restrictions.first_time_transaction && hasPaid(work, redemption.customer)) {
    return 'the associated customer has prior transactions';
  }
  return whyTooLittle(code, redemption.order);
};

const hasPaid = (work: Work, customer: string | null): boolean =>
  customer !== null && work.where(charges, 'customer', customer).some((charge) => charge.paid);

const whyTooLittle = (code: PromotionCodeObject, order: Redemption['order']): string | undefined => {
  const { minimum_amount: amount, minimum_amount_currency: currency } = code.restrictions;
  if (amount === null) return undefined;
  if (order === null) return 'it uses the `minimum_amount` restriction and the amount may change';
  const least = order.currency === currency ? amount : code._minimums[order.currency]?.minimum_amount;
  if (least === undefined) return `its minimum amount is not in ${order.currency}`;
  return order.amount < least ? 'the order is below its minimum amount' : undefined;
};

export const countCodeRedemption = (work: Work, code: PromotionCodeObject): void => {
  const after = work.update(promotionCodes, code, { times_redeemed: code.times_redeemed + 1 });
  work.emit('promotion_code.updated', after, code);
  if (!isUsedUp(after)) return;
  const related_object = { id: code.id, type: 'promotion_code', url: `/v1/promotion_codes/${code.id}` };
  work.emitThin('v1.promotion_code.fully_redeemed', { related_object });
};

/** The customer a code is for, as an id. */
export const customerOfCode = (code: PromotionCodeObject): string | null => idOf(code.customer);
