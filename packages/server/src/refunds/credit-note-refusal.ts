import type { CreditNoteRefused } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** Why a credit note is refused, in words for the caller. */
export function creditNoteRefusal(refused: CreditNoteRefused): Problem {
  if ('position' in refused) return lineRefusal(refused);
  switch (refused.code) {
    case 'credit_note_invoice_not_creditable':
      return problem(refused.code, `The invoice is ${refused.status}; only a finalized or paid one can be credited.`);
    case 'credit_note_too_many':
      return problem(refused.code, `An invoice has at most ${refused.creditNotesMax} credit notes.`);
    case 'credit_note_total_not_positive':
      return problem(refused.code, 'The note gives nothing; there may be nothing left to credit.', { param: 'lines' });
    case 'credit_note_amount_too_large':
      return problem(refused.code, `At most ${refused.creditableMinor} can still be credited.`, {
        param: 'lines',
        details: { creditable: Number(refused.creditableMinor) },
      });
    case 'credit_note_not_refundable':
      return problem(
        refused.code,
        `Only ${refused.refundableMinor} of it can go back through Stripe. Use "settle_by": "credit".`,
        { param: 'settle_by', details: { refundable: Number(refused.refundableMinor) } },
      );
    case 'invoice_has_open_payment':
      return problem(
        refused.code,
        `The attempt ${refused.paymentId} asks for the amount as it is. Cancel it: POST /v1/payments/${refused.paymentId}/cancel.`,
        { details: { payment_id: refused.paymentId } },
      );
  }
}

function lineRefusal(refused: Extract<CreditNoteRefused, { readonly position: number }>): Problem {
  const param = `lines[${refused.position}]`;
  switch (refused.code) {
    case 'credit_note_line_unknown':
      return problem(refused.code, 'The invoice has no such line.', { param: `${param}[invoice_line_id]` });
    case 'credit_note_line_twice':
      return problem(refused.code, 'This line of the invoice is named before.', { param: `${param}[invoice_line_id]` });
    case 'credit_note_line_too_large':
      return problem(refused.code, `What is left of this line is ${refused.leftMinor}.`, {
        param: `${param}[amount]`,
        details: { left: Number(refused.leftMinor) },
      });
  }
}
