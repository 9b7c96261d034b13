import { invalidRequest } from '../../errors.js';
import { versionAtLeast } from '../../versions.js';
import type { RequestContext, Work } from '../../work.js';
import { requireChargeable } from '../currency-rules.js';
import { coupons, reductionIn, requireRedeemable } from '../discounts/coupon.js';
import { discountAmounts } from '../discounts/discount-amounts.js';
import { promotionCodes } from '../discounts/promotion-code.js';
import { prices } from '../products/price.js';
import { refuseUnserved } from '../unserved.js';
import { type CheckoutLine, isRecurring } from './checkout-line-items.js';
import type { CheckoutParams } from './checkout-rules.js';
import type { CheckoutSessionObject, Subscribing } from './checkout-session.js';

type Context = RequestContext<CheckoutParams>;

const unserved = [
  'application_fee_percent',
  'default_tax_rates',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
];

/** What the subscription will be made with; its version says in which mode it will be billed. */
export const subscribingFrom = (context: Context): Subscribing => {
  const data = context.params.subscription_data ?? {};
  refuseUnserved(data, unserved);
  const { discounts } = context.params;
  const given = Array.isArray(discounts) ? discounts : [];
  if (given.length > 1) throw invalidRequest('You may only specify one discount.', { param: 'discounts' });
  if (given.length > 0 && context.params.allow_promotion_codes === true) {
    throw invalidRequest('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'discounts',
    });
  }
  const type = versionAtLeast(context.version, 'clover') ? 'flexible' : 'classic';
  return {
    data: { billing_mode: { type }, ...data },
    discounts: given,
    version: context.version,
    subscription: null,
  };
};

type MoneyFields = Pick<
  CheckoutSessionObject,
  'amount_subtotal' | 'amount_total' | 'currency' | 'discounts' | 'total_details'
>;

/** What is to be paid today: nothing for what a trial gives, and less by the discount. */
export const subscribingMoney = (context: Context, lines: readonly CheckoutLine[]): MoneyFields => {
  const currency = lines[0]?.currency ?? 'usd';
  const due = dueNow(context, lines, context.params.subscription_data ?? {});
  const subtotal = due.reduce((sum, amount) => sum + amount, 0);
  const [given] = Array.isArray(context.params.discounts) ? context.params.discounts : [];
  const taken = given === undefined ? 0 : takenBy(context, given, { lines, due, currency });
  if (subtotal - taken > 0) requireChargeable(subtotal - taken, currency, 'line_items');
  return {
    amount_subtotal: subtotal,
    amount_total: subtotal - taken,
    currency,
    discounts:
      given === undefined ? [] : [{ coupon: given.coupon ?? null, promotion_code: given.promotion_code ?? null }],
    total_details: { amount_discount: taken, amount_shipping: 0, amount_tax: 0 },
  };
};

/** A trial makes what recurs free today. */
const dueNow = (work: Work, lines: readonly CheckoutLine[], data: Subscribing['data']): number[] => {
  const isTrial = data.trial_end !== undefined || (data.trial_period_days ?? 0) > 0;
  return lines.map((line) => (isTrial && isRecurring(work, line) ? 0 : line.amount_total));
};

/** What a code takes of a session's lines. */
export const takenOfSession = (
  work: Work,
  { _lines: lines, _subscribing: subscribing, currency }: CheckoutSessionObject,
  given: { readonly promotion_code: string },
): number =>
  takenBy(work, given, { lines, due: dueNow(work, lines, subscribing?.data ?? {}), currency: currency ?? 'usd' });

interface Due {
  readonly lines: readonly CheckoutLine[];
  readonly due: readonly number[];
  readonly currency: string;
}

const takenBy = (
  work: Work,
  given: { readonly coupon?: string; readonly promotion_code?: string },
  { lines, due, currency }: Due,
): number => {
  const code =
    given.promotion_code === undefined
      ? undefined
      : work.require(promotionCodes, given.promotion_code, 'discounts[0][promotion_code]');
  const couponId = code?.promotion.coupon ?? given.coupon ?? '';
  if (code === undefined) requireRedeemable(work, couponId, 'discounts[0][coupon]');
  const reduction = reductionIn(work.require(coupons, couponId, 'discounts[0][coupon]'), currency, null);
  if (reduction === undefined) return 0;
  const discountable = lines.map((line, position) => ({
    amount: due[position] ?? 0,
    product: String(work.require(prices, line.price).product),
    isDiscountable: true,
  }));
  return (discountAmounts(discountable, [reduction])[0] ?? []).reduce((sum, amount) => sum + amount, 0);
};
