import { CREDIT_NOTE_REASONS, type CreditAsked, INVOICE_LINES_MAX } from '@tollbridge/core';
import { z } from 'zod';
import { issueCreditNoteAction } from '../../actions/issue-credit-note.js';
import { creditNoteToJson } from '../../json/credit-note.js';
import { findCreditNote, listCreditNoteLines, listCreditNotes } from '../../store/credit-notes.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import {
  amount,
  currencyText,
  errorResponses,
  idParams,
  instantText,
  listOf,
  metadata,
  pageQuery,
  pageRequestOf,
} from '../schemas.js';
import type { Routes } from '../typed-app.js';

const creditNote = z
  .object({
    object: z.literal('credit_note'),
    id: z.string(),
    invoice_id: z.string(),
    customer_id: z.string(),
    number: z.string(),
    reason: z.enum(CREDIT_NOTE_REASONS),
    memo: z.string().nullable(),
    currency: currencyText,
    net: amount,
    tax: amount,
    total: amount,
    amount_against_debt: amount.describe('What lowered the amount due.'),
    amount_refunded: amount.describe('What goes, or went, back to the payer.'),
    amount_credited: amount.describe("What is kept as the customer's money."),
    lines: z.array(
      z.object({
        object: z.literal('credit_note_line'),
        invoice_line_id: z.string(),
        description: z.string(),
        net: amount,
        tax_rate_percent: z.string(),
        tax: amount,
      }),
    ),
    metadata: z.record(z.string(), z.string()),
    created_at: instantText,
  })
  .meta({ id: 'CreditNote' });

const line = z.strictObject({
  invoice_line_id: z.string().min(1).max(100),
  amount: amount.optional().describe('With tax, in minor units and the sign of the line. Left out: all that is left.'),
});

const createBody = z
  .strictObject({
    lines: z
      .array(line)
      .min(1)
      .max(INVOICE_LINES_MAX)
      .optional()
      .describe('Without lines and amount: all that is left.'),
    amount: amount
      .min(1)
      .optional()
      .describe('With tax; taken from the lines in their order, in place of naming them.'),
    reason: z.enum(CREDIT_NOTE_REASONS).default('other'),
    memo: z.string().trim().min(1).max(1_000).nullable().default(null),
    settle_by: z
      .enum(['refund', 'credit'])
      .default('refund')
      .describe("What becomes of the part that was paid: back to the payer, or kept as the customer's money."),
    metadata: metadata.default({}),
  })
  .refine((body) => body.lines === undefined || body.amount === undefined, {
    message: 'name lines or an amount, and not both',
    path: ['amount'],
  });

/** What is to be taken back, of the three ways to say it. */
function creditAsked(body: z.output<typeof createBody>): CreditAsked {
  if (body.amount !== undefined) return { amountMinor: BigInt(body.amount) };
  if (body.lines === undefined) return 'everything';
  return {
    lines: body.lines.map((each) => ({
      invoiceLineId: each.invoice_line_id,
      amountMinor: each.amount === undefined ? null : BigInt(each.amount),
    })),
  };
}

const tags = ['Credit notes'];

export const creditNotesRoutes: Routes = (app, context) => {
  app.post(
    '/v1/invoices/:id/credit_notes',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'issueCreditNote',
        summary: 'Take an invoice back, wholly or in part',
        tags,
        params: idParams,
        body: createBody,
        response: { 201: creditNote, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { reason, memo, settle_by: settleBy, metadata: about } = request.body;
      const what = creditAsked(request.body);
      const input = { invoiceId: request.params.id, what, reason, memo, settleBy, metadata: about };
      return sendAnswer(request, reply, await issueCreditNoteAction(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/credit_notes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCreditNotes',
        summary: 'List credit notes',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          customer_id: z.string().min(1).max(100).optional(),
          invoice_id: z.string().min(1).max(100).optional(),
        }),
        response: { 200: listOf(creditNote), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { environment } = callerOf(request);
      const filter = { customerId: query.customer_id ?? null, invoiceId: query.invoice_id ?? null };
      const options = { request: pageRequestOf(query), filter };
      const page = await listCreditNotes(context.db, environment.id, options);
      const noteIds = page === null ? [] : page.items.map((note) => note.id);
      const lines = await listCreditNoteLines(context.db, environment.id, noteIds);
      return sendPage(request, reply, page, (note) =>
        creditNoteToJson(
          note,
          lines.filter((each) => each.creditNoteId === note.id),
        ),
      );
    },
  );

  app.get(
    '/v1/credit_notes/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getCreditNote',
        summary: 'Look at a credit note',
        tags,
        params: idParams,
        response: { 200: creditNote, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { environment } = callerOf(request);
      const note = await findCreditNote(context.db, environment.id, request.params.id);
      if (note === null) return sendFound(request, reply, null);
      const lines = await listCreditNoteLines(context.db, environment.id, [note.id]);
      return sendFound(request, reply, creditNoteToJson(note, lines));
    },
  );
};
