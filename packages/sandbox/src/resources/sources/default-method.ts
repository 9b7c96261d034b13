import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { customers } from '../customers/customer.js';
import { type PaymentMethodObject, paymentMethods } from '../payment-methods/payment-method.js';
import { bankAccounts } from './bank-account.js';

/**
 * What a customer's invoices are paid by: their default payment method, else their default source.
 * https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority
 */
export const defaultMethodOf = (work: Work, customerId: string): PaymentMethodObject | undefined => {
  const customer = work.get(customers, customerId);
  if (customer === undefined) return undefined;
  const { default_source: source, invoice_settings: settings } = customer;
  const id = idOf(settings.default_payment_method) ?? idOf(source as string | null) ?? '';
  // A bank account whose deposits nobody confirmed is not debited.
  const account = work.get(bankAccounts, id);
  return account === undefined || account.status === 'verified' ? work.get(paymentMethods, id) : undefined;
};
