import { expect, test } from 'vitest';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import { disputeClosed, disputeOpened } from './dispute-postings.js';
import { creditNoteIssued, invoiceFinalized, invoiceUncollectible, invoiceVoided } from './invoice-postings.js';
import { paymentOfflineRecorded, paymentSucceeded } from './payment-postings.js';
import type { LedgerTransaction } from './posting.js';
import {
  refundFailed,
  refundFailedAgain,
  refundReopened,
  refundRequested,
  refundReversed,
  refundSucceeded,
} from './refund-postings.js';

const at = { currency: currencyOf('eur'), customerId: 'cus_1', occurredAt: instantOf(0) };
const invoice = { ...at, invoiceId: 'inv_1', netMinor: 1000n, taxMinor: 190n };
const payment = { ...at, paymentId: 'pay_1', amountMinor: 1190n, appliedMinor: 1190n, wasUncollectible: false };
const online = { ...payment, connectionId: 'con_1' };
const refund = { ...at, refundId: 'ref_1', connectionId: 'con_1', amountMinor: 500n, fromOverpaymentMinor: 0n };
const creditNote = { ...at, creditNoteId: 'cn_1', netMinor: 100n, taxMinor: 19n, againstDebtMinor: 119n };
const dispute = { ...at, disputeId: 'dis_1', connectionId: 'con_1', amountMinor: 1190n };

/** A transaction as text: what it is about, then its entries with their owners. */
const shown = (transaction: LedgerTransaction | null): string[] =>
  transaction === null
    ? []
    : [
        `${transaction.kind} ${transaction.sourceKind} ${transaction.sourceId}`,
        ...transaction.entries.map(({ account, ownerId, amountMinor }) =>
          [account, ...(ownerId === null ? [] : [ownerId]), amountMinor].join(' '),
        ),
      ];

