import {
  draftInvoice,
  err,
  type Instant,
  type InvoiceDraftInput,
  type InvoiceLineInput,
  ok,
  parseCurrency,
  type Result,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision, nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import { renderCollection } from '../collection/collection-events.js';
import { finalizedInvoice } from '../collection/finalized-invoice.js';
import { invoiceProblem } from '../collection/invoice-problem.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoiceToJson } from '../json/invoice.js';
import { type Problem, problem } from '../problem.js';
import { findCustomerWithIssuer } from '../store/customer-with-issuer.js';
import { invoiceLinesTable } from '../store/invoice-lines.js';
import { invoicesTable } from '../store/invoices.js';

export interface CreateInvoiceInput {
  readonly customerId: string;
  /** Null takes the environment's default issuer. */
  readonly legalEntityId: string | null;
  /** Null takes the customer's own. */
  readonly currency: string | null;
  readonly collectionMethod: InvoiceDraftInput['collectionMethod'];
  readonly daysUntilDue: number | null;
  readonly dueAt: Instant | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lines: readonly Omit<InvoiceLineInput, 'id'>[];
  /** At once: it gets its number with this very commit. */
  readonly finalize: boolean;
}

/** Makes an invoice: a draft, or a finalized one that is collected in the background. */
export function createInvoice(
  context: Context,
  command: Command,
  input: CreateInvoiceInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, { decide: () => decide(context, command, input) });
}

async function decide(
  context: Context,
  command: Command,
  input: CreateInvoiceInput,
): Promise<Result<Decision, Problem>> {
  const loaded = await loadFor(context, command.environment.id, input);
  if (!loaded.ok) return loaded;
  const { customer, entity, currency } = loaded.value;
  const now = nowOf(context, command);
  const draft = draftInvoice(
    {
      environmentId: command.environment.id,
      id: context.newId('invoice'),
      customerId: customer.id,
      legalEntityId: entity.id,
      currency,
      collectionMethod: input.collectionMethod,
      daysUntilDue: input.daysUntilDue,
      dueAt: input.dueAt,
      description: input.description,
      metadata: input.metadata,
      lines: input.lines.map((line) => ({ ...line, id: context.newId('invoiceLine') })),
    },
    now,
  );
  if (!draft.ok) return err(invoiceProblem(draft.error));
  const changes = new Changes().insert(invoiceLinesTable, ...draft.value.lines);
  const { environmentId, id } = customer;
  if (!input.finalize) changes.require({ kind: 'customer_not_deleted', environmentId, id });
  const render = renderCollection({ invoice: draft.value.invoice, payment: null, paymentLink: null });
  addDecided(context, changes, command.environment.id, draft.value, render);
  if (!input.finalize) return ok(created(changes, draft.value.invoice));
  const facts = { lines: draft.value.lines, entity, connectionId: customer.connectionId, now };
  const finalized = finalizedInvoice(context, draft.value.invoice, facts);
  if (!finalized.ok) return err(invoiceProblem(finalized.error));
  return ok(created(changes.add(finalized.value.changes), finalized.value.invoice));
}

function created(changes: Changes, invoice: Parameters<typeof invoiceToJson>[0]): Decision {
  const body = invoiceToJson(invoice);
  return {
    changes: changes.insert(invoicesTable, invoice),
    audit: [{ action: 'invoice.created', objectKind: 'invoice', objectId: invoice.id, before: null, after: body }],
    outcome: { answer: { status: 201, body } },
  };
}

async function loadFor(context: Context, environmentId: string, input: CreateInvoiceInput) {
  const { customer, entity } = await findCustomerWithIssuer(context.db, environmentId, input);
  if (customer === null || customer.deletedAt !== null) {
    return err(problem('invoice_customer_unknown', 'There is no such customer.', { param: 'customer_id' }));
  }
  if (entity === null) {
    return err(problem('legal_entity_unknown', 'There is no such legal entity.', { param: 'legal_entity_id' }));
  }
  const currency = parseCurrency(input.currency ?? customer.currency ?? '');
  if (!currency.ok) {
    const message = 'Name a currency of ISO 4217, here or on the customer.';
    return err(problem('invoice_currency_unknown', message, { param: 'currency' }));
  }
  return ok({ customer, entity, currency: currency.value });
}
