import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { openPaymentOfIntent } from '../invoices/invoice-payment.js';
import { type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import { takeMoney } from '../payment-intents/payment-success.js';
import { type PaymentMethodObject, paymentMethods } from '../payment-methods/payment-method.js';
import { addressesOf, type TransferChoice, transferFrom } from './bank-transfer.js';
import { cashIn, isAutomatic, moveCash, tellFunds } from './cash-balance.js';

/** What an intent still asks of its customer's cash. */
export const remainingOf = (intent: PaymentIntentObject): number => intent.amount - (intent._funded ?? 0);

/** Pays by what is there already, and waits for a bank transfer of the rest. */
export const confirmByCash = (
  work: Work,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
): PaymentIntentObject => {
  const customer = customerOf(intent);
  if (intent.capture_method === 'manual') {
    throw refusal('Payments by `customer_balance` cannot be captured later.', 'capture_method');
  }
  if (intent.setup_future_usage !== null) {
    throw refusal('`customer_balance` cannot be used for future payments.', 'setup_future_usage');
  }
  const there = isAutomatic(work, customer) ? cashIn(work, customer, intent.currency) : 0;
  const remaining = remainingOf(intent);
  const using = work.update(paymentIntents, intent, { payment_method: method.id, last_payment_error: null });
  if (there >= remaining) return applyCash(work, using, remaining);
  const waiting = work.update(paymentIntents, using, {
    status: 'requires_action',
    next_action: instructions(work, using, customer),
  });
  work.emit('payment_intent.requires_action', waiting);
  // Invoices are not funded in part: https://docs.stripe.com/payments/bank-transfers/accept-a-payment
  const isOfInvoice = openPaymentOfIntent(work, waiting.id) !== undefined;
  return there > 0 && !isOfInvoice ? applyCash(work, waiting, there) : waiting;
};

const refusal = (message: string, param: string) =>
  invalidRequest(message, { code: 'payment_intent_invalid_parameter', param });

const customerOf = ({ customer }: PaymentIntentObject): string => {
  const id = idOf(customer);
  if (id !== null) return id;
  throw refusal('A payment by `customer_balance` needs a customer.', 'customer');
};

const optionsParam = 'payment_method_options[customer_balance]';

/** What tells the customer where to send the money to. */
const instructions = (
  work: Work,
  intent: PaymentIntentObject,
  customer: string,
): PaymentIntentObject['next_action'] => {
  const options = intent.payment_method_options?.customer_balance;
  if (options?.funding_type !== 'bank_transfer') {
    throw refusal(
      'The customer has too little in their cash balance, and `funding_type` does not say how they add to it.',
      `${optionsParam}[funding_type]`,
    );
  }
  const choice = (options.bank_transfer ?? {}) as TransferChoice;
  const transfer = transferFrom(intent.currency, choice, `${optionsParam}[bank_transfer]`);
  return {
    type: 'display_bank_transfer_instructions',
    display_bank_transfer_instructions: {
      amount_remaining: remainingOf(intent),
      currency: intent.currency,
      financial_addresses: addressesOf(work, customer, transfer),
      hosted_instructions_url: null,
      reference: work.newToken(referenceLength).toUpperCase(),
      type: transfer.type,
    },
  };
};

const referenceLength = 12;

/** Puts cash of the customer into the payment, which succeeds once it has all of it. */
export const applyCash = (work: Work, intent: PaymentIntentObject, amount: number): PaymentIntentObject => {
  const { currency } = intent;
  moveCash(work, {
    customer: customerOf(intent),
    amount: -amount,
    currency,
    facts: { type: 'applied_to_payment', applied_to_payment: { payment_intent: intent.id } },
  });
  const funded = work.update(paymentIntents, intent, { _funded: (intent._funded ?? 0) + amount });
  const remaining = remainingOf(funded);
  if (remaining === 0) return takeMoney(work, funded, work.require(paymentMethods, idOf(funded.payment_method) ?? ''));
  const partly = work.update(paymentIntents, funded, { next_action: withRemaining(funded.next_action, remaining) });
  work.emit('payment_intent.partially_funded', partly);
  return partly;
};

const withRemaining = (
  action: PaymentIntentObject['next_action'],
  remaining: number,
): PaymentIntentObject['next_action'] => {
  const shown = action?.display_bank_transfer_instructions;
  if (action === null || shown === undefined) return action;
  return { ...action, display_bank_transfer_instructions: { ...shown, amount_remaining: remaining } };
};

/** What was put into a payment that will not be made is the customer's again. */
export const returnCash = (work: Work, intent: PaymentIntentObject): PaymentIntentObject => {
  const funded = intent._funded ?? 0;
  if (funded === 0) return intent;
  const customer = customerOf(intent);
  const after = work.update(paymentIntents, intent, { _funded: 0 });
  moveCash(work, {
    customer,
    amount: funded,
    currency: intent.currency,
    facts: { type: 'unapplied_from_payment', unapplied_from_payment: { payment_intent: intent.id } },
  });
  tellFunds(work, customer, intent.currency);
  return after;
};
