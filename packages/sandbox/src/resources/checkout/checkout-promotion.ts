import { invalidRequest } from '../../errors.js';
import type { PageRequest } from '../../operation.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { isActive, promotionCodes } from '../discounts/promotion-code.js';
import { type CheckoutSessionObject, checkoutSessions } from './checkout-session.js';
import { takenOfSession } from './checkout-subscribing.js';

/** The session with the code its visitor typed, where it takes codes; what was typed before stays. */
export const withPromotionCode = (
  work: Work,
  session: CheckoutSessionObject,
  request: PageRequest,
): CheckoutSessionObject => {
  const typed = (request.form.get('promotion_code') ?? '').trim();
  const { _subscribing: subscribing } = session;
  if (typed === '' || subscribing === null || session.allow_promotion_codes !== true) return session;
  if (subscribing.subscription !== null) return session;
  const customer = idOf(session.customer);
  const code = work
    .where(promotionCodes, '_code', typed.toLowerCase())
    .find((one) => isActive(work, one) && (one.customer === null || one.customer === customer));
  if (code === undefined) throw invalidRequest('This code is invalid.', { param: 'promotion_code' });
  const given = { promotion_code: code.id };
  const taken = takenOfSession(work, session, given);
  return work.update(checkoutSessions, session, {
    amount_total: (session.amount_subtotal ?? 0) - taken,
    discounts: [{ coupon: null, promotion_code: code.id }],
    total_details: { amount_discount: taken, amount_shipping: 0, amount_tax: 0 },
    _subscribing: { ...subscribing, discounts: [given] },
  });
};
