import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyOf } from '../money/currency.js';
import { TAX_BEHAVIOURS } from '../tax/tax.js';
import { instantOf } from '../time/instant.js';
import { changeDraft, draftInvoice, type InvoiceDraftInput, replaceDraftLines } from './draft.js';
import type { InvoiceLineInput } from './draft-lines.js';

const now = instantOf(1_000);
const line: InvoiceLineInput = {
  id: 'il_1',
  description: 'Seats',
  quantity: '2',
  unitAmount: '1500',
  taxRatePercent: '19',
  taxBehaviour: 'exclusive',
  periodStart: null,
  periodEnd: null,
};
const input: InvoiceDraftInput = {
  environmentId: 'env_1',
  id: 'inv_1',
  customerId: 'cus_1',
  legalEntityId: 'le_1',
  currency: currencyOf('eur'),
  collectionMethod: 'charge_automatically',
  daysUntilDue: null,
  description: null,
  metadata: {},
  lines: [line],
};
const drafted = (change: Partial<InvoiceDraftInput> = {}) => draftInvoice({ ...input, ...change }, now);
const lines = (...changes: Partial<InvoiceLineInput>[]) => changes.map((change) => ({ ...line, ...change }));
const invoiceOf = (change: Partial<InvoiceDraftInput> = {}) => {
  const draft = drafted(change);
  if (!draft.ok) throw new Error(draft.error.code);
  return draft.value.invoice;
};

test('a draft has its amounts by line and in all, no number, and moves nothing in the books', () => {
  const draft = drafted();
  expect(draft).toMatchObject({
    ok: true,
    value: {
      invoice: {
        status: 'draft',
        number: null,
        subtotalMinor: 3000n,
        taxMinor: 570n,
        totalMinor: 3570n,
        createdAt: now,
      },
      lines: [{ invoiceId: 'inv_1', position: 0, amountMinor: 3000n, netMinor: 3000n, taxMinor: 570n }],
      postings: [],
      events: [{ type: 'invoice.created', objectKind: 'invoice', objectId: 'inv_1', customerId: 'cus_1' }],
    },
  });
});

test.each<[string, Partial<InvoiceLineInput>[], bigint, bigint, bigint]>([
  ['no lines', [], 0n, 0n, 0n],
  ['a line of zero', [{ unitAmount: '0' }], 0n, 0n, 0n],
  ['a charge and its credit', [{}, { quantity: '-2' }], 0n, 0n, 0n],
  ['a price inside which the tax stands', [{ taxBehaviour: 'inclusive' }], 2521n, 479n, 3000n],
  ['a price below a cent', [{ unitAmount: '0.005', quantity: '1000', taxRatePercent: '0' }], 5n, 0n, 5n],
  ['reverse charge', [{ taxBehaviour: 'reverse_charge' }], 3000n, 0n, 3000n],
])('%s adds up', (_name, changes, subtotalMinor, taxMinor, totalMinor) => {
  expect(invoiceOf({ lines: lines(...changes) })).toMatchObject({ subtotalMinor, taxMinor, totalMinor });
});

test('decimals are stored in their shortest form, and a period is kept', () => {
  const draft = drafted({
    lines: lines({
      quantity: '2.0',
      unitAmount: '01500.10',
      taxRatePercent: '19.00',
      periodStart: now,
      periodEnd: instantOf(2_000),
    }),
  });
  expect(draft.ok && draft.value.lines[0]).toMatchObject({
    quantity: '2',
    unitAmount: '1500.1',
    taxRatePercent: '19',
    periodStart: 1_000,
    periodEnd: 2_000,
  });
});

test.each<[Partial<InvoiceLineInput>, string]>([
  [{ quantity: 'two' }, 'invoice_line_quantity_invalid'],
  [{ unitAmount: '1e3' }, 'invoice_line_unit_amount_invalid'],
  [{ taxRatePercent: '101' }, 'invoice_line_tax_rate_invalid'],
  [{ periodStart: now }, 'invoice_line_period_invalid'],
  [{ periodEnd: now }, 'invoice_line_period_invalid'],
  [{ periodStart: now, periodEnd: now }, 'invoice_line_period_invalid'],
  [{ unitAmount: '9007199254740992', quantity: '1' }, 'invoice_amount_too_large'],
  [{ unitAmount: '9007199254740991', quantity: '1' }, 'invoice_amount_too_large'],
])('a second line with %o is refused as %s, and says which line it was', (change, code) => {
  expect(drafted({ lines: lines({}, change) })).toEqual({ ok: false, error: { code, position: 1 } });
});

const untaxed = { taxRatePercent: '0', quantity: '1' };

