import { markInvoiceUncollectible, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { closedInvoice } from '../collection/closed-invoice.js';
import type { Context } from '../context.js';
import type { Problem } from '../problem.js';

/** Writes off what is due; money that comes after all still pays it. */
export const markInvoiceUncollectibleAction = (
  context: Context,
  command: Command,
  id: string,
): Promise<Result<Answer, Problem>> =>
  asked(context, command, {
    decide: () =>
      closedInvoice(context, command, {
        id,
        action: 'invoice.marked_uncollectible',
        rule: markInvoiceUncollectible,
      }),
  });
