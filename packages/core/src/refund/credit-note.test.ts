import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftInvoice } from '../invoice/draft.js';
import type { InvoiceLineInput } from '../invoice/draft-lines.js';
import { currencyOf } from '../money/currency.js';
import { newPayment, type Payment } from '../payment/payment.js';
import { instantOf } from '../time/instant.js';
import { creditEverything, creditLines } from './credit-lines.js';
import type { CreditNote, CreditNoteLine } from './credit-note.js';
import { type CreditNoteAsked, type CreditNoteFacts, issueCreditNote } from './issue-credit-note.js';

const now = instantOf(1_000);
const times = { now, machineNow: now };
const currency = currencyOf('eur');

const lineInput = (change: Partial<InvoiceLineInput> = {}): InvoiceLineInput => ({
  id: 'il_1',
  description: 'Seats',
  quantity: '1',
  unitAmount: '1000',
  taxRatePercent: '19',
  taxBehaviour: 'exclusive',
  periodStart: null,
  periodEnd: null,
  ...change,
});

function drafted(lines: readonly InvoiceLineInput[]) {
  const draft = draftInvoice(
    {
      environmentId: 'env_1',
      id: 'inv_1',
      customerId: 'cus_1',
      legalEntityId: 'le_1',
      currency,
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      description: null,
      metadata: {},
      lines,
    },
    now,
  );
  if (!draft.ok) throw new Error(draft.error.code);
  return draft.value;
}

const { invoice: draft, lines } = drafted([lineInput()]);
const open = { ...draft, status: 'finalized', number: 'INV-000001' } as const;
const paid = { ...open, status: 'paid', paidMinor: 1190n } as const;

const payment: Payment = {
  ...newPayment(
    {
      environmentId: 'env_1',
      id: 'pay_1',
      invoiceId: 'inv_1',
      customerId: 'cus_1',
      connectionId: 'con_1',
      kind: 'automatic',
      amountMinor: 1190n,
      currency,
      stripeCustomerId: 'cus_s',
      stripePaymentMethodId: 'pm_s',
    },
    times,
  ),
  status: 'succeeded',
  stripePaymentIntentId: 'pi_1',
  appliedMinor: 1190n,
};

const facts = (change: Partial<CreditNoteFacts> = {}): CreditNoteFacts => ({
  invoice: open,
  lines,
  creditNotes: [],
  creditedLines: [],
  payments: [],
  ...change,
});

const asked = (change: Partial<CreditNoteAsked> = {}): CreditNoteAsked => ({
  id: 'cn_1',
  reason: 'other',
  memo: null,
  what: 'everything',
  settleBy: 'refund',
  metadata: {},
  refundIds: ['ref_1', 'ref_2'],
  ...change,
});

const part = (amountMinor: bigint | null) => [{ invoiceLineId: 'il_1', amountMinor }];
const of = (amountMinor: bigint) => ({ what: { lines: part(amountMinor) } });
const paidFacts = (change: Partial<CreditNoteFacts> = {}) =>
  facts({ invoice: paid, payments: [{ payment, refunds: [] }], ...change });

test('an open invoice owes less, with the tax of the part, and keeps its number for the note', () => {
  expect(issueCreditNote(facts(), asked(of(595n)), times)).toMatchObject({
    ok: true,
    value: {
      creditNote: { number: 'INV-000001-CN1', netMinor: 500n, taxMinor: 95n, againstDebtMinor: 595n, refundMinor: 0n },
      invoice: { status: 'finalized', creditedMinor: 595n },
      refunds: [],
      events: [{ type: 'credit_note.issued', objectKind: 'creditNote' }],
    },
  });
});

test('an amount is taken from the lines in their order, each with its own tax, and never from a credit', () => {
  const printed = drafted([
    lineInput({ unitAmount: '100' }),
    lineInput({ id: 'il_2', unitAmount: '-50' }),
    lineInput({ id: 'il_3', unitAmount: '1000', taxRatePercent: '0' }),
  ]);
  const invoice = { ...printed.invoice, status: 'finalized', number: 'INV-000002' } as const;
  const given = facts({ invoice, lines: printed.lines });
  expect(issueCreditNote(given, asked({ what: { amountMinor: 219n } }), times)).toMatchObject({
    value: {
      creditNote: { netMinor: 200n, taxMinor: 19n },
      lines: [
        { invoiceLineId: 'il_1', netMinor: 100n, taxMinor: 19n },
        { invoiceLineId: 'il_3', netMinor: 100n, taxMinor: 0n },
      ],
    },
  });
  expect(issueCreditNote(given, asked({ what: { amountMinor: 1060n } }), times)).toEqual({
    ok: false,
    error: { code: 'credit_note_amount_too_large', creditableMinor: 1059n },
  });
});

test('an invoice of which nothing is due any more is paid', () => {
  expect(issueCreditNote(facts(), asked(), times)).toMatchObject({
    value: {
      invoice: { status: 'paid', paymentStatus: 'succeeded', paidAt: now },
      events: [{ type: 'credit_note.issued' }, { type: 'invoice.paid' }],
    },
  });
});

