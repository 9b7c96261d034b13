import { expect, test } from 'vitest';
import type { Connection } from '../connection/connection.js';
import type { Customer } from '../customer/customer.js';
import type { Invoice } from '../invoice/invoice.js';
import { currencyOf } from '../money/currency.js';
import { newPayment, type Payment } from '../payment/payment.js';
import { instantOf } from '../time/instant.js';
import { type LastLookFacts, lastLook } from './last-look.js';

const now = instantOf(1_000);
const payment: Payment = newPayment(
  {
    environmentId: 'env_1',
    id: 'pay_1',
    invoiceId: 'inv_1',
    customerId: 'cus_1',
    connectionId: 'con_1',
    kind: 'automatic',
    amountMinor: 1_500n,
    currency: currencyOf('eur'),
    stripeCustomerId: 'cus_stripe',
    stripePaymentMethodId: 'pm_stripe',
  },
  { now, machineNow: now },
);
const invoice = {
  status: 'finalized',
  totalMinor: 1_500n,
  paidMinor: 0n,
  creditedMinor: 0n,
  openPaymentId: 'pay_1',
} as Partial<Invoice> as Invoice;
const customer = {
  connectionId: 'con_1',
  providerCustomerId: 'cus_stripe',
  deletedAt: null,
} as Partial<Customer> as Customer;
const connection = {
  id: 'con_1',
  status: 'connected',
  enabled: true,
  cardPayments: 'active',
} as Partial<Connection> as Connection;
const facts: LastLookFacts = { invoice, payment, customer, connection };

test.each([
  ['nothing changed', {}, null],
  ['written off, and asked for all the same', { invoice: { ...invoice, status: 'uncollectible' } }, null],
  ['paid meanwhile', { invoice: { ...invoice, status: 'paid', paidMinor: 1_500n } }, 'invoice_not_open'],
  ['taken back meanwhile', { invoice: { ...invoice, status: 'void' } }, 'invoice_not_open'],
  ['held by another attempt', { invoice: { ...invoice, openPaymentId: 'pay_2' } }, 'invoice_not_open'],
  ['paid in part meanwhile', { invoice: { ...invoice, paidMinor: 500n } }, 'amount_changed'],
  ['the customer is gone', { customer: null }, 'customer_deleted'],
  ['the customer was deleted', { customer: { ...customer, deletedAt: now } }, 'customer_deleted'],
  ['let go of his twin', { customer: { ...customer, providerCustomerId: null } }, 'customer_not_linked'],
  ['linked to another', { customer: { ...customer, providerCustomerId: 'cus_other' } }, 'customer_not_linked'],
  ['moved to another connection', { customer: { ...customer, connectionId: 'con_2' } }, 'customer_not_linked'],
  ['the connection is switched off', { connection: { ...connection, enabled: false } }, 'connection_not_enabled'],
  ['the connection is lost', { connection: { ...connection, status: 'disconnected' } }, 'connection_disconnected'],
  ['no card payments', { connection: { ...connection, cardPayments: 'inactive' } }, 'card_payments_not_active'],
] as const)('INV-7: %s', (_what, change, reason) => {
  expect(lastLook({ ...facts, ...(change as Partial<LastLookFacts>) })).toBe(reason);
});

test('a page may wait for a twin that is not made yet, a charge may not', () => {
  const unmade = { ...customer, providerCustomerId: null };
  const page: Payment = { ...payment, kind: 'hosted', stripeCustomerId: null };
  expect(lastLook({ ...facts, customer: unmade, payment: page })).toBeNull();
  expect(lastLook({ ...facts, customer: unmade, payment: { ...page, kind: 'automatic' } })).toBe('customer_not_linked');
});
