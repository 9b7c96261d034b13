import { err, invariant, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, nowOf } from '../asked.js';
import { finalizedInvoice } from '../collection/finalized-invoice.js';
import { invoiceProblem } from '../collection/invoice-problem.js';
import type { Context } from '../context.js';
import { invoiceToJson } from '../json/invoice.js';
import { type Problem, problem } from '../problem.js';
import { findCustomer } from '../store/customers.js';
import { listInvoiceLines } from '../store/invoice-lines.js';
import { findInvoice, invoicesTable, requireUnchanged } from '../store/invoices.js';
import { findLegalEntity } from '../store/legal-entities.js';

/** The draft gets its number and is owed from now on; what is charged automatically is collected in the background. */
export function finalizeInvoiceAction(
  context: Context,
  command: Command,
  id: string,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const environmentId = command.environment.id;
      const draft = await findInvoice(context.db, environmentId, id);
      if (draft === null) return err(problem('not_found', 'There is no such invoice.'));
      const lines = await listInvoiceLines(context.db, environmentId, id);
      await requireUnchanged(context.db, draft);
      const entity = await findLegalEntity(context.db, environmentId, draft.legalEntityId);
      invariant(entity !== null, 'an issuer of invoices is never deleted');
      const customer = await findCustomer(context.db, environmentId, draft.customerId);
      invariant(customer !== null, 'a customer with invoices stays in the books');
      if (customer.deletedAt !== null) return err(customerDeleted());
      const facts = { lines, entity, connectionId: customer.connectionId, now: nowOf(context, command) };
      const finalized = finalizedInvoice(context, draft, facts);
      if (!finalized.ok) return err(invoiceProblem(finalized.error));
      const { invoice, changes } = finalized.value;
      const [before, after] = [invoiceToJson(draft), invoiceToJson(invoice)];
      return ok({
        changes: changes.update(invoicesTable, invoice),
        audit: [{ action: 'invoice.finalized', objectKind: 'invoice', objectId: id, before, after }],
        outcome: { answer: { status: 200, body: after } },
      });
    },
  });
}

const customerDeleted = (): Problem =>
  problem('invoice_customer_deleted', 'The customer was deleted; nothing more is invoiced to him. Delete the draft.');
