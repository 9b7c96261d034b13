import { type Result, voidInvoice } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { closedInvoice } from '../collection/closed-invoice.js';
import type { Context } from '../context.js';
import type { Problem } from '../problem.js';

/** Takes a finalized invoice back whole; it keeps its number. */
export const voidInvoiceAction = (context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> =>
  asked(context, command, {
    decide: () => closedInvoice(context, command, { id, action: 'invoice.voided', rule: voidInvoice }),
  });
