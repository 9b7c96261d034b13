import type { RefundDecision, RefundRows } from '@tollbridge/core';
import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { refundToJson } from '../json/refund.js';
import { creditNotesTable } from '../store/credit-notes.js';
import { invoicesTable } from '../store/invoices.js';
import { paymentsTable } from '../store/payments.js';
import { refundsTable } from '../store/refunds.js';

/** Takes a new refund into the commit, with what it does to its payment and invoice. */
export function addNewRefund(context: Context, changes: Changes, decision: RefundDecision): Changes {
  changes.update(paymentsTable, decision.payment).update(invoicesTable, decision.invoice);
  return addNewRefundAlone(context, changes, decision);
}

/** The same where payment and invoice are written by whoever asks for the refund. */
export function addNewRefundAlone(context: Context, changes: Changes, decision: RefundDecision): Changes {
  const { refund } = decision;
  changes.insert(refundsTable, refund);
  return addDecided(context, changes, refund.environmentId, decision, () => refundToJson(refund));
}

/** Takes what became of a refund into the commit; rows that stay as they were are not written. */
export function addRefundOutcome(
  context: Context,
  changes: Changes,
  { before, decision }: { readonly before: RefundRows; readonly decision: RefundDecision },
): Changes {
  const { refund, payment, invoice, creditNote } = decision;
  if (refund !== before.refund) changes.update(refundsTable, refund);
  if (payment !== before.payment) changes.update(paymentsTable, payment);
  if (invoice !== before.invoice) changes.update(invoicesTable, invoice);
  if (creditNote !== null) changes.update(creditNotesTable, creditNote);
  return addDecided(context, changes, refund.environmentId, decision, () => refundToJson(refund));
}
