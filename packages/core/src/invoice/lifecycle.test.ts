import { expect, test } from 'vitest';
import { ADDRESS_EMPTY } from '../legal-entity/address.js';
import type { LegalEntity } from '../legal-entity/legal-entity.js';
import { currencyOf } from '../money/currency.js';
import { addDays, instantOf } from '../time/instant.js';
import { amountDueMinor, amountOwedMinor } from './amount-due.js';
import { draftInvoice, type InvoiceDraft, type InvoiceDraftInput } from './draft.js';
import { finalizeInvoice } from './finalize.js';
import type { Invoice } from './invoice.js';
import { settleInvoice } from './settle.js';
import { markInvoiceUncollectible } from './uncollectible.js';
import { voidInvoice } from './void.js';

const createdAt = instantOf(0);
const now = instantOf(86_400_000);
const later = addDays(now, 3);
const number = 'INV-000007';
const entity: LegalEntity = {
  environmentId: 'env_1',
  id: 'le_1',
  name: 'Toll Ltd',
  address: ADDRESS_EMPTY,
  taxIds: [],
  numberPrefix: 'INV',
  nextNumber: 7,
  footer: null,
  isDefault: true,
  version: 1,
  createdAt,
};

function draft(unitAmount: string, change: Partial<InvoiceDraftInput> = {}): InvoiceDraft {
  const line = { description: 'Seats', quantity: '1', taxRatePercent: '19', taxBehaviour: 'exclusive' } as const;
  const drafted = draftInvoice(
    {
      environmentId: 'env_1',
      id: 'inv_1',
      customerId: 'cus_1',
      legalEntityId: 'le_1',
      currency: currencyOf('eur'),
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      description: null,
      metadata: {},
      lines: [{ ...line, id: 'il_1', unitAmount, periodStart: null, periodEnd: null }],
      ...change,
    },
    createdAt,
  );
  if (!drafted.ok) throw new Error(drafted.error.code);
  return drafted.value;
}

function finalize({ invoice, lines }: InvoiceDraft) {
  const finalized = finalizeInvoice(invoice, { lines, entity, number, now });
  if (!finalized.ok) throw new Error(finalized.error.code);
  return finalized.value;
}

const open = (change: Partial<Invoice> = {}): Invoice => ({ ...finalize(draft('1000')).invoice, ...change });

test('finalizing gives the number, keeps the issuer, and the customer owes the total', () => {
  const decision = finalize(draft('1000'));
  expect(decision.invoice).toMatchObject({
    status: 'finalized',
    paymentStatus: 'pending',
    number,
    issuer: { legalEntityId: 'le_1', name: 'Toll Ltd' },
    finalizedAt: now,
    dueAt: null,
    paidAt: null,
  });
  expect(decision.events.map((event) => event.type)).toEqual(['invoice.finalized']);
  expect(decision.postings).toEqual([
    {
      kind: 'invoice_finalized',
      sourceKind: 'invoice',
      sourceId: 'inv_1',
      occurredAt: now,
      entries: [
        { account: 'receivable', ownerId: 'cus_1', amountMinor: 1190n, currency: 'eur' },
        { account: 'revenue', ownerId: null, amountMinor: -1000n, currency: 'eur' },
        { account: 'tax_payable', ownerId: null, amountMinor: -190n, currency: 'eur' },
      ],
    },
  ]);
});

test('a sent invoice is due so many days after it was finalized', () => {
  const decision = finalize(draft('1000', { collectionMethod: 'send_invoice', daysUntilDue: 14 }));
  expect(decision.invoice.dueAt).toBe(addDays(now, 14));
});

test('INV-2: an invoice of zero is paid at once, has its number, and moves nothing in the books', () => {
  const decision = finalize(draft('0'));
  expect(decision.invoice).toMatchObject({
    status: 'paid',
    paymentStatus: 'succeeded',
    paymentStatusReason: 'nothing_due',
    number,
    paidAt: now,
  });
  expect(decision.postings).toEqual([]);
  expect(decision.events.map((event) => event.type)).toEqual(['invoice.finalized', 'invoice.paid']);
});

test('finalizing a second time changes nothing', () => {
  const { lines } = draft('1000');
  expect(finalizeInvoice(open(), { lines, entity, number, now })).toEqual({
    ok: false,
    error: { code: 'invoice_not_draft', status: 'finalized' },
  });
});

test('an invoice without lines is not finalized', () => {
  const { invoice } = draft('1000', { lines: [] });
  expect(finalizeInvoice(invoice, { lines: [], entity, number, now })).toEqual({
    ok: false,
    error: { code: 'invoice_has_no_lines' },
  });
});

test.each<[string, Partial<Invoice>, Partial<LegalEntity>]>([
  ['of another issuer', {}, { id: 'le_2' }],
  ['of another environment', {}, { environmentId: 'env_2' }],
  ['whose lines are of another invoice', { id: 'inv_2' }, {}],
  ['whose net is not that of its lines', { subtotalMinor: 1n }, {}],
  ['whose tax is not that of its lines', { taxMinor: 1n }, {}],
  ['whose total is not that of its lines', { totalMinor: 1n }, {}],
])('an invoice %s is a bug', (_name, change, entityChange) => {
  const { invoice, lines } = draft('1000');
  const facts = { lines, entity: { ...entity, ...entityChange }, number, now };
  const act = () => finalizeInvoice({ ...invoice, ...change }, facts);
  expect(act).toThrow();
});

