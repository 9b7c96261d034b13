import { invalidRequest } from '../../errors.js';
import type { RequestContext, Work } from '../../work.js';
import { checkedCurrency, requireChargeable } from '../currency-rules.js';
import { coupons, reductionIn } from '../discounts/coupon.js';
import { type GivenDiscount, requireRedeemableDiscount } from '../discounts/discount.js';
import { discountAmounts } from '../discounts/discount-amounts.js';
import { prices } from '../products/price.js';
import { type CheckoutLine, isRecurring } from './checkout-line-items.js';
import type { CheckoutParams } from './checkout-rules.js';
import type { CheckoutSessionObject } from './checkout-session.js';

type Context = RequestContext<CheckoutParams>;
type MoneyFields = Pick<
  CheckoutSessionObject,
  | 'amount_subtotal'
  | 'amount_total'
  | 'currency'
  | 'discounts'
  | 'total_details'
  | '_discounts'
  | '_discountId'
  | '_lines'
>;

/** The discount a request gives: a checkout takes one, or asks its visitor for a code. */
export const discountsFrom = ({ params }: Context): GivenDiscount[] => {
  const given = Array.isArray(params.discounts) ? params.discounts : [];
  if (given.length > 1) throw invalidRequest('You may only specify one discount.', { param: 'discounts' });
  if (given.length > 0 && params.allow_promotion_codes === true) {
    throw invalidRequest('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'discounts',
    });
  }
  return given.map(({ coupon, promotion_code }) => ({
    ...(coupon === undefined ? {} : { coupon }),
    ...(promotion_code === undefined ? {} : { promotion_code }),
  }));
};

/** Of a session that only keeps a method. */
export const noMoney = ({ params }: Context): MoneyFields => {
  const named = params.allowed_payment_method_types ?? params.payment_method_types;
  if (params.currency === undefined && named === undefined) {
    throw invalidRequest('In setup mode `currency` is required when no payment method types are named.', {
      code: 'parameter_missing',
      param: 'currency',
    });
  }
  const currency = params.currency === undefined ? null : checkedCurrency(params.currency);
  return {
    amount_subtotal: null,
    amount_total: null,
    currency,
    discounts: [],
    total_details: null,
    _discounts: [],
    _discountId: null,
    _lines: [],
  };
};

/** What a checkout is for. */
export interface Order {
  readonly lines: readonly CheckoutLine[];
  /** What recurs is free today. */
  readonly isTrial: boolean;
  readonly customer: string | null;
}

/** Where a refusal points to. */
export interface MoneyParams {
  readonly amount: string;
  /** The discount; the names of the API, or the field of the page. */
  readonly discount: string;
}

/** What is to be paid today: nothing for what a trial gives, and less by the discount, which is rounded line by line. */
export const moneyOf = (
  work: Work,
  { lines, isTrial, customer }: Order,
  given: GivenDiscount | undefined,
  params: MoneyParams,
): MoneyFields => {
  const currency = lines[0]?.currency ?? 'usd';
  const due = lines.map((line) => (isTrial && isRecurring(work, line) ? 0 : line.amount_subtotal));
  const subtotal = sum(due);
  const order = { amount: subtotal, currency };
  const taken =
    given === undefined
      ? due.map(() => 0)
      : takenBy(work, requireRedeemableDiscount(work, given, { customer, order }, params.discount), { lines, due });
  const discount = sum(taken);
  if (subtotal - discount > 0) requireChargeable(subtotal - discount, currency, params.amount);
  return {
    amount_subtotal: subtotal,
    amount_total: subtotal - discount,
    currency,
    discounts:
      given === undefined ? [] : [{ coupon: given.coupon ?? null, promotion_code: given.promotion_code ?? null }],
    total_details: { amount_discount: discount, amount_shipping: 0, amount_tax: 0 },
    _discounts: given === undefined ? [] : [given],
    _discountId: given === undefined ? null : work.newId('di'),
    _lines: lines.map((line, position) => {
      const [amount_subtotal, amount_discount] = [due[position] ?? 0, taken[position] ?? 0];
      return { ...line, amount_subtotal, amount_discount, amount_total: amount_subtotal - amount_discount };
    }),
  };
};

/** What a coupon takes of each line. */
const takenBy = (
  work: Work,
  couponId: string,
  { lines, due }: { readonly lines: readonly CheckoutLine[]; readonly due: readonly number[] },
): readonly number[] => {
  const reduction = reductionIn(work.require(coupons, couponId), lines[0]?.currency ?? 'usd', null);
  const nothing = lines.map(() => 0);
  if (reduction === undefined) return nothing;
  const discountable = lines.map((line, position) => ({
    amount: due[position] ?? 0,
    product: String(work.require(prices, line.price).product),
    isDiscountable: true,
  }));
  return discountAmounts(discountable, [reduction])[0] ?? nothing;
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
