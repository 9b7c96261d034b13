import { expect, test } from 'vitest';
import { draftInvoice } from '../invoice/draft.js';
import type { Invoice } from '../invoice/invoice.js';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import { recordOfflinePayment } from './record-offline-payment.js';

const now = instantOf(1_000);
const drafted = draftInvoice(
  {
    environmentId: 'env_1',
    id: 'inv_1',
    customerId: 'cus_1',
    legalEntityId: 'le_1',
    currency: currencyOf('eur'),
    collectionMethod: 'send_invoice',
    daysUntilDue: 14,
    description: null,
    metadata: {},
    lines: [],
  },
  now,
);
if (!drafted.ok) throw new Error(drafted.error.code);
const open: Invoice = { ...drafted.value.invoice, status: 'finalized', number: 'INV-000001', totalMinor: 1000n };
const asked = { id: 'pay_1', amountMinor: null, reference: 'SEPA 1' };

test('a transfer of all that is due pays the invoice', () => {
  expect(recordOfflinePayment(open, asked, now)).toMatchObject({
    ok: true,
    value: {
      payment: { kind: 'offline', status: 'succeeded', connectionId: null, amountMinor: 1000n, appliedMinor: 1000n },
      invoice: { status: 'paid', paymentStatus: 'succeeded' },
      postings: [{ kind: 'payment_offline_recorded' }],
      events: [{ type: 'payment.succeeded' }, { type: 'invoice.payment_status_updated' }, { type: 'invoice.paid' }],
    },
  });
});

test('a part leaves the rest due, and its collection as it stood', () => {
  expect(
    recordOfflinePayment({ ...open, paymentStatus: 'failed' }, { ...asked, amountMinor: 400n }, now),
  ).toMatchObject({
    value: {
      invoice: { status: 'finalized', paymentStatus: 'failed', paidMinor: 400n },
      events: [{ type: 'payment.succeeded' }],
    },
  });
});

test('money for an invoice that was written off makes up for the loss', () => {
  const decision = recordOfflinePayment({ ...open, status: 'uncollectible' }, asked, now);
  expect(decision.ok && decision.value.postings[0]?.entries.map((entry) => entry.account)).toEqual([
    'offline_receipts',
    'bad_debt',
  ]);
});

test.each<[string, Partial<Invoice>, bigint | null, object]>([
  ['a draft', { status: 'draft' }, null, { code: 'offline_payment_invoice_not_open', status: 'draft' }],
  [
    'a paid one',
    { status: 'paid', paidMinor: 1000n },
    null,
    { code: 'offline_payment_invoice_not_open', status: 'paid' },
  ],
  ['one under way', { openPaymentId: 'pay_9' }, null, { code: 'invoice_has_open_payment', paymentId: 'pay_9' }],
  ['more than is due', { paidMinor: 600n }, 401n, { code: 'offline_payment_amount_too_large', dueMinor: 400n }],
])('%s takes no transfer', (_name, change, amountMinor, error) => {
  expect(recordOfflinePayment({ ...open, ...change }, { ...asked, amountMinor }, now)).toEqual({ ok: false, error });
});
