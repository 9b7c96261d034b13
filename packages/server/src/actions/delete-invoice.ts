import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { invoiceProblem } from '../collection/invoice-problem.js';
import type { Context } from '../context.js';
import { invoiceToJson } from '../json/invoice.js';
import { type Problem, problem } from '../problem.js';
import { invoiceLinesTable, listInvoiceLines } from '../store/invoice-lines.js';
import { findInvoice, invoicesTable } from '../store/invoices.js';

/** Deletes a draft, which never had a number; what is finalized can only be taken back by voiding it. */
export function deleteInvoice(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const environmentId = command.environment.id;
      const invoice = await findInvoice(context.db, environmentId, id);
      if (invoice === null) return err(problem('not_found', 'There is no such invoice.'));
      if (invoice.status !== 'draft') {
        return err(invoiceProblem({ code: 'invoice_not_draft', status: invoice.status }));
      }
      const lines = await listInvoiceLines(context.db, environmentId, id);
      const before = invoiceToJson(invoice);
      return ok({
        changes: new Changes().delete(invoicesTable, invoice).delete(invoiceLinesTable, ...lines),
        audit: [{ action: 'invoice.deleted', objectKind: 'invoice', objectId: id, before, after: null }],
        outcome: { answer: { status: 200, body: { object: 'invoice', id, deleted: true } } },
      });
    },
  });
}
