import type { Work } from '../../work.js';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.js';
import { testUsAccountByNumber } from '../payment-methods/test-us-accounts.js';
import { type ChargeObject, charges, outcomeOf, withMoney } from './charge.js';
import { declineReasons } from './decline-reasons.js';

/** SEPA's late test accounts take "at least three minutes"; https://docs.stripe.com/payments/sepa-debit */
export const bankAnswerSeconds = 180;

/** What is scheduled for the answer to a debit that no intent asked for. */
export const debitAnswers = 'charge.bank_answers';

export interface DebitAnswer {
  readonly charge: ChargeObject;
  /** Null: it paid. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** What the bank says days later of a debit that waits: the charge with its money, or why it failed. */
export const answerDebit = (work: Work, before: ChargeObject): DebitAnswer => {
  const method = work.require(paymentMethods, before.payment_method ?? '');
  if (behaviourOf(method).answers === 'pays_later') {
    const paid = {
      ...before,
      status: 'succeeded',
      paid: true,
      captured: true,
      amount_captured: before.amount,
    } as const;
    const charge = work.put(charges, withMoney(work, { ...paid, outcome: outcomeOf(null, false) }, method));
    work.emit('charge.succeeded', charge);
    return { charge, failure: null };
  }
  const refused = testUsAccountByNumber(method._number)?.refuses;
  const message = 'The bank returned the debit.';
  const failure = { code: refused ?? 'payment_method_not_available', message };
  const charge = work.update(charges, before, {
    status: 'failed',
    failure_code: failure.code,
    failure_message: message,
    outcome: outcomeOf(declineReasons.insufficient_funds, false),
  });
  work.emit('charge.failed', charge);
  return { charge, failure };
};

/** The answer to a debit without an intent. */
export const settleDebit = (work: Work, id: string): void => {
  const charge = work.get(charges, id);
  if (charge?.status === 'pending') answerDebit(work, charge);
};
