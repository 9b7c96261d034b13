import type { Instant } from '@tollbridge/core';
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
    text: `select ${selectList(invoiceLinksTable)} from invoice_links where environment_id = $1 and invoice_id = $2`,
    values: [environmentId, invoiceId],
  });
  return row === undefined ? null : fromRow(invoiceLinksTable, row);
}
