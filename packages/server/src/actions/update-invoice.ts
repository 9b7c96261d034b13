import {
  changeDraft,
  err,
  type InvoiceDraftChange,
  type InvoiceLineInput,
  ok,
  type Result,
  replaceDraftLines,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { renderCollection } from '../collection/collection-events.js';
import { invoiceProblem } from '../collection/invoice-problem.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoiceToJson } from '../json/invoice.js';
import { type Problem, problem } from '../problem.js';
import { invoiceLinesTable, listInvoiceLines } from '../store/invoice-lines.js';
import { findInvoice, invoicesTable } from '../store/invoices.js';
import { findLegalEntity } from '../store/legal-entities.js';

export interface UpdateInvoiceInput {
  readonly id: string;
  /** What is left out stays. */
  readonly change: InvoiceDraftChange;
  /** In place of all lines; null leaves them. */
  readonly lines: readonly Omit<InvoiceLineInput, 'id'>[] | null;
}

/** Changes a draft; a finalized invoice is never changed. */
export function updateInvoice(
  context: Context,
  command: Command,
  input: UpdateInvoiceInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, { decide: () => decide(context, command, input) });
}

async function decide(
  context: Context,
  command: Command,
  { id, change, lines }: UpdateInvoiceInput,
): Promise<Result<Decision, Problem>> {
  const environmentId = command.environment.id;
  const invoice = await findInvoice(context.db, environmentId, id);
  if (invoice === null) return err(problem('not_found', 'There is no such invoice.'));
  if (change.legalEntityId !== undefined) {
    const entity = await findLegalEntity(context.db, environmentId, change.legalEntityId);
    if (entity === null) {
      return err(problem('legal_entity_unknown', 'There is no such legal entity.', { param: 'legal_entity_id' }));
    }
  }
  const changed = changeDraft(invoice, change);
  if (!changed.ok) return err(invoiceProblem(changed.error));
  const changes = new Changes();
  let { invoice: updated } = changed.value;
  if (lines !== null) {
    const withIds = lines.map((line) => ({ ...line, id: context.newId('invoiceLine') }));
    const replaced = replaceDraftLines(updated, withIds);
    if (!replaced.ok) return err(invoiceProblem(replaced.error));
    changes.delete(invoiceLinesTable, ...(await listInvoiceLines(context.db, environmentId, id)));
    changes.insert(invoiceLinesTable, ...replaced.value.lines);
    updated = replaced.value.invoice;
  }
  const render = renderCollection({ invoice: updated, payment: null, paymentLink: null });
  addDecided(context, changes, environmentId, { postings: [], events: changed.value.events }, render);
  const [before, after] = [invoiceToJson(invoice), invoiceToJson(updated)];
  return ok({
    changes: changes.update(invoicesTable, updated),
    audit: [{ action: 'invoice.updated', objectKind: 'invoice', objectId: id, before, after }],
    outcome: { answer: { status: 200, body: after } },
  });
}
