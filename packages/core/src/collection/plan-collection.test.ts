import { describe, expect, test } from 'vitest';
import type { Connection } from '../connection/connection.js';
import type { Customer } from '../customer/customer.js';
import type { PaymentMethod } from '../customer/payment-method.js';
import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { currencyOf } from '../money/currency.js';
import { newPayment, type Payment } from '../payment/payment.js';
import { instantOf } from '../time/instant.js';
import { type CollectionFacts, planCollection } from './plan-collection.js';

const now = instantOf(1_000);
const declined: PaymentError = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Declined.',
  requestId: 'req_1',
  adviceCode: null,
  paymentMethodId: null,
};

const invoice = {
  environmentId: 'env_1',
  id: 'inv_1',
  customerId: 'cus_1',
  status: 'finalized',
  paymentStatus: 'pending',
  currency: currencyOf('eur'),
  totalMinor: 1_500n,
  paidMinor: 0n,
  creditedMinor: 0n,
  collectionMethod: 'charge_automatically',
  openPaymentId: null,
  lastPaymentError: null,
} as Partial<Invoice> as Invoice;

const customer = {
  id: 'cus_1',
  providerCustomerId: 'cus_stripe',
  connectionId: 'con_1',
  defaultPaymentMethodId: 'pm_1',
} as Partial<Customer> as Customer;

const method = {
  id: 'pm_1',
  connectionId: 'con_1',
  stripeId: 'pm_stripe',
  type: 'card',
  detachedAt: null,
  createdAt: now,
} as Partial<PaymentMethod> as PaymentMethod;

const connection = {
  id: 'con_1',
  status: 'connected',
  enabled: true,
  cardPayments: 'active',
} as Partial<Connection> as Connection;

