import type { ProblemKind } from '../problem.js';

/** Refusals about refunds, credit notes and money received outside Stripe (INV-8). */
export const REFUND_PROBLEMS = {
  credit_note_amount_too_large: {
    status: 409,
    type: 'conflict',
    meaning: 'That much is not left, or what was paid has gone back in other ways already.',
  },
  credit_note_invoice_not_creditable: {
    status: 409,
    type: 'conflict',
    meaning: 'Only a finalized or paid invoice can be credited.',
  },
  credit_note_line_too_large: {
    status: 409,
    type: 'conflict',
    meaning: 'The amount is zero, has the other sign, or is more than is left of the line.',
  },
  credit_note_line_twice: { status: 400, type: 'invalid_request', meaning: 'A line of the invoice is named twice.' },
  credit_note_line_unknown: { status: 400, type: 'invalid_request', meaning: 'The invoice has no such line.' },
  credit_note_not_refundable: {
    status: 409,
    type: 'conflict',
    meaning: 'Less than needed came through Stripe; keep the rest as credit, or send it back the way it came.',
  },
  credit_note_too_many: { status: 409, type: 'conflict', meaning: 'The invoice has as many credit notes as it may.' },
  credit_note_total_not_positive: {
    status: 409,
    type: 'conflict',
    meaning: 'A credit note gives more than nothing; there may be nothing left to credit.',
  },
  offline_payment_amount_too_large: {
    status: 409,
    type: 'conflict',
    meaning: 'More than is due cannot be recorded on the invoice.',
  },
  offline_payment_invoice_not_open: {
    status: 409,
    type: 'conflict',
    meaning: 'Only an invoice that is finalized and not settled takes money.',
  },
  payment_not_succeeded: {
    status: 409,
    type: 'conflict',
    meaning: 'Only a payment that brought money can be refunded.',
  },
  refund_amount_not_exact: {
    status: 400,
    type: 'invalid_request',
    meaning: 'Stripe has no unit as small as this amount needs in this currency.',
  },
  refund_amount_too_large: { status: 409, type: 'conflict', meaning: 'More than can still be refunded was asked for.' },
  refund_nothing_left: { status: 409, type: 'conflict', meaning: 'All that could be refunded has gone back.' },
  refund_of_offline_payment: {
    status: 409,
    type: 'conflict',
    meaning: 'Money received outside Stripe cannot be sent back through it.',
  },
  refund_payment_ambiguous: {
    status: 409,
    type: 'conflict',
    meaning: 'Several payments of the invoice can be refunded; name one.',
  },
  refund_too_many: { status: 409, type: 'conflict', meaning: 'The payment has as many refunds as it may.' },
} as const satisfies Record<string, ProblemKind>;
