import type {
  FinalizeRefused,
  InvoiceDraftRefused,
  InvoiceLineRefused,
  MarkUncollectibleRefused,
  VoidRefused,
} from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

export type InvoiceRefused = InvoiceDraftRefused | FinalizeRefused | VoidRefused | MarkUncollectibleRefused;

/** What a caller is told when a rule about invoices refuses: core's code, its facts, and what to do. */
export function invoiceProblem(refused: InvoiceRefused): Problem {
  if ('position' in refused) return lineProblem(refused);
  switch (refused.code) {
    case 'invoice_not_draft':
      return problem(refused.code, `The invoice is ${refused.status}; only a draft can be changed.`);
    case 'invoice_transition_illegal':
      return problem(refused.code, `The invoice is ${refused.state}, which does not allow this.`);
    case 'invoice_has_open_payment':
      return problem(
        refused.code,
        `The attempt ${refused.paymentId} could still bring money. Cancel it: POST /v1/payments/${refused.paymentId}/cancel.`,
        { details: { payment_id: refused.paymentId } },
      );
    case 'invoice_partly_settled':
      return problem(refused.code, 'Money or credit has gone into this invoice; issue a credit note for the rest.');
    case 'invoice_too_many_lines':
      return problem(refused.code, `An invoice has at most ${refused.linesMax} lines.`, { param: 'lines' });
    case 'invoice_total_negative':
      return problem(refused.code, 'The lines add up to less than zero.', { param: 'lines' });
    case 'invoice_total_too_large':
      return problem(refused.code, 'The lines add up to more than can be carried.', { param: 'lines' });
    case 'invoice_terms_invalid':
      return problem(
        refused.code,
        `With "send_invoice" give days_until_due, 0 to ${refused.daysUntilDueMax}, or due_at; with "charge_automatically" neither.`,
        { param: 'days_until_due' },
      );
    case 'invoice_has_no_lines':
      return problem(refused.code, 'Give the invoice at least one line before it is finalized.', { param: 'lines' });
  }
}

const LINE_FIELDS: Readonly<Record<InvoiceLineRefused['code'], string>> = {
  invoice_line_quantity_invalid: 'quantity',
  invoice_line_unit_amount_invalid: 'unit_amount',
  invoice_line_tax_rate_invalid: 'tax_rate_percent',
  invoice_line_period_invalid: 'period',
  invoice_amount_too_large: 'unit_amount',
};

function lineProblem({ code, position }: InvoiceLineRefused): Problem {
  const param = `lines[${position}][${LINE_FIELDS[code]}]`;
  return problem(code, `The parameter ${param} has a value it cannot have.`, { param });
}
