import { expect, test } from 'vitest';
import { entriesOf, facts, now, payment, requested } from '../../test/paid-invoice.js';
import { instantOf } from '../time/instant.js';
import { applyRefund, type RefundSeen } from './apply-refund.js';
import type { CreditNote } from './credit-note.js';
import type { Refund } from './refund.js';
import type { RefundableFacts } from './refundable.js';
import { isMadeAfterAll, reopenRefund } from './reopen-refund.js';

/** Asked for, and closed because Stripe refused it. */
const closed = (change: Partial<RefundableFacts> = {}, amountMinor: bigint | null = null) => {
  const { refund, payment: paid, invoice: billed } = requested(change, amountMinor);
  const refused: RefundSeen = {
    stripeId: null,
    status: 'failed',
    failure: { code: 'no', message: 'no', requestId: null },
  };
  return applyRefund({ refund, payment: paid, invoice: billed, creditNote: null }, refused, now);
};
const seen = (status: Refund['status']): RefundSeen => ({ stripeId: 're_1', status, failure: null });
const later = instantOf(9_000);

test.each<[string, Partial<Refund>, Refund['status'], boolean]>([
  ['one closed as refused, and pending', {}, 'pending', true],
  ['one closed as refused, and gone', {}, 'succeeded', true],
  ['one that failed there, too', {}, 'failed', false],
  ['one that failed after Stripe had made it', { stripeRefundId: 're_1' }, 'succeeded', false],
  ['one that is under way', { status: 'pending' }, 'succeeded', false],
])('%s: made after all?', (_what, change, status, isIt) => {
  expect(isMadeAfterAll({ ...closed().refund, ...change }, seen(status))).toBe(isIt);
});

test('opened again, it is owed and gone, on the payment, on the invoice and in the books', () => {
  const rows = closed();
  const decision = reopenRefund({ rows, facts: facts({ refunds: [rows.refund] }) }, seen('succeeded'), later);
  if (!decision.ok) throw new Error(decision.error.code);
  expect(decision.value).toMatchObject({
    refund: { status: 'succeeded', stripeRefundId: 're_1', failure: null, failedAt: null, reopenedAt: later },
    payment: { refundedMinor: 1000n },
    invoice: { refundedMinor: 1000n },
    postings: [{ kind: 'refund_reopened' }, { kind: 'refund_succeeded' }],
    events: [{ type: 'refund.reopened' }, { type: 'refund.succeeded' }],
  });
  expect(entriesOf(decision.value)).toEqual([
    'refunds_given 1000',
    'refunds_payable -1000',
    'refunds_payable 1000',
    'payments_in_transit -1000',
  ]);
});

test('it can fail again, which is a fact of its own in the books', () => {
  const rows = closed();
  const open = reopenRefund({ rows, facts: facts() }, seen('pending'), later);
  if (!open.ok) throw new Error(open.error.code);
  const failed = applyRefund(open.value, seen('failed'), later);
  expect(failed.postings).toMatchObject([{ kind: 'refund_failed_again', sourceId: 'ref_1' }]);
  expect(failed).toMatchObject({ payment: { refundedMinor: 0n }, invoice: { refundedMinor: 0n } });
});

test('it waits while a refund that Stripe must refuse now still holds the money', () => {
  const { refund, ...rows } = closed();
  const held = { ...rows, refund, payment: { ...payment, refundedMinor: 300n }, creditNote: null };
  expect(reopenRefund({ rows: held, facts: facts() }, seen('succeeded'), later)).toEqual({
    ok: false,
    error: { code: 'refund_waits_for_another' },
  });
});

test('what was too much and went back another way meanwhile does not go back twice as such', () => {
  const over = { ...payment, amountMinor: 1500n };
  const rows = closed({ payment: over }, 500n);
  expect(rows.refund.fromOverpaymentMinor).toBe(500n);
  const between = { ...rows.refund, id: 'ref_2', status: 'succeeded', amountMinor: 500n } as const;
  const paid = { ...over, refundedMinor: 500n };
  const decision = reopenRefund(
    { rows: { ...rows, payment: paid }, facts: facts({ payment: paid, refunds: [rows.refund, between] }) },
    seen('pending'),
    later,
  );
  expect(decision).toMatchObject({
    ok: true,
    value: {
      refund: { fromOverpaymentMinor: 0n },
      payment: { refundedMinor: 1000n },
      invoice: { refundedMinor: 500n },
    },
  });
});

test('what a credit note kept as credit is paid out', () => {
  const rows = closed();
  const refund: Refund = { ...rows.refund, creditNoteId: 'cn_1', fromOverpaymentMinor: 1000n };
  const creditNote = { refundMinor: 0n, creditMinor: 1000n } as CreditNote;
  const decision = reopenRefund({ rows: { ...rows, refund, creditNote }, facts: facts() }, seen('succeeded'), later);
  expect(decision).toMatchObject({
    ok: true,
    value: { creditNote: { refundMinor: 1000n, creditMinor: 0n }, refund: { fromOverpaymentMinor: 1000n } },
  });
});
