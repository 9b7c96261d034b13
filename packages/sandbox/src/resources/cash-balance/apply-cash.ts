import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation } from '../../operation.js';
import { idOf } from '../charges/charge.js';
import { checkedCurrency, requirePositiveInteger } from '../currency-rules.js';
import { clockOfCustomer } from '../customers/customer.js';
import { openPaymentOfIntent } from '../invoices/invoice-payment.js';
import { paymentIntents, wrongState } from '../payment-intents/payment-intent.js';
import { cashIn } from './cash-balance.js';
import { applyCash, remainingOf } from './cash-payment.js';
import { withMethod } from './reconcile.js';

const awaiting: readonly string[] = ['requires_action', 'requires_confirmation', 'requires_payment_method'];

/**
 * https://docs.stripe.com/payments/customer-balance/reconciliation#cash-manual-reconciliation: "When omitted, the amount
 * defaults to the remaining amount"; an invoice's intent takes all of it, whatever the amount.
 */
export const applyCustomerBalance = operation<Stripe.PaymentIntentApplyCustomerBalanceParams>((request) => {
  const found = request.require(paymentIntents, request.path.intent ?? '');
  const context = request.onClock(clockOfCustomer(request, idOf(found.customer)));
  const { amount: asked, currency } = context.params;
  if (asked !== undefined) requirePositiveInteger(asked, 'amount');
  if (currency !== undefined && checkedCurrency(currency) !== found.currency) {
    throw invalidRequest(`The currency of this PaymentIntent is ${found.currency}.`, { param: 'currency' });
  }
  const customer = idOf(found.customer);
  if (
    customer === null ||
    !found.payment_method_types.includes('customer_balance') ||
    !awaiting.includes(found.status)
  ) {
    throw wrongState(
      context,
      found,
      `You cannot apply a customer's cash balance to this PaymentIntent: it has a status of ${found.status} and ${customer === null ? 'no customer' : `may be paid by ${found.payment_method_types.join(', ')}`}.`,
    );
  }
  const remaining = remainingOf(found);
  const isOfInvoice = openPaymentOfIntent(context, found.id) !== undefined;
  const amount = isOfInvoice ? remaining : (asked ?? remaining);
  if (amount > remaining) {
    throw invalidRequest(`The amount to apply is more than the ${remaining} that remains.`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
  const there = cashIn(context, customer, found.currency);
  if (amount > there) {
    throw invalidRequest(`The customer's cash balance of ${there} is less than the ${amount} to apply.`, {
      code: 'balance_insufficient',
    });
  }
  return applyCash(context, withMethod(context, found), amount);
});