test('a void invoice keeps its number, and is not owed any more', () => {
  const decision = voidInvoice(open(), later);
  expect(decision).toMatchObject({
    ok: true,
    value: {
      invoice: { status: 'void', number: 'INV-000007', voidedAt: later },
      postings: [{ kind: 'invoice_voided', entries: [{ account: 'receivable', amountMinor: -1190n }, {}, {}] }],
      events: [{ type: 'invoice.voided' }],
    },
  });
});

test('voiding an invoice that was written off takes back the loss, not a debt', () => {
  const decision = voidInvoice(open({ status: 'uncollectible' }), later);
  expect(decision).toMatchObject({
    value: { postings: [{ entries: [{ account: 'bad_debt', ownerId: null, amountMinor: -1190n }, {}, {}] }] },
  });
});

test.each<[string, Partial<Invoice>, object]>([
  ['a draft', { status: 'draft' }, { code: 'invoice_transition_illegal', state: 'draft', event: 'void' }],
  ['a paid invoice', { status: 'paid' }, { code: 'invoice_transition_illegal', state: 'paid', event: 'void' }],
  ['a void invoice', { status: 'void' }, { code: 'invoice_transition_illegal', state: 'void', event: 'void' }],
  [
    'an invoice with an open attempt',
    { openPaymentId: 'pay_1' },
    { code: 'invoice_has_open_payment', paymentId: 'pay_1' },
  ],
  ['a partly paid invoice', { paidMinor: 1n }, { code: 'invoice_partly_settled', paidMinor: 1n, creditedMinor: 0n }],
  [
    'a partly credited invoice',
    { creditedMinor: 1n },
    { code: 'invoice_partly_settled', paidMinor: 0n, creditedMinor: 1n },
  ],
])('%s is not voided', (_name, change, error) => {
  expect(voidInvoice(open(change), later)).toEqual({ ok: false, error });
});

test('writing off makes a loss of what is still due', () => {
  expect(markInvoiceUncollectible(open({ paidMinor: 190n }), later)).toMatchObject({
    ok: true,
    value: {
      invoice: { status: 'uncollectible' },
      postings: [
        {
          kind: 'invoice_uncollectible',
          entries: [
            { account: 'bad_debt', amountMinor: 1000n },
            { account: 'receivable', amountMinor: -1000n },
          ],
        },
      ],
      events: [{ type: 'invoice.marked_uncollectible' }],
    },
  });
});

test.each<[string, Partial<Invoice>, string]>([
  ['a draft', { status: 'draft' }, 'invoice_transition_illegal'],
  ['a paid invoice', { status: 'paid' }, 'invoice_transition_illegal'],
  ['an invoice with an open attempt', { openPaymentId: 'pay_1' }, 'invoice_has_open_payment'],
])('%s is not written off', (_name, change, code) => {
  expect(markInvoiceUncollectible(open(change), later)).toMatchObject({ ok: false, error: { code } });
});

test.each<[string, Partial<Invoice>, bigint, Partial<Invoice>, bigint, bigint, string[]]>([
  [
    'the whole',
    {},
    1190n,
    { status: 'paid', paymentStatus: 'succeeded', paidMinor: 1190n, paidAt: later },
    1190n,
    0n,
    ['invoice.paid'],
  ],
  ['a part', {}, 190n, { status: 'finalized', paymentStatus: 'pending', paidMinor: 190n, paidAt: null }, 190n, 0n, []],
  ['the rest', { paidMinor: 190n }, 1000n, { status: 'paid', paidMinor: 1190n }, 1000n, 0n, ['invoice.paid']],
  [
    'the rest after a credit',
    { creditedMinor: 190n },
    1000n,
    { status: 'paid', paidMinor: 1000n },
    1000n,
    0n,
    ['invoice.paid'],
  ],
  ['too much', {}, 1200n, { status: 'paid', paidMinor: 1190n }, 1190n, 10n, ['invoice.paid', 'invoice.overpaid']],
  [
    'a second time',
    { status: 'paid', paidMinor: 1190n, paidAt: now },
    1190n,
    { status: 'paid', paidMinor: 1190n, paidAt: now },
    0n,
    1190n,
    ['invoice.overpaid'],
  ],
  [
    'after it was voided',
    { status: 'void' },
    1190n,
    { status: 'void', paidMinor: 0n },
    0n,
    1190n,
    ['invoice.overpaid'],
  ],
  [
    'after it was written off',
    { status: 'uncollectible' },
    1190n,
    { status: 'paid', paidMinor: 1190n },
    1190n,
    0n,
    ['invoice.paid'],
  ],
])('money for %s', (_name, before, amountMinor, after, appliedMinor, excessMinor, types) => {
  const settlement = settleInvoice(open(before), { amountMinor, now: later });
  expect(settlement).toMatchObject({ invoice: after, appliedMinor, excessMinor });
  expect(settlement.wasUncollectible).toBe(before.status === 'uncollectible');
  expect(settlement.events.map((event) => event.type)).toEqual(types);
});

test.each<[string, Invoice, bigint]>([
  ['for a draft', draft('1000').invoice, 1n],
  ['of nothing', open(), 0n],
  ['below nothing', open(), -1n],
])('money %s is a bug', (_name, invoice, amountMinor) => {
  expect(() => settleInvoice(invoice, { amountMinor, now })).toThrow();
});

test.each<[Invoice['status'], bigint]>([
  ['draft', 0n],
  ['finalized', 990n],
  ['paid', 0n],
  ['void', 0n],
  ['uncollectible', 0n],
])('of an invoice that is %s, the customer owes %i', (status, owed) => {
  const invoice = open({ status, paidMinor: 150n, creditedMinor: 50n, refundedMinor: 20n });
  expect(amountDueMinor(invoice)).toBe(990n);
  expect(amountOwedMinor(invoice)).toBe(owed);
});