const attempt: Payment = newPayment(
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
const failedAttempt: Payment = { ...attempt, status: 'failed', stripePaymentIntentId: 'pi_1', failure: declined };
const failedInvoice: Invoice = { ...invoice, paymentStatus: 'failed', lastPaymentError: declined };

const facts: CollectionFacts = {
  invoice,
  payer: { customer, paymentMethods: [method] },
  connection,
  payments: [],
  hasOpenDispute: false,
  trigger: 'due',
};
const plan = (change: Partial<CollectionFacts> = {}) => planCollection({ ...facts, ...change });

test('an open invoice of a linked customer with a card is charged what is due', () => {
  expect(plan()).toEqual({ kind: 'open', amountMinor: 1_500n, method });
  expect(plan({ invoice: { ...invoice, paidMinor: 400n, creditedMinor: 100n } })).toMatchObject({
    amountMinor: 1_000n,
  });
});

describe('nothing is tried', () => {
  test.each([
    ['a draft', { invoice: { ...invoice, status: 'draft' as const } }, 'not_open'],
    ['a paid invoice', { invoice: { ...invoice, status: 'paid' as const, paidMinor: 1_500n } }, 'not_open'],
    ['a void invoice', { invoice: { ...invoice, status: 'void' as const } }, 'not_open'],
    ['one written off', { invoice: { ...invoice, status: 'uncollectible' as const } }, 'not_open'],
    ['one that is sent', { invoice: { ...invoice, collectionMethod: 'send_invoice' as const } }, 'sent_to_payer'],
    ['one that failed before', { invoice: failedInvoice, payments: [failedAttempt] }, 'failed_before'],
  ])('by itself on %s', (_what, change, why) => {
    expect(plan(change)).toEqual({ kind: 'nothing', why });
  });

  test('but while a payment is contested only when somebody asks for it', () => {
    expect(plan({ hasOpenDispute: true })).toEqual({ kind: 'stand_pending', reason: 'payment_disputed' });
    expect(plan({ hasOpenDispute: true, trigger: 'asked' })).toMatchObject({ kind: 'open' });
  });

  test.each([
    ['a deleted customer', { payer: null }, 'customer_deleted'],
    [
      'a customer without a twin',
      { payer: { customer: { ...customer, providerCustomerId: null }, paymentMethods: [] } },
      'customer_not_linked',
    ],
    ['a connection that is gone', { connection: null }, 'connection_missing'],
    [
      'a lost connection',
      { connection: { ...connection, status: 'disconnected' as const } },
      'connection_disconnected',
    ],
    ['one that is switched off', { connection: { ...connection, enabled: false } }, 'connection_not_enabled'],
    [
      'one without card payments',
      { connection: { ...connection, cardPayments: 'pending' as const } },
      'card_payments_not_active',
    ],
  ])('with %s, and the invoice says why', (_what, change, reason) => {
    expect(plan(change)).toEqual({ kind: 'stand_pending', reason });
  });
});

describe('asked for', () => {
  test.each([
    ['a sent invoice is charged', { ...invoice, collectionMethod: 'send_invoice' as const }],
    ['one written off is charged', { ...invoice, status: 'uncollectible' as const }],
  ])('%s', (_what, asked) => {
    expect(plan({ invoice: asked, trigger: 'asked' })).toMatchObject({ kind: 'open' });
  });
});

describe('without a card', () => {
  const payer = { customer, paymentMethods: [] };
  const known: Invoice = {
    ...invoice,
    paymentStatus: 'failed',
    lastPaymentError: { ...declined, code: 'customer_must_have_payment_method' },
  };

  test('it fails, with the code that tells the host what is needed', () => {
    expect(plan({ payer })).toMatchObject({ kind: 'fail', error: { code: 'customer_must_have_payment_method' } });
  });

  test('it is said once, and again only to who asks', () => {
    expect(plan({ payer, invoice: known, trigger: 'new_method' })).toEqual({ kind: 'nothing', why: 'failed_before' });
    expect(plan({ payer, invoice: known, trigger: 'asked' })).toMatchObject({ kind: 'fail' });
  });

  test('a card that lies with another connection is none', () => {
    const elsewhere = { customer, paymentMethods: [{ ...method, connectionId: 'con_2' }] };
    expect(plan({ payer: elsewhere })).toMatchObject({ kind: 'fail' });
  });
});

test('an amount that Stripe cannot count fails before Stripe is asked', () => {
  const odd = { ...invoice, currency: currencyOf('kwd'), totalMinor: 1_234n };
  expect(plan({ invoice: odd })).toMatchObject({ kind: 'fail', error: { code: 'amount_not_exact_at_stripe' } });
});

describe('a failed attempt that still stands at Stripe', () => {
  const change = { invoice: failedInvoice, payments: [failedAttempt], trigger: 'new_method' as const };

  test('is confirmed again while it asks for the same', () => {
    expect(plan(change)).toEqual({ kind: 'confirm_again', payment: failedAttempt, method });
  });

  test.each([
    ['amount', { amountMinor: 1_000n }],
    ['customer', { stripeCustomerId: 'cus_other' }],
    ['connection', { connectionId: 'con_2' }],
  ])('goes first when its %s is another', (_what, other) => {
    const payment = { ...failedAttempt, ...other };
    expect(plan({ ...change, payments: [payment] })).toEqual({ kind: 'cancel_first', payment });
  });

  test('does not stand when nothing of it was kept, or it is withdrawn', () => {
    const gone: Payment[] = [
      { ...failedAttempt, stripePaymentIntentId: null },
      { ...failedAttempt, status: 'canceled' },
    ];
    expect(plan({ ...change, payments: gone })).toMatchObject({ kind: 'open' });
  });
});

describe('while an attempt is open', () => {
  const held = { ...invoice, openPaymentId: 'pay_1' };
  const withStatus = (status: Payment['status']): Payment => ({ ...attempt, status });

  test.each(['creating', 'confirming', 'canceling'] as const)('%s is carried on, never begun anew', (status) => {
    const payment = withStatus(status);
    expect(plan({ invoice: held, payments: [payment], trigger: 'asked' })).toEqual({ kind: 'resume', payment });
  });

  test.each(['awaiting_payer', 'processing', 'requires_action'] as const)('%s is waited for', (status) => {
    const payment = withStatus(status);
    expect(plan({ invoice: held, payments: [payment] })).toEqual({ kind: 'wait', payment });
  });

  test('a payer who leaves another card instead of confirming pays the same intent with it', () => {
    const payment = { ...withStatus('requires_action'), stripePaymentMethodId: 'pm_old' };
    const change = { invoice: held, payments: [payment], trigger: 'new_method' as const };
    expect(plan(change)).toEqual({ kind: 'confirm_again', payment, method });
    expect(plan({ ...change, connection: { ...connection, enabled: false } })).toMatchObject({ kind: 'wait' });
  });

  test('the card that must be confirmed is not charged again without its payer', () => {
    const payment = withStatus('requires_action');
    expect(plan({ invoice: held, payments: [payment], trigger: 'asked' })).toMatchObject({ kind: 'wait' });
  });
});
