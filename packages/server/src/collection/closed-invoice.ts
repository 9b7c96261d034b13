import { err, type Instant, type Invoice, type InvoiceDecision, ok, type Result } from '@tollbridge/core';
import type { Command, Decision } from '../asked.js';
import { nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoiceToJson } from '../json/invoice.js';
import { type Problem, problem } from '../problem.js';
import { findInvoice, invoicesTable } from '../store/invoices.js';
import { renderCollection } from './collection-events.js';
import { findHostedUrl } from './hosted-link.js';
import { type InvoiceRefused, invoiceProblem } from './invoice-problem.js';
import { withdrawalJobs } from './withdrawal-jobs.js';

export interface Closing {
  readonly id: string;
  readonly action: string;
  readonly rule: (invoice: Invoice, now: Instant) => Result<InvoiceDecision, InvoiceRefused>;
}

/** One invoice, one rule of core's that ends it, one commit: what voiding and writing off have in common. */
export async function closedInvoice(
  context: Context,
  command: Command,
  { id, action, rule }: Closing,
): Promise<Result<Decision, Problem>> {
  const environmentId = command.environment.id;
  const invoice = await findInvoice(context.db, environmentId, id);
  if (invoice === null) return err(problem('not_found', 'There is no such invoice.'));
  const decided = rule(invoice, nowOf(context, command));
  if (!decided.ok) return err(invoiceProblem(decided.error));
  const changes = new Changes().update(invoicesTable, decided.value.invoice);
  const paymentLink = await findHostedUrl(context, invoice);
  const render = renderCollection({ invoice: decided.value.invoice, payment: null, paymentLink });
  addDecided(context, changes, environmentId, decided.value, render);
  changes.enqueue(...(await withdrawalJobs(context, decided.value.invoice, null)));
  const [before, after] = [invoiceToJson(invoice), invoiceToJson(decided.value.invoice)];
  return ok({
    changes,
    audit: [{ action, objectKind: 'invoice', objectId: id, before, after }],
    outcome: { answer: { status: 200, body: after } },
  });
}
