import type Stripe from 'stripe';
import { defineCollection, type StripeObject } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import { versionAtLeast } from '../../versions.js';
import type { Work } from '../../work.js';
import { monthsLater } from '../months-later.js';
import { countRedemption, couponBehind, couponShown, coupons, requireRedeemable } from './coupon.js';
import { countCodeRedemption, promotionCodes, type Redemption, requireRedeemableCode } from './promotion-code.js';

export interface DiscountObject extends Omit<Stripe.Discount, 'source'> {
  readonly source: { readonly type: 'coupon'; readonly coupon: string };
}

export const discounts = defineCollection<DiscountObject>({
  type: 'discount',
  prefix: 'di',
  indexes: ['customer', 'subscription', 'invoice', 'invoice_item'],
  render: (discount, work, version) => discountShown(work, discount, version),
});

/** https://docs.stripe.com/changelog/clover: until then the whole coupon stood in a discount, since then its id in `source`. */
export const discountShown = (work: Work, discount: DiscountObject, version: string): StripeObject => {
  if (versionAtLeast(version, 'clover')) return { ...discount };
  const { source, ...rest } = discount;
  return { ...rest, coupon: couponShown(work, source.coupon) };
};

/** One entry of `discounts` in a request: exactly one of the three. */
export interface GivenDiscount {
  readonly coupon?: string;
  readonly promotion_code?: string;
  /** One that exists already, for example of the subscription an invoice is of. */
  readonly discount?: string;
}

type Holder = Pick<
  DiscountObject,
  'checkout_session' | 'invoice' | 'invoice_item' | 'subscription' | 'subscription_item'
>;

/** Whose discount it becomes, and when it is redeemed for what. */
export interface DiscountTarget extends Redemption, Partial<Holder> {
  /** When its months began: what it is for may have begun earlier than now. */
  readonly since?: number;
}

const noHolder: Holder = {
  checkout_session: null,
  invoice: null,
  invoice_item: null,
  subscription: null,
  subscription_item: null,
};

/**
 * Redeems a coupon or a promotion code: a discount from now on, counted at both. `param` names the request's parameter,
 * for example `discounts[0]`; with '' they stand at the top of the request. Emits nothing: who holds it tells.
 */
export const redeem = (work: Work, given: GivenDiscount, target: DiscountTarget, param: string): DiscountObject => {
  const named = (name: string): string => (param === '' ? name : `${param}[${name}]`);
  const { customer, order, since = work.now, ...holder } = target;
  if ([given.coupon, given.promotion_code, given.discount].filter((one) => one !== undefined).length !== 1) {
    throw invalidRequest('Pass exactly one of `coupon`, `promotion_code` and `discount`.', {
      param: param === '' ? 'coupon' : param,
    });
  }
  if (given.discount !== undefined) return work.require(discounts, given.discount, named('discount'));
  requireRedeemableDiscount(work, given, { customer, order }, param);
  return countedDiscount(work, given, { customer, since, ...holder });
};

/** The coupon a request's discount is of, or a refusal that says why it cannot be redeemed for this. */
export const requireRedeemableDiscount = (
  work: Work,
  given: GivenDiscount,
  redemption: Redemption,
  param: string,
): string => {
  const named = (name: string): string => (param === '' ? name : `${param}[${name}]`);
  const code =
    given.promotion_code === undefined
      ? undefined
      : requireRedeemableCode(work, given.promotion_code, redemption, named('promotion_code'));
  return requireRedeemable(work, code?.promotion.coupon ?? given.coupon ?? '', named('coupon')).id;
};

/** A discount of what was found redeemable, counted at coupon and code while they are there. */
export const countedDiscount = (work: Work, given: GivenDiscount, target: DiscountFacts): DiscountObject => {
  const discount = discountFrom(work, given, target);
  const code = work.get(promotionCodes, given.promotion_code ?? '');
  const kept = work.get(coupons, discount.source.coupon);
  if (kept !== undefined) countRedemption(work, kept);
  if (code !== undefined) countCodeRedemption(work, code);
  return work.put(discounts, discount);
};

interface DiscountFacts extends Omit<DiscountTarget, 'order'> {
  /** Left out, a new one. */
  readonly id?: string;
}

/** The discount that this gives, not kept and not counted. */
export const discountFrom = (
  work: Work,
  given: GivenDiscount,
  { customer, since = work.now, id = work.newId('di'), ...holder }: DiscountFacts,
): DiscountObject => {
  const code = work.get(promotionCodes, given.promotion_code ?? '');
  const couponId = code?.promotion.coupon ?? given.coupon ?? '';
  const coupon = couponBehind(work, couponId);
  const months = coupon?.duration === 'repeating' ? coupon.duration_in_months : null;
  return {
    id,
    object: 'discount',
    customer,
    customer_account: null,
    end: months === null ? null : monthsLater(since, months),
    ...noHolder,
    ...holder,
    promotion_code: code?.id ?? null,
    source: { type: 'coupon', coupon: couponId },
    start: since,
  };
};

/** What the deletion of a discount answers with, as that version shows it. */
export const deletedDiscount = (work: Work, discount: DiscountObject, version: string): DeletedDiscount => {
  const { end: _end, ...shown } = discountShown(work, discount, version);
  return { ...shown, id: discount.id, deleted: true };
};

interface DeletedDiscount extends StripeObject {
  readonly id: string;
  readonly deleted: true;
}
