import {
  CREDIT_NOTE_REFUNDS_MAX,
  type CreditNoteAsked,
  type CreditNoteDecision,
  type CreditNoteFacts,
  err,
  invariant,
  issueCreditNote,
  ok,
  type Result,
} from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes, type NewJob } from '../changes.js';
import { renderCollection } from '../collection/collection-events.js';
import { findHostedUrl } from '../collection/hosted-link.js';
import { timesOf } from '../collection/load-collection.js';
import { withdrawalJobs } from '../collection/withdrawal-jobs.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { creditNoteToJson } from '../json/credit-note.js';
import { leasedHere, performJobs } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { creditNoteRefusal } from '../refunds/credit-note-refusal.js';
import { addNewRefundAlone } from '../refunds/refund-changes.js';
import { createStripeRefundJob } from '../refunds/refund-jobs.js';
import {
  creditNoteLinesTable,
  creditNotesTable,
  findCreditNote,
  listCreditNoteLines,
  listCreditNotesOfInvoice,
} from '../store/credit-notes.js';
import { listInvoiceLines } from '../store/invoice-lines.js';
import { findInvoice, invoicesTable, requireUnchanged } from '../store/invoices.js';
import { listPaymentsOfInvoice, paymentsTable } from '../store/payments.js';
import { listRefundsOfPayment } from '../store/refunds.js';

export interface IssueCreditNoteInput
  extends Pick<CreditNoteAsked, 'what' | 'reason' | 'memo' | 'settleBy' | 'metadata'> {
  readonly invoiceId: string;
}

/** Takes an invoice back, wholly or in part (INV-8); what was paid goes back at once, or stays as the customer's credit. */
export function issueCreditNoteAction(
  context: Context,
  command: Command,
  input: IssueCreditNoteInput,
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const facts = await loadFacts(context, environmentId, input.invoiceId);
      if (facts === null) return err(problem('not_found', 'There is no such invoice.'));
      const { what, reason, memo, settleBy, metadata } = input;
      const refundIds = Array.from({ length: CREDIT_NOTE_REFUNDS_MAX }, () => context.newId('refund'));
      const wanted = { id: context.newId('creditNote'), reason, memo, settleBy, metadata, what, refundIds };
      const decided = issueCreditNote(facts, wanted, await timesOf(context, environmentId));
      if (!decided.ok) return err(creditNoteRefusal(decided.error));
      const jobs = decided.value.refunds.map(({ refund }) =>
        leasedHere(context, createStripeRefundJob(context, refund)),
      );
      const body = creditNoteToJson(decided.value.creditNote, decided.value.lines);
      return ok({
        changes: (await changesOf(context, decided.value)).enqueue(...jobs),
        audit: [
          { action: 'credit_note.issued', objectKind: 'credit_note', objectId: body.id, before: null, after: body },
        ],
        outcome: jobs.length === 0 ? { answer: { status: 201, body } } : { resumeWith: resourceOf(body.id, jobs) },
      });
    },
    async resume(resourceId) {
      const [noteId = '', ...jobs] = resourceId.split(' ');
      const toPerform = jobs.map((job) => {
        const [jobId = '', token = ''] = job.split(':');
        return { environmentId, jobId, token };
      });
      await performJobs(context, toPerform);
      const note = await findCreditNote(context.db, environmentId, noteId);
      invariant(note !== null, 'a credit note is never deleted');
      const lines = await listCreditNoteLines(context.db, environmentId, [noteId]);
      return ok({ status: 201, body: creditNoteToJson(note, lines) });
    },
  });
}

const resourceOf = (noteId: string, jobs: readonly NewJob[]): string =>
  [noteId, ...jobs.map((job) => `${job.id}:${job.lease?.token ?? ''}`)].join(' ');

async function loadFacts(context: Context, environmentId: string, invoiceId: string): Promise<CreditNoteFacts | null> {
  const invoice = await findInvoice(context.db, environmentId, invoiceId);
  if (invoice === null) return null;
  const lines = await listInvoiceLines(context.db, environmentId, invoiceId);
  const creditNotes = await listCreditNotesOfInvoice(context.db, environmentId, invoiceId);
  const noteIds = creditNotes.map((note) => note.id);
  const creditedLines = await listCreditNoteLines(context.db, environmentId, noteIds);
  const payments: {
    payment: CreditNoteFacts['payments'][number]['payment'];
    refunds: CreditNoteFacts['payments'][number]['refunds'];
  }[] = [];
  for (const payment of await listPaymentsOfInvoice(context.db, environmentId, invoiceId)) {
    if (payment.status !== 'succeeded' || payment.kind === 'offline') continue;
    payments.push({ payment, refunds: await listRefundsOfPayment(context.db, environmentId, payment.id) });
  }
  await requireUnchanged(context.db, invoice);
  return { invoice, lines, creditNotes, creditedLines, payments };
}

async function changesOf(context: Context, decision: CreditNoteDecision): Promise<Changes> {
  const { creditNote, lines, invoice, refunds } = decision;
  const changes = new Changes()
    .insert(creditNotesTable, creditNote)
    .insert(creditNoteLinesTable, ...lines)
    .update(invoicesTable, invoice);
  for (const refund of refunds) addNewRefundAlone(context, changes.update(paymentsTable, refund.payment), refund);
  changes.enqueue(...(await withdrawalJobs(context, invoice, null)));
  const renderInvoice = renderCollection({
    invoice,
    payment: null,
    paymentLink: await findHostedUrl(context, invoice),
  });
  const body = creditNoteToJson(creditNote, lines);
  return addDecided(context, changes, invoice.environmentId, decision, (event) =>
    event.objectKind === 'creditNote' ? body : renderInvoice(event),
  );
}
