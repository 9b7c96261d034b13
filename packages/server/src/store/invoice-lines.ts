import type { InvoiceLine } from '@tollbridge/core';
import { bigint, instant, integer, nullable, numeric, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

export const invoiceLinesTable = table<InvoiceLine>(
  'invoice_lines',
  {
    environmentId: text(),
    id: text(),
    invoiceId: text(),
    position: integer(),
    description: text(),
    quantity: numeric(),
    unitAmount: numeric(),
    amountMinor: bigint(),
    taxRatePercent: numeric(),
    taxBehaviour: text<InvoiceLine['taxBehaviour']>(),
    taxMinor: bigint(),
    netMinor: bigint(),
    periodStart: nullable(instant()),
    periodEnd: nullable(instant()),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

/** The lines of one invoice as they are printed; at most `INVOICE_LINES_MAX`, by the rule that makes them. */
export async function listInvoiceLines(
  database: Database,
  environmentId: string,
  invoiceId: string,
): Promise<InvoiceLine[]> {
  const rows = await database.query({
    name: 'list_invoice_lines',
    text: `
select ${selectList(invoiceLinesTable)}
from invoice_lines
where environment_id = $1
  and invoice_id = $2
order by position`,
    values: [environmentId, invoiceId],
  });
  return rows.map((row) => fromRow(invoiceLinesTable, row));
}
