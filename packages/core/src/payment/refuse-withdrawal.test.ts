import { expect, test } from 'vitest';
import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import type { IntentSeen } from './apply-payment-intent.js';
import { newPayment, type Payment } from './payment.js';
import { refuseWithdrawal } from './refuse-withdrawal.js';

const times = { now: instantOf(2_000), machineNow: instantOf(3_000) };
const eur = currencyOf('eur');
const declined: PaymentError = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Declined.',
  requestId: 'req_1',
  adviceCode: null,
  paymentMethodId: 'pm_stripe',
};
const unproven: PaymentError = { ...declined, code: 'authentication_required', declineCode: null };

const payment: Payment = {
  ...newPayment(
    {
      environmentId: 'env_1',
      id: 'pay_1',
      invoiceId: 'inv_1',
      customerId: 'cus_1',
      connectionId: 'con_1',
      kind: 'automatic',
      amountMinor: 1_500n,
      currency: eur,
      stripeCustomerId: 'cus_stripe',
      stripePaymentMethodId: 'pm_stripe',
    },
    times,
  ),
  status: 'canceling',
  stripePaymentIntentId: 'pi_1',
};
const invoice = {
  environmentId: 'env_1',
  id: 'inv_1',
  customerId: 'cus_1',
  status: 'finalized',
  paymentStatus: 'failed',
  currency: eur,
  totalMinor: 1_500n,
  paidMinor: 0n,
  creditedMinor: 0n,
  openPaymentId: 'pay_1',
  lastPaymentError: declined,
} as Partial<Invoice> as Invoice;
const intent: IntentSeen = {
  stripeId: 'pi_1',
  status: 'requires_payment_method',
  receivedMinor: 0n,
  chargeId: null,
  nextAction: null,
  failure: null,
};

const refuse = (before: Partial<Payment>, seen: Partial<IntentSeen>, of: Partial<Invoice> = {}) => {
  const decided = refuseWithdrawal(
    { ...payment, ...before },
    { ...invoice, ...of },
    { seen: { ...intent, ...seen }, times },
  );
  return { ...decided, told: decided.events.map(({ type }) => type) };
};
const byIntent = (failure: PaymentError): PaymentError => ({ ...failure, requestId: null });

test('a failure that was told before the withdrawal is not told again, and holds the invoice no longer', () => {
  const decided = refuse({ failure: declined }, { failure: byIntent(declined) });
  expect(decided.payment.status).toBe('failed');
  expect(decided.invoice).toEqual({ ...invoice, openPaymentId: null });
  expect(decided.told).toEqual([]);
});

test('what its payer must do is not told again, and goes on holding the invoice', () => {
  const waiting: Partial<Invoice> = { paymentStatus: 'requires_action' };
  const decided = refuse({ failure: unproven }, { failure: byIntent(unproven) }, waiting);
  expect(decided.payment.status).toBe('requires_action');
  expect(decided.invoice).toEqual({ ...invoice, ...waiting });
  expect(decided.told).toEqual([]);
});

test('an invoice that is paid stays as it is', () => {
  const paid: Partial<Invoice> = { status: 'paid', paymentStatus: 'succeeded', openPaymentId: null };
  const decided = refuse({ failure: declined }, { failure: byIntent(declined) }, paid);
  expect(decided.invoice).toEqual({ ...invoice, ...paid });
  expect(decided.told).toEqual([]);
});

test('a failure that nobody knew of yet is told', () => {
  const decided = refuse(
    { failure: null },
    { failure: declined },
    { paymentStatus: 'pending', lastPaymentError: null },
  );
  expect(decided.payment).toMatchObject({ status: 'failed', failure: declined });
  expect(decided.invoice).toMatchObject({ paymentStatus: 'failed', openPaymentId: null });
  expect(decided.told).toEqual(['payment.failed', 'invoice.payment_failure', 'invoice.payment_status_updated']);
});

test('money that came all the same counts', () => {
  const decided = refuse({ failure: declined }, { status: 'succeeded', receivedMinor: 1_500n, chargeId: 'ch_1' });
  expect(decided.payment.status).toBe('succeeded');
  expect(decided.invoice.status).toBe('paid');
});

test('an intent that was never tried stays to be withdrawn, under another key, and is never confirmed instead', () => {
  const decided = refuse({ keyGeneration: 4 }, { status: 'requires_confirmation' });
  expect(decided.payment).toMatchObject({ status: 'canceling', keyGeneration: 5, keyUsedAt: times.machineNow });
  expect(decided.told).toEqual([]);
});