test.each<[string, Partial<InvoiceDraftInput>, object]>([
  ['a total below zero', { lines: lines({ quantity: '-2' }) }, { code: 'invoice_total_negative', totalMinor: -3570n }],
  [
    'a total that no JSON number carries',
    { lines: lines({ ...untaxed, unitAmount: '9007199254740991' }, { ...untaxed, unitAmount: '1' }) },
    { code: 'invoice_total_too_large' },
  ],
  ['too many lines', { lines: new Array(1_001).fill(line) }, { code: 'invoice_too_many_lines', linesMax: 1_000 }],
  [
    'a sent invoice without terms',
    { collectionMethod: 'send_invoice' },
    { code: 'invoice_terms_invalid', daysUntilDueMax: 365 },
  ],
  ['a charged invoice with terms', { daysUntilDue: 14 }, { code: 'invoice_terms_invalid', daysUntilDueMax: 365 }],
  [
    'half a day',
    { collectionMethod: 'send_invoice', daysUntilDue: 0.5 },
    { code: 'invoice_terms_invalid', daysUntilDueMax: 365 },
  ],
  [
    'a due date before its invoice',
    { collectionMethod: 'send_invoice', daysUntilDue: -1 },
    { code: 'invoice_terms_invalid', daysUntilDueMax: 365 },
  ],
  [
    'terms beyond a year',
    { collectionMethod: 'send_invoice', daysUntilDue: 366 },
    { code: 'invoice_terms_invalid', daysUntilDueMax: 365 },
  ],
])('%s is refused', (_name, change, error) => {
  expect(drafted(change)).toEqual({ ok: false, error });
});

test.each([0, 14, 365])('a sent invoice may be due after %i days', (daysUntilDue) => {
  expect(invoiceOf({ collectionMethod: 'send_invoice', daysUntilDue })).toMatchObject({ daysUntilDue, dueAt: null });
});

test('the lines of a draft can be replaced as a whole', () => {
  expect(replaceDraftLines(invoiceOf(), lines({ id: 'il_2', quantity: '1' }))).toMatchObject({
    ok: true,
    value: {
      invoice: { id: 'inv_1', totalMinor: 1785n },
      lines: [{ id: 'il_2' }],
      events: [{ type: 'invoice.updated' }],
    },
  });
});

test('terms and texts of a draft can be changed, and what is left out stays', () => {
  expect(changeDraft(invoiceOf(), { collectionMethod: 'send_invoice', daysUntilDue: 7 })).toMatchObject({
    ok: true,
    value: { invoice: { daysUntilDue: 7, totalMinor: 3570n }, events: [{ type: 'invoice.updated' }] },
  });
});

test('a draft is not changed to terms that it cannot have', () => {
  expect(changeDraft(invoiceOf(), { daysUntilDue: 7 })).toMatchObject({ error: { code: 'invoice_terms_invalid' } });
});

test('lines that cannot be are refused when they replace others, too', () => {
  expect(replaceDraftLines(invoiceOf(), lines({ quantity: 'x' }))).toMatchObject({
    error: { code: 'invoice_line_quantity_invalid', position: 0 },
  });
});

test.each(['finalized', 'paid', 'void', 'uncollectible'] as const)(
  'nothing of an invoice that is %s can be changed',
  (status) => {
    const invoice = { ...invoiceOf(), status };
    const refusal = { ok: false, error: { code: 'invoice_not_draft', status } };
    expect(replaceDraftLines(invoice, [line])).toEqual(refusal);
    expect(changeDraft(invoice, { description: 'x' })).toEqual(refusal);
  },
);

test('the printed lines always add up to the printed totals', () => {
  const anyLine = fc.record({
    quantity: fc.integer({ min: 0, max: 100 }).map(String),
    unitAmount: fc.integer({ min: 0, max: 99_999 }).map((value) => (value / 8).toString()),
    taxRatePercent: fc.constantFrom('0', '7', '8.875', '19', '25.5'),
    taxBehaviour: fc.constantFrom(...TAX_BEHAVIOURS),
  });
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 20 }), (changes) => {
      const draft = drafted({ lines: lines(...changes) });
      expect(draft.ok).toBe(true);
      if (!draft.ok) return;
      const { invoice, lines: printed } = draft.value;
      const total = printed.reduce((left, each) => left + each.netMinor + each.taxMinor, 0n);
      expect(invoice.totalMinor).toBe(total);
      expect(invoice.taxMinor).toBe(printed.reduce((left, each) => left + each.taxMinor, 0n));
      expect(invoice.subtotalMinor + invoice.taxMinor).toBe(invoice.totalMinor);
    }),
  );
});

test.each([
  ['send_invoice', { dueAt: instantOf(9_000) }, true],
  ['send_invoice', { dueAt: instantOf(9_000), daysUntilDue: 7 }, false],
  ['charge_automatically', { dueAt: instantOf(9_000) }, false],
] as const)('%s with the terms %o is allowed: %s', (collectionMethod, terms, isAllowed) => {
  expect(drafted({ collectionMethod, ...terms }).ok).toBe(isAllowed);
});
