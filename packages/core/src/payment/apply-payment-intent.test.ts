import { describe, expect, test } from 'vitest';
import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import { applyPaymentIntent, type IntentSeen, type SeenBy } from './apply-payment-intent.js';
import { newPayment, type Payment } from './payment.js';

const now = instantOf(2_000);
const eur = currencyOf('eur');
const declined: PaymentError = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Declined.',
  requestId: null,
  adviceCode: null,
  paymentMethodId: null,
};

const payment: Payment = newPayment(
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
  { now, machineNow: now },
);

const invoice = {
  environmentId: 'env_1',
  id: 'inv_1',
  customerId: 'cus_1',
  status: 'finalized',
  paymentStatus: 'pending',
  paymentStatusReason: null,
  currency: eur,
  totalMinor: 1_500n,
  paidMinor: 0n,
  creditedMinor: 0n,
  openPaymentId: 'pay_1',
  lastPaymentError: null,
} as Partial<Invoice> as Invoice;

const intent: IntentSeen = {
  stripeId: 'pi_1',
  status: 'succeeded',
  receivedMinor: 1_500n,
  chargeId: 'ch_1',
  nextAction: null,
  failure: null,
};

interface Situation {
  readonly payment?: Partial<Payment>;
  readonly invoice?: Partial<Invoice>;
  readonly seen?: Partial<IntentSeen>;
  readonly seenBy?: SeenBy;
}

const apply = (situation: Situation) =>
  applyPaymentIntent(
    { ...payment, ...situation.payment },
    { ...invoice, ...situation.invoice },
    { seen: { ...intent, ...situation.seen }, seenBy: situation.seenBy ?? 'answer', now },
  );
const typesOf = (decision: ReturnType<typeof apply>) => decision.events.map((event) => event.type);

describe('money that arrived', () => {
  test('pays the invoice, is in the books, and frees it', () => {
    const decision = apply({});
    expect(decision.payment).toMatchObject({ status: 'succeeded', appliedMinor: 1_500n, stripeChargeId: 'ch_1' });
    expect(decision.invoice).toMatchObject({ status: 'paid', paymentStatus: 'succeeded', openPaymentId: null });
    expect(decision.postings.map((posting) => posting.kind)).toEqual(['payment_succeeded']);
    expect(typesOf(decision)).toEqual(['payment.succeeded', 'invoice.payment_status_updated', 'invoice.paid']);
    expect(decision.excessMinor).toBe(0n);
  });

  test('seen twice changes nothing', () => {
    const first = apply({});
    const second = applyPaymentIntent(first.payment, first.invoice, { seen: intent, seenBy: 'look', now });
    expect(second.payment).toBe(first.payment);
    expect(second.invoice).toBe(first.invoice);
    expect([second.events, second.postings]).toEqual([[], []]);
  });

  test.each(['creating', 'failed', 'canceled', 'canceling', 'requires_action'] as const)(
    'counts whatever we thought of the attempt: %s',
    (status) => {
      expect(apply({ payment: { status }, seenBy: 'look' }).invoice.status).toBe('paid');
    },
  );

  test('for an invoice that is settled already is in excess, and reported', () => {
    const decision = apply({
      invoice: { status: 'paid', paidMinor: 1_500n, openPaymentId: null, paymentStatus: 'succeeded' },
    });
    expect(decision).toMatchObject({ excessMinor: 1_500n, payment: { isLateDuplicate: true, appliedMinor: 0n } });
    expect(typesOf(decision)).toEqual(['payment.succeeded', 'invoice.overpaid']);
  });

  test('for an invoice that was taken back is in excess, and does not bring it back', () => {
    const decision = apply({ invoice: { status: 'void', openPaymentId: null } });
    expect(decision).toMatchObject({ excessMinor: 1_500n, invoice: { status: 'void' } });
  });

  test('leaves the other attempt that was still open its hold, until it is withdrawn', () => {
    const decision = apply({ invoice: { openPaymentId: 'pay_2' } });
    expect(decision).toMatchObject({ invoice: { status: 'paid', openPaymentId: 'pay_2' } });
  });

  test('that is less than is due leaves the rest to be collected', () => {
    const decision = apply({ seen: { receivedMinor: 1_000n } });
    expect(decision.invoice).toMatchObject({ status: 'finalized', paymentStatus: 'pending', paidMinor: 1_000n });
  });
});

describe('no money yet', () => {
  test.each([
    ['processing', 'payment.processing'],
    ['requires_action', 'payment.requires_action'],
  ] as const)('%s is carried to the invoice once', (status, type) => {
    const decision = apply({ seen: { status, nextAction: { type: 'redirect_to_url', url: 'https://bank.example' } } });
    expect(decision.invoice).toMatchObject({ paymentStatus: status, openPaymentId: 'pay_1' });
    expect(typesOf(decision)).toEqual([type, 'invoice.payment_status_updated']);
  });

  test('an attempt that is being withdrawn stays so until Stripe has answered', () => {
    expect(apply({ payment: { status: 'canceling' }, seen: { status: 'processing' } }).payment.status).toBe(
      'canceling',
    );
  });

  test('a state that Stripe learns tomorrow changes nothing today', () => {
    const decision = apply({ payment: { stripePaymentIntentId: 'pi_1' }, seen: { status: 'requires_luck' } });
    expect(decision.events).toEqual([]);
    expect(decision.payment.status).toBe('creating');
  });
});

