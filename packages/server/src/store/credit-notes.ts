import { CREDIT_NOTES_OF_INVOICE_MAX, type CreditNote, type CreditNoteLine, type Currency } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { bigint, instant, integer, json, nullable, numeric, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const creditNotesTable = table<CreditNote>(
  'credit_notes',
  {
    environmentId: text(),
    id: text(),
    invoiceId: text(),
    customerId: text(),
    position: integer(),
    number: text(),
    reason: text<CreditNote['reason']>(),
    memo: nullable(text()),
    currency: text<Currency>(),
    netMinor: bigint(),
    taxMinor: bigint(),
    totalMinor: bigint(),
    againstDebtMinor: bigint(),
    refundMinor: bigint(),
    creditMinor: bigint(),
    metadata: json<CreditNote['metadata']>(),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export const creditNoteLinesTable = table<CreditNoteLine>(
  'credit_note_lines',
  {
    environmentId: text(),
    creditNoteId: text(),
    position: integer(),
    invoiceLineId: text(),
    description: text(),
    netMinor: bigint(),
    taxRatePercent: numeric(),
    taxMinor: bigint(),
  },
  { key: ['environmentId', 'creditNoteId', 'position'], versioned: false },
);

export async function findCreditNote(
  database: Database,
  environmentId: string,
  id: string,
): Promise<CreditNote | null> {
  const [row] = await database.query({
    name: 'find_credit_note',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(creditNotesTable)} from credit_notes where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(creditNotesTable, row);
}

/** All credit notes of an invoice; there are never more than the limit, because another is then refused. */
export async function listCreditNotesOfInvoice(
  database: Database,
  environmentId: string,
  invoiceId: string,
): Promise<CreditNote[]> {
  const rows = await database.query({
    name: 'list_credit_notes_of_invoice',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(creditNotesTable)}
from credit_notes
where environment_id = $1
  and invoice_id = $2
order by position
limit ${CREDIT_NOTES_OF_INVOICE_MAX}`,
    values: [environmentId, invoiceId],
  });
  return rows.map((row) => fromRow(creditNotesTable, row));
}

/** The lines of several notes of one invoice, each note's in its order. */
export async function listCreditNoteLines(
  database: Database,
  environmentId: string,
  creditNoteIds: readonly string[],
): Promise<CreditNoteLine[]> {
  const rows = await database.query({
    name: 'list_credit_note_lines',
    text: `
select ${selectList(creditNoteLinesTable)}
from credit_note_lines
where environment_id = $1
  and credit_note_id = any($2::text[])
order by credit_note_id, position`,
    values: [environmentId, [...creditNoteIds]],
  });
  return rows.map((row) => fromRow(creditNoteLinesTable, row));
}

export interface CreditNoteFilter {
  readonly customerId: string | null;
  readonly invoiceId: string | null;
}

export async function listCreditNotes(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: CreditNoteFilter },
): Promise<Page<CreditNote> | null> {
  const conditions: Condition[] = [];
  if (filter.customerId !== null) conditions.push({ sql: 't.customer_id = $?', value: filter.customerId });
  if (filter.invoiceId !== null) conditions.push({ sql: 't.invoice_id = $?', value: filter.invoiceId });
  return pageOf(database, creditNotesTable, { environmentId, request, conditions });
}
