import { expect, test } from 'vitest';
import { currencyOf } from '../money/currency.js';
import { newPayment } from '../payment/payment.js';
import { instantOf } from '../time/instant.js';
import { applyDispute, type DisputeSeen, newDispute } from './apply-dispute.js';

const now = instantOf(1_000);
const currency = currencyOf('eur');
const payment = newPayment(
  {
    environmentId: 'env_1',
    id: 'pay_1',
    invoiceId: 'inv_1',
    customerId: 'cus_1',
    connectionId: 'con_1',
    kind: 'automatic',
    amountMinor: 1000n,
    currency,
    stripeCustomerId: 'cus_s',
    stripePaymentMethodId: 'pm_s',
  },
  { now, machineNow: now },
);
const seen = (change: Partial<DisputeSeen> = {}): DisputeSeen => ({
  stripeId: 'du_1',
  chargeId: 'ch_1',
  status: 'needs_response',
  reason: 'fraudulent',
  amountMinor: 1000n,
  currency,
  hasFundsWithdrawn: true,
  evidenceDueAt: null,
  ...change,
});
const opened = (change: Partial<DisputeSeen> = {}) => newDispute(payment, { id: 'dis_1', seen: seen(change), now });
const kindsOf = (decision: { readonly postings: readonly { readonly kind: string }[] }) =>
  decision.postings.map((posting) => posting.kind);

test('a dispute takes the money out when it is opened', () => {
  const decision = opened();
  expect(decision).toMatchObject({
    dispute: { paymentId: 'pay_1', hasFundsWithdrawn: true, outcome: null, closedAt: null },
    events: [{ type: 'dispute.created', objectKind: 'dispute', objectId: 'dis_1' }],
  });
  expect(kindsOf(decision)).toEqual(['dispute_opened']);
});

test('an inquiry moves nothing, and ends without money moved', () => {
  const decision = opened({ status: 'warning_needs_response', hasFundsWithdrawn: false });
  expect(kindsOf(decision)).toEqual([]);
  const closed = applyDispute(decision.dispute, seen({ status: 'warning_closed', hasFundsWithdrawn: false }), now);
  expect(closed).toMatchObject({ dispute: { outcome: 'withdrawn', closedAt: now }, postings: [] });
});

test('an inquiry that becomes a dispute takes the money out then', () => {
  const { dispute } = opened({ status: 'warning_needs_response', hasFundsWithdrawn: false });
  expect(kindsOf(applyDispute(dispute, seen(), now))).toEqual(['dispute_opened']);
});

test.each([
  ['won', 'dispute_won'],
  ['lost', 'dispute_lost'],
] as const)('a dispute that is %s is entered once', (status, kind) => {
  const closed = applyDispute(opened().dispute, seen({ status }), now);
  expect(kindsOf(closed)).toEqual([kind]);
  expect(closed).toMatchObject({ dispute: { outcome: status, closedAt: now }, events: [{ type: 'dispute.closed' }] });
  const again = applyDispute(closed.dispute, seen({ status }), now);
  expect(again).toEqual({ dispute: closed.dispute, postings: [], events: [] });
  expect(again.dispute).toBe(closed.dispute);
});

test('a dispute of which we hear only when it is lost is opened and lost at once', () => {
  expect(kindsOf(opened({ status: 'lost' }))).toEqual(['dispute_opened', 'dispute_lost']);
});

test('a word of Stripe that nobody knows yet decides nothing', () => {
  const after = applyDispute(opened().dispute, seen({ status: 'something_new' }), now);
  expect(after).toMatchObject({ dispute: { status: 'something_new', outcome: null }, postings: [], events: [] });
});

test('seen twice, an open dispute changes nothing', () => {
  const { dispute } = opened();
  expect(applyDispute(dispute, seen(), now).dispute).toBe(dispute);
});
