import { invalidRequest, Refusal } from '../../errors.js';
import type { PageRequest } from '../../operation.js';
import { isOver, subscriptions } from '../../subscriptions/subscription.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { requireRedeemableDiscount } from '../discounts/discount.js';
import { isActive, promotionCodes } from '../discounts/promotion-code.js';
import { moneyOf } from './checkout-money.js';
import { type CheckoutSessionObject, checkoutSessions, isTrial } from './checkout-session.js';

const param = 'promotion_code';

/**
 * The session with the code its visitor typed, where it takes codes; what was typed before stays when nothing is. What a
 * subscription was begun with at an earlier try can no longer be changed.
 */
export const withPromotionCode = (
  work: Work,
  session: CheckoutSessionObject,
  request: PageRequest,
): CheckoutSessionObject => {
  const typed = (request.form.get(param) ?? '').trim();
  if (typed === '' || session.allow_promotion_codes !== true) return session;
  const customer = idOf(session.customer);
  const codes = work.where(promotionCodes, '_code', typed.toLowerCase());
  if (codes.some(({ id }) => id === session._discounts[0]?.promotion_code)) return session;
  const code = codes.find((one) => isActive(work, one) && (one.customer === null || one.customer === customer));
  if (code === undefined) throw invalidRequest('This code is invalid.', { param });
  if ((session._subscribing?.subscription ?? null) !== null) {
    throw invalidRequest('The payment has begun: a code can no longer be added.', { param });
  }
  const order = { lines: session._lines, isTrial: isTrial(session), customer };
  const given = { promotion_code: code.id };
  return work.update(checkoutSessions, session, moneyOf(work, order, given, { amount: param, discount: '' }));
};

/**
 * Why the discount of an open session can no longer be had, if so: it is redeemed when the session completes, and others
 * may have used it up by then. A subscription that was begun at an earlier try has redeemed it already.
 */
export const lostDiscount = (work: Work, session: CheckoutSessionObject): string | undefined => {
  const [given] = session._discounts;
  const begun = work.get(subscriptions, session._subscribing?.subscription ?? '');
  if (given === undefined || (begun !== undefined && !isOver(begun))) return undefined;
  const order = { amount: session.amount_subtotal ?? 0, currency: session.currency ?? 'usd' };
  try {
    requireRedeemableDiscount(work, given, { customer: idOf(session.customer), order }, param);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `The discount of this checkout can no longer be redeemed. ${error.body.message}`;
  }
};

/** What its visitor typed goes, so that another code or the whole price can be paid; what its maker gave stays. */
export const withoutLostCode = (work: Work, session: CheckoutSessionObject): CheckoutSessionObject => {
  if (session.allow_promotion_codes !== true) return session;
  const order = { lines: session._lines, isTrial: isTrial(session), customer: idOf(session.customer) };
  return work.update(checkoutSessions, session, moneyOf(work, order, undefined, { amount: param, discount: '' }));
};