test('of a paid invoice the money goes back, by a refund that gives away no revenue a second time', () => {
  expect(issueCreditNote(paidFacts(), asked(of(200n)), times)).toMatchObject({
    value: {
      creditNote: { totalMinor: 200n, againstDebtMinor: 0n, refundMinor: 200n, creditMinor: 0n },
      invoice: { status: 'paid', creditedMinor: 0n, refundedMinor: 200n },
      refunds: [{ refund: { amountMinor: 200n, fromOverpaymentMinor: 200n, creditNoteId: 'cn_1' } }],
    },
  });
});

test('or it stays as his money with us', () => {
  expect(issueCreditNote(paidFacts(), asked({ settleBy: 'credit' }), times)).toMatchObject({
    value: { creditNote: { refundMinor: 0n, creditMinor: 1190n }, invoice: { refundedMinor: 0n }, refunds: [] },
  });
});

test('a note is paid out of several payments, the newest first, each as far as it has the money', () => {
  const payments = [
    { payment: { ...payment, id: 'pay_2', amountMinor: 190n, appliedMinor: 190n }, refunds: [] },
    { payment: { ...payment, amountMinor: 1000n, appliedMinor: 1000n }, refunds: [] },
  ];
  const decision = issueCreditNote(paidFacts({ payments }), asked(of(500n)), times);
  expect(decision).toMatchObject({
    value: {
      invoice: { refundedMinor: 500n },
      refunds: [
        { refund: { id: 'ref_1', paymentId: 'pay_2', amountMinor: 190n } },
        { refund: { id: 'ref_2', paymentId: 'pay_1', amountMinor: 310n } },
      ],
    },
  });
});

const earlier = { creditMinor: 1000n } as CreditNote;

test.each<[string, CreditNoteFacts, CreditNoteAsked, object]>([
  ['a draft', facts({ invoice: draft }), asked(), { code: 'credit_note_invoice_not_creditable', status: 'draft' }],
  [
    'too much of a line',
    facts(),
    asked(of(1191n)),
    { code: 'credit_note_line_too_large', position: 0, leftMinor: 1190n },
  ],
  ['the other sign', facts(), asked(of(-1n)), { code: 'credit_note_line_too_large', position: 0, leftMinor: 1190n }],
  [
    'a line of another invoice',
    facts(),
    asked({ what: { lines: [{ invoiceLineId: 'il_9', amountMinor: 1n }] } }),
    { code: 'credit_note_line_unknown', position: 0 },
  ],
  [
    'a line twice',
    facts(),
    asked({ what: { lines: [...part(1n), ...part(1n)] } }),
    { code: 'credit_note_line_twice', position: 1 },
  ],
  ['nothing', facts({ lines: [] }), asked(), { code: 'credit_note_total_not_positive' }],
  [
    'what went back before',
    paidFacts({ invoice: { ...paid, refundedMinor: 1190n } }),
    asked(),
    { code: 'credit_note_amount_too_large', creditableMinor: 0n },
  ],
  [
    'what was credited before',
    paidFacts({ creditNotes: [earlier] }),
    asked(),
    { code: 'credit_note_amount_too_large', creditableMinor: 190n },
  ],
  [
    'a refund of money that did not come through Stripe',
    paidFacts({ payments: [] }),
    asked(),
    { code: 'credit_note_not_refundable', refundableMinor: 0n },
  ],
  [
    'an amount under which an attempt is open',
    facts({ invoice: { ...open, openPaymentId: 'pay_1' } }),
    asked(),
    { code: 'invoice_has_open_payment', paymentId: 'pay_1' },
  ],
])('%s is not credited', (_name, given, wanted, error) => {
  expect(issueCreditNote(given, wanted, times)).toEqual({ ok: false, error });
});

test('however a line is taken back in parts, they are the line, its tax and not a cent more', () => {
  fc.assert(
    fc.property(
      fc.record({
        unitAmount: fc.integer({ min: -5_000, max: 5_000 }).map(String),
        taxRatePercent: fc.constantFrom('0', '7', '8.875', '19'),
        taxBehaviour: fc.constantFrom('inclusive', 'exclusive', 'reverse_charge'),
      }),
      fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
      (change, parts) => {
        const { lines: printed } = drafted([
          lineInput(change as Partial<InvoiceLineInput>),
          lineInput({ id: 'il_2', unitAmount: '9999' }),
        ]);
        const credited: CreditNoteLine[] = [];
        const stored = (made: readonly object[]) =>
          made.map((each) => ({ ...each, environmentId: 'env_1', creditNoteId: 'cn' }) as CreditNoteLine);
        for (const size of parts) {
          const sign = change.unitAmount.startsWith('-') ? -1n : 1n;
          const taken = creditLines({ lines: printed, credited }, [
            { invoiceLineId: 'il_1', amountMinor: sign * BigInt(size) },
          ]);
          if (taken.ok) credited.push(...stored(taken.value));
        }
        credited.push(...stored(creditEverything({ lines: printed, credited })));
        for (const line of printed) {
          const gone = credited.filter((each) => each.invoiceLineId === line.id);
          expect(gone.reduce((sum, each) => sum + each.netMinor, 0n)).toBe(line.netMinor);
          expect(gone.reduce((sum, each) => sum + each.taxMinor, 0n)).toBe(line.taxMinor);
        }
      },
    ),
  );
});
