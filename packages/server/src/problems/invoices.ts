import type { ProblemKind } from '../problem.js';

const invalid = (meaning: string) => ({ status: 400, type: 'invalid_request', meaning }) as const;
const conflict = (meaning: string) => ({ status: 409, type: 'conflict', meaning }) as const;

export const INVOICE_PROBLEMS = {
  invoice_amount_too_large: invalid('The amount of a line is larger than an object can carry.'),
  invoice_currency_unknown: invalid('The currency is no active code of ISO 4217 that has a minor unit.'),
  invoice_customer_deleted: conflict('The customer was deleted: his drafts can be deleted, not finalized.'),
  invoice_customer_unknown: invalid('The parameter names no customer of this environment.'),
  invoice_has_no_lines: conflict('An invoice without lines cannot be finalized.'),
  invoice_has_open_payment: conflict('An attempt could still bring money: cancel it first.'),
  invoice_line_period_invalid: invalid('A period has a start and an end after it, or neither.'),
  invoice_line_quantity_invalid: invalid('A quantity is a decimal of at most 12 places.'),
  invoice_line_tax_rate_invalid: invalid('A tax rate is a decimal from 0 to 100.'),
  invoice_line_unit_amount_invalid: invalid('A unit amount is a decimal of at most 12 places, in minor units.'),
  invoice_not_collectable: conflict('Nothing can be collected: it is a draft, paid, or void.'),
  invoice_not_draft: conflict('Only a draft can be changed, deleted or finalized.'),
  invoice_not_finalized: conflict('The invoice has no page before it is finalized.'),
  invoice_partly_settled: conflict('Money or credit has gone into it: only a credit note can take back the rest.'),
  invoice_terms_invalid: invalid('Days until due (0 to 365) or a due date go with "send_invoice", and only with it.'),
  invoice_too_many_lines: invalid('An invoice has at most 1000 lines.'),
  invoice_total_negative: invalid('The total of an invoice is not below zero.'),
  invoice_total_too_large: invalid('The total is larger than an object can carry.'),
  invoice_transition_illegal: conflict('The status of the invoice does not allow this.'),
} as const satisfies Record<string, ProblemKind>;
