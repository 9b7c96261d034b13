import { invoiceUncollectible } from '../ledger/invoice-postings.js';
import { postingsOf } from '../ledger/posting.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { amountDueMinor } from './amount-due.js';
import { type Invoice, type InvoiceDecision, invoiceEvent } from './invoice.js';
import { type InvoiceTransitionIllegal, nextInvoiceStatus } from './states.js';

export type MarkUncollectibleRefused =
  | InvoiceTransitionIllegal
  | { readonly code: 'invoice_has_open_payment'; readonly paymentId: string };

/**
 * Nobody expects the invoice to be paid any more: what was due is written off. Money that comes after all still pays it.
 *
 * Errors: `invoice_transition_illegal` unless it is finalized; `invoice_has_open_payment` while an attempt could still
 * bring money, which must be cancelled first.
 */
export function markInvoiceUncollectible(
  invoice: Invoice,
  now: Instant,
): Result<InvoiceDecision, MarkUncollectibleRefused> {
  const status = nextInvoiceStatus(invoice.status, 'mark_uncollectible');
  if (!status.ok) return status;
  if (invoice.openPaymentId !== null) {
    return err({ code: 'invoice_has_open_payment', paymentId: invoice.openPaymentId });
  }
  const decided: Invoice = { ...invoice, status: status.value };
  const posting = invoiceUncollectible({
    invoiceId: invoice.id,
    customerId: invoice.customerId,
    currency: invoice.currency,
    amountDueMinor: amountDueMinor(invoice),
    occurredAt: now,
  });
  return ok({
    invoice: decided,
    postings: postingsOf(posting),
    events: [invoiceEvent(decided, 'invoice.marked_uncollectible')],
  });
}
