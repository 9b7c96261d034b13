import { expect, test } from 'vitest';
import { asked, entriesOf, facts, invoice, now, payment, requested, times } from '../../test/paid-invoice.js';
import { currencyOf } from '../money/currency.js';
import { applyRefund } from './apply-refund.js';
import type { Refund } from './refund.js';
import { type RefundableFacts, refundable } from './refundable.js';
import { REFUNDS_OF_PAYMENT_MAX, recordRefundMadeAtStripe, requestRefund } from './request-refund.js';

test('a refund without an amount is all that is left; it is owed at once, before Stripe hears of it', () => {
  const decision = requested();
  expect(decision).toMatchObject({
    refund: { status: 'pending', amountMinor: 1000n, fromOverpaymentMinor: 0n, stripeRefundId: null, keyGeneration: 1 },
    payment: { refundedMinor: 1000n },
    invoice: { status: 'paid', refundedMinor: 1000n },
    events: [{ type: 'refund.created', objectKind: 'refund', objectId: 'ref_1' }],
  });
  expect(entriesOf(decision)).toEqual(['refunds_given 1000', 'refunds_payable -1000']);
});

test('what no invoice needed goes back first, and is no revenue given away', () => {
  const over = { ...payment, amountMinor: 1500n };
  expect(refundable(facts({ payment: over }))).toEqual({
    overpaidMinor: 500n,
    appliedMinor: 1000n,
    chargedMinor: 1000n,
  });
  const decision = requested({ payment: over }, 700n);
  expect(decision).toMatchObject({ refund: { fromOverpaymentMinor: 500n }, invoice: { refundedMinor: 200n } });
  expect(entriesOf(decision)).toEqual(['refunds_given 200', 'overpayments 500', 'refunds_payable -700']);
});

test('a late second success goes back whole and leaves the invoice as it is', () => {
  const late = { ...payment, appliedMinor: 0n, isLateDuplicate: true };
  const decision = requested({ payment: late });
  expect(decision).toMatchObject({ refund: { fromOverpaymentMinor: 1000n }, invoice: { refundedMinor: 0n } });
});

const creditNote = { creditMinor: 600n } as RefundableFacts['creditNotes'][number];

test.each<[string, Partial<RefundableFacts>, bigint | null, object]>([
  [
    'a payment under way',
    { payment: { ...payment, status: 'processing' } },
    null,
    { code: 'payment_not_succeeded', status: 'processing' },
  ],
  ['money from outside', { payment: { ...payment, kind: 'offline' } }, null, { code: 'refund_of_offline_payment' }],
  ['more than there is', {}, 1001n, { code: 'refund_amount_too_large', refundableMinor: 1000n }],
  [
    'what is the credit of the customer already',
    { creditNotes: [creditNote] },
    401n,
    { code: 'refund_amount_too_large', refundableMinor: 400n },
  ],
  [
    'money that has gone',
    { payment: { ...payment, refundedMinor: 1000n }, invoice: { ...invoice, refundedMinor: 1000n } },
    null,
    { code: 'refund_nothing_left' },
  ],
  [
    'the hundred and first refund',
    { refunds: new Array(REFUNDS_OF_PAYMENT_MAX).fill({ status: 'failed' }) },
    null,
    { code: 'refund_too_many', refundsMax: REFUNDS_OF_PAYMENT_MAX },
  ],
  [
    'a third place that Stripe does not have',
    { payment: { ...payment, currency: currencyOf('kwd') } },
    999n,
    { code: 'refund_amount_not_exact', multipleOfMinor: 10n },
  ],
])('%s is not refunded', (_name, change, amountMinor, error) => {
  expect(requestRefund(facts(change), { ...asked, amountMinor }, times)).toEqual({ ok: false, error });
});

const rowsOf = (change: Partial<Refund> = {}) => {
  const { refund, payment: paid, invoice: billed } = requested();
  return { refund: { ...refund, ...change }, payment: paid, invoice: billed, creditNote: null };
};
const seen = (status: Refund['status']) => ({ stripeId: 're_1', status, failure: null });

test.each<[Refund['status'], Refund['status'], Refund['status'], string[]]>([
  ['pending', 'pending', 'pending', []],
  ['pending', 'succeeded', 'succeeded', ['refunds_payable 1000', 'payments_in_transit -1000']],
  ['pending', 'failed', 'failed', ['refunds_payable 1000', 'refunds_given -1000']],
  ['pending', 'canceled', 'canceled', ['refunds_payable 1000', 'refunds_given -1000']],
  ['succeeded', 'pending', 'succeeded', []],
  ['succeeded', 'succeeded', 'succeeded', []],
  ['succeeded', 'failed', 'failed', ['payments_in_transit 1000', 'refunds_given -1000']],
  ['failed', 'succeeded', 'failed', []],
  ['canceled', 'failed', 'canceled', []],
])('a refund that is %s and %s at Stripe is %s', (before, atStripe, after, entries) => {
  const decision = applyRefund(rowsOf({ status: before }), seen(atStripe), now);
  expect(decision.refund).toMatchObject({ status: after, stripeRefundId: 're_1' });
  expect(entriesOf(decision)).toEqual(entries);
});

test('seen twice, a refund changes nothing', () => {
  const rows = rowsOf();
  const once = applyRefund(rows, seen('succeeded'), now);
  const twice = applyRefund({ ...rows, refund: once.refund }, seen('succeeded'), now);
  expect(twice).toMatchObject({ postings: [], events: [] });
  expect(twice.refund).toBe(once.refund);
});

test('what failed counts as not refunded, on the payment and on the invoice, and has a reason', () => {
  const failure = { code: 'charge_disputed', message: 'no', requestId: 'req_1' };
  const decision = applyRefund(rowsOf(), { stripeId: null, status: 'failed', failure }, now);
  expect(decision).toMatchObject({
    refund: { status: 'failed', failure, failedAt: now, stripeRefundId: null },
    payment: { refundedMinor: 0n },
    invoice: { refundedMinor: 0n },
    events: [{ type: 'refund.failed' }],
  });
});

const made = { id: 'ref_2', stripeRefundId: 're_2', amountMinor: 400n, metadata: {} };

test('a refund made at Stripe is entered whole, asked for and gone at once', () => {
  const decision = recordRefundMadeAtStripe(facts(), { ...made, status: 'succeeded' }, times);
  if (!decision.ok) throw new Error(decision.error.code);
  expect(decision.value).toMatchObject({
    refund: { origin: 'stripe', status: 'succeeded', stripeRefundId: 're_2', succeededAt: now },
    events: [{ type: 'refund.created' }, { type: 'refund.succeeded' }],
  });
  expect(decision.value.postings).toHaveLength(2);
});

test('a refund made at Stripe waits while one of ours, which Stripe must refuse now, still holds the money', () => {
  const held = facts({ payment: { ...payment, refundedMinor: 700n } });
  expect(recordRefundMadeAtStripe(held, { ...made, status: 'pending' }, times)).toEqual({
    ok: false,
    error: { code: 'refund_waits_for_another' },
  });
});