test.each<[string, LedgerTransaction | null, string[]]>([
  [
    'a finalized invoice is owed',
    invoiceFinalized(invoice),
    ['invoice_finalized invoice inv_1', 'receivable cus_1 1190', 'revenue -1000', 'tax_payable -190'],
  ],
  ['an invoice of zero moves nothing', invoiceFinalized({ ...invoice, netMinor: 0n, taxMinor: 0n }), []],
  [
    'an invoice of zero with two rates still moves its tax',
    invoiceFinalized({ ...invoice, netMinor: -5n, taxMinor: 5n }),
    ['invoice_finalized invoice inv_1', 'revenue 5', 'tax_payable -5'],
  ],
  [
    'a void invoice is taken back whole',
    invoiceVoided({ ...invoice, wasUncollectible: false }),
    ['invoice_voided invoice inv_1', 'receivable cus_1 -1190', 'revenue 1000', 'tax_payable 190'],
  ],
  [
    'a void invoice that was a loss takes the loss back',
    invoiceVoided({ ...invoice, wasUncollectible: true }),
    ['invoice_voided invoice inv_1', 'bad_debt -1190', 'revenue 1000', 'tax_payable 190'],
  ],
  [
    'what is written off is a loss',
    invoiceUncollectible({ ...at, invoiceId: 'inv_1', amountDueMinor: 40n }),
    ['invoice_uncollectible invoice inv_1', 'bad_debt 40', 'receivable cus_1 -40'],
  ],
  [
    'a payment settles the debt and is in transit',
    paymentSucceeded(online),
    ['payment_succeeded payment pay_1', 'payments_in_transit con_1 1190', 'receivable cus_1 -1190'],
  ],
  [
    'a payment that no invoice needs is the customer\u2019s money with us',
    paymentSucceeded({ ...online, appliedMinor: 0n }),
    ['payment_succeeded payment pay_1', 'payments_in_transit con_1 1190', 'overpayments cus_1 -1190'],
  ],
  [
    'a payment above the debt is both',
    paymentSucceeded({ ...online, appliedMinor: 1000n }),
    [
      'payment_succeeded payment pay_1',
      'payments_in_transit con_1 1190',
      'receivable cus_1 -1000',
      'overpayments cus_1 -190',
    ],
  ],
  [
    'a late payment makes up for the loss',
    paymentSucceeded({ ...online, wasUncollectible: true }),
    ['payment_succeeded payment pay_1', 'payments_in_transit con_1 1190', 'bad_debt -1190'],
  ],
  [
    'a payment outside Stripe never touches Stripe',
    paymentOfflineRecorded(payment),
    ['payment_offline_recorded payment pay_1', 'offline_receipts 1190', 'receivable cus_1 -1190'],
  ],
  [
    'a refund is owed from the moment it is asked for',
    refundRequested(refund),
    ['refund_requested refund ref_1', 'refunds_given 500', 'refunds_payable con_1 -500'],
  ],
  [
    'a refund of money that was too much gives no revenue back',
    refundRequested({ ...refund, fromOverpaymentMinor: 500n }),
    ['refund_requested refund ref_1', 'overpayments cus_1 500', 'refunds_payable con_1 -500'],
  ],
  [
    'a refund that succeeded is on its way out',
    refundSucceeded(refund),
    ['refund_succeeded refund ref_1', 'refunds_payable con_1 500', 'payments_in_transit con_1 -500'],
  ],
  [
    'a refund that failed while pending is taken back',
    refundFailed({ ...refund, fromOverpaymentMinor: 200n }),
    ['refund_failed refund ref_1', 'refunds_payable con_1 500', 'refunds_given -300', 'overpayments cus_1 -200'],
  ],
  [
    'a refund that was made after all is owed again',
    refundReopened({ ...refund, fromOverpaymentMinor: 200n }),
    ['refund_reopened refund ref_1', 'refunds_given 300', 'overpayments cus_1 200', 'refunds_payable con_1 -500'],
  ],
  [
    'and taken back when it fails again',
    refundFailedAgain(refund),
    ['refund_failed_again refund ref_1', 'refunds_payable con_1 500', 'refunds_given -500'],
  ],
  [
    'a refund that failed after it succeeded comes back by transit',
    refundReversed(refund),
    ['refund_reversed refund ref_1', 'payments_in_transit con_1 500', 'refunds_given -500'],
  ],
  [
    'a credit note on an open invoice lowers the debt',
    creditNoteIssued(creditNote),
    ['credit_note_issued credit_note cn_1', 'credit_notes_given 100', 'tax_payable 19', 'receivable cus_1 -119'],
  ],
  [
    'a credit note on a paid invoice is the customer\u2019s money with us',
    creditNoteIssued({ ...creditNote, againstDebtMinor: 0n }),
    ['credit_note_issued credit_note cn_1', 'credit_notes_given 100', 'tax_payable 19', 'overpayments cus_1 -119'],
  ],
  [
    'a dispute takes the money out',
    disputeOpened(dispute),
    ['dispute_opened dispute dis_1', 'disputed_funds con_1 1190', 'disputes con_1 -1190'],
  ],
  [
    'a dispute that was won brings it back',
    disputeClosed(dispute, 'won'),
    ['dispute_won dispute dis_1', 'disputes con_1 1190', 'disputed_funds con_1 -1190'],
  ],
  [
    'a dispute that was lost is a loss',
    disputeClosed(dispute, 'lost'),
    ['dispute_lost dispute dis_1', 'dispute_losses 1190', 'disputed_funds con_1 -1190'],
  ],
])('%s', (_name, transaction, entries) => {
  expect(shown(transaction)).toEqual(entries);
});

test.each<[string, () => unknown]>([
  ['a payment of nothing', () => paymentSucceeded({ ...online, amountMinor: 0n, appliedMinor: 0n })],
  ['a payment that settles more than it brings', () => paymentSucceeded({ ...online, appliedMinor: 1191n })],
  ['a payment that settles less than nothing', () => paymentOfflineRecorded({ ...payment, appliedMinor: -1n })],
  ['a refund of nothing', () => refundRequested({ ...refund, amountMinor: 0n })],
  ['a refund of more overpayment than it is', () => refundRequested({ ...refund, fromOverpaymentMinor: 501n })],
  ['a refund of less overpayment than none', () => refundRequested({ ...refund, fromOverpaymentMinor: -1n })],
  [
    'a credit note of nothing',
    () => creditNoteIssued({ ...creditNote, netMinor: 0n, taxMinor: 0n, againstDebtMinor: 0n }),
  ],
  [
    'a credit note that lowers the debt by more than it is',
    () => creditNoteIssued({ ...creditNote, againstDebtMinor: 120n }),
  ],
  ['a credit note that raises the debt', () => creditNoteIssued({ ...creditNote, againstDebtMinor: -1n })],
])('%s is a bug', (_name, act) => {
  expect(act).toThrow();
});
