import type { RefundRefused } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** Why a refund is refused, in words for the caller. */
export function refundRefusal(refused: RefundRefused): Problem {
  switch (refused.code) {
    case 'payment_not_succeeded':
      return problem(refused.code, `The payment is ${refused.status}; only money that arrived can go back.`, {
        param: 'payment_id',
      });
    case 'refund_of_offline_payment':
      return problem(refused.code, 'This money came outside Stripe: send it back the way it came.', {
        param: 'payment_id',
      });
    case 'refund_too_many':
      return problem(refused.code, `The payment has ${refused.refundsMax} refunds already.`, { param: 'payment_id' });
    case 'refund_nothing_left':
      return problem(refused.code, 'Nothing of this payment can be refunded any more.', { param: 'payment_id' });
    case 'refund_amount_too_large':
      return problem(refused.code, `At most ${refused.refundableMinor} can still be refunded.`, {
        param: 'amount',
        details: { refundable: Number(refused.refundableMinor) },
      });
    case 'refund_amount_not_exact':
      return problem(refused.code, `Stripe refunds multiples of ${refused.multipleOfMinor} in this currency.`, {
        param: 'amount',
      });
  }
}
