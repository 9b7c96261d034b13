import type { OfflinePaymentRefused } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** Why money from outside Stripe is not recorded, in words for the caller. */
export function offlinePaymentRefusal(refused: OfflinePaymentRefused): Problem {
  switch (refused.code) {
    case 'offline_payment_invoice_not_open':
      return problem(refused.code, `Nothing is due on the invoice; it is ${refused.status}.`);
    case 'invoice_has_open_payment':
      return problem(
        refused.code,
        `The attempt ${refused.paymentId} could still bring the same money. Try again when it is decided.`,
        { details: { payment_id: refused.paymentId } },
      );
    case 'offline_payment_amount_too_large':
      return problem(refused.code, `Only ${refused.dueMinor} is due.`, {
        param: 'amount',
        details: { amount_due: Number(refused.dueMinor) },
      });
  }
}
