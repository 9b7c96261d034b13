import type { Instant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { instant, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/** The secret part of an invoice's hosted page, sealed, so that the link can be given again. The invoice keeps its hash. */
export interface InvoiceLink {
  readonly environmentId: string;
  readonly invoiceId: string;
  readonly tokenSealed: string;
  readonly createdAt: Instant;
}

export const invoiceLinksTable = table<InvoiceLink>(
  'invoice_links',
  { environmentId: text(), invoiceId: text(), tokenSealed: text(), createdAt: instant() },
  { key: ['environmentId', 'invoiceId'], versioned: false },
);

export async function findInvoiceLink(
  database: Database,
  environmentId: string,
  invoiceId: string,
): Promise<InvoiceLink | null> {
  const [row] = await database.query({
    name: 'find_invoice_link',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(invoiceLinksTable)} from invoice_links where environment_id = $1 and invoice_id = $2`,
    values: [environmentId, invoiceId],
  });
  return row === undefined ? null : fromRow(invoiceLinksTable, row);
}

/** The links of several invoices, of whatever environments, by the invoices' ids. */
export async function findInvoiceLinks(
  database: Database,
  invoices: readonly { readonly environmentId: string; readonly id: string }[],
): Promise<Map<string, InvoiceLink>> {
  const rows = await database.query({
    name: 'find_invoice_links',
    text: `
select ${selectList(invoiceLinksTable, 'l')}
from unnest($1::text[], $2::text[]) as i (environment_id, id)
join invoice_links l on l.environment_id = i.environment_id
  and l.invoice_id = i.id`,
    values: [invoices.map(({ environmentId }) => environmentId), invoices.map(({ id }) => id)],
  });
  return new Map(rows.map((row) => fromRow(invoiceLinksTable, row)).map((link) => [link.invoiceId, link]));
}