describe('no money', () => {
  const seen = { status: 'requires_payment_method', failure: declined };

  test('a decline fails both, says why, and frees the invoice', () => {
    const decision = apply({ seen });
    expect(decision.payment).toMatchObject({ status: 'failed', failure: declined, stripePaymentIntentId: 'pi_1' });
    expect(decision.invoice).toMatchObject({
      paymentStatus: 'failed',
      paymentStatusReason: 'insufficient_funds',
      lastPaymentError: declined,
      openPaymentId: null,
    });
    expect(typesOf(decision)).toEqual(['payment.failed', 'invoice.payment_failure', 'invoice.payment_status_updated']);
  });

  test.each(['creating', 'confirming', 'canceling'] as const)(
    'what an event shows while %s is unanswered may be older than the call, and is left alone',
    (status) => {
      const decision = apply({ payment: { status, stripePaymentIntentId: 'pi_1' }, seen, seenBy: 'look' });
      expect([decision.payment.status, decision.events]).toEqual([status, []]);
    },
  );

  test('a decline told twice is one decline', () => {
    const decision = apply({ payment: { status: 'failed', stripePaymentIntentId: 'pi_1' }, seen, seenBy: 'look' });
    expect(decision.events).toEqual([]);
  });

  test('a card declined on a hosted page leaves the page open', () => {
    const page = { kind: 'hosted', status: 'awaiting_payer' } as const;
    expect(apply({ payment: page, seen, seenBy: 'look' })).toMatchObject({ payment: page, events: [] });
  });

  test('a bank that wants to see the payer does not fail the invoice', () => {
    const failure = { ...declined, code: 'authentication_required' };
    const decision = apply({ seen: { ...seen, failure } });
    expect(decision).toMatchObject({
      payment: { status: 'requires_action' },
      invoice: { paymentStatus: 'requires_action', openPaymentId: 'pay_1' },
    });
    expect(typesOf(decision)).toEqual(['payment.requires_action', 'invoice.payment_status_updated']);
  });

  test('a late decline of an attempt that does not hold the invoice leaves the invoice alone', () => {
    const decision = apply({ payment: { status: 'processing' }, invoice: { openPaymentId: 'pay_2' }, seen });
    expect(decision.invoice).toMatchObject({ paymentStatus: 'pending', openPaymentId: 'pay_2' });
    expect(typesOf(decision)).toEqual(['payment.failed']);
  });
});

describe('withdrawn', () => {
  const seen = { status: 'canceled' };

  test('by us, the invoice stands as before', () => {
    const decision = apply({ payment: { status: 'canceling' }, seen });
    expect(decision.invoice).toMatchObject({ paymentStatus: 'pending', openPaymentId: null });
    expect(typesOf(decision)).toEqual(['payment.canceled']);
  });

  test('by us after a decline, the invoice has still failed', () => {
    const decision = apply({
      payment: { status: 'canceling' },
      invoice: { paymentStatus: 'failed', lastPaymentError: declined },
      seen,
    });
    expect(decision.invoice).toMatchObject({ paymentStatus: 'failed', paymentStatusReason: 'insufficient_funds' });
    expect(typesOf(decision)).toEqual(['payment.canceled']);
  });

  test('INV-3: by us while the bank waited for the payer, the invoice has failed, and the host hears of it', () => {
    const failure = { ...declined, code: 'authentication_required', declineCode: null };
    const decision = apply({
      payment: { status: 'canceling', failure },
      invoice: { paymentStatus: 'requires_action', lastPaymentError: failure },
      seen,
    });
    expect(decision.invoice).toMatchObject({
      paymentStatus: 'failed',
      paymentStatusReason: 'authentication_required',
      openPaymentId: null,
    });
    expect(typesOf(decision)).toEqual([
      'payment.canceled',
      'invoice.payment_failure',
      'invoice.payment_status_updated',
    ]);
  });

  test('by somebody at Stripe, it is a failure that the host hears of', () => {
    const decision = apply({ payment: { status: 'requires_action' }, seen });
    expect(decision.invoice).toMatchObject({ paymentStatus: 'failed', paymentStatusReason: 'payment_canceled' });
    expect(typesOf(decision)).toContain('invoice.payment_failure');
  });

  test('when the invoice is settled already, only the hold on it goes', () => {
    const settled = { status: 'paid', paymentStatus: 'succeeded', paidMinor: 1_500n } as const;
    const decision = apply({ payment: { status: 'canceling' }, invoice: settled, seen });
    expect(decision.invoice).toMatchObject({ ...settled, openPaymentId: null });
  });
});
