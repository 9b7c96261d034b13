import { invoiceVoided } from '../ledger/invoice-postings.js';
import { postingsOf } from '../ledger/posting.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { type Invoice, type InvoiceDecision, invoiceEvent } from './invoice.js';
import { type InvoiceTransitionIllegal, nextInvoiceStatus } from './states.js';

export type VoidRefused =
  | InvoiceTransitionIllegal
  | { readonly code: 'invoice_has_open_payment'; readonly paymentId: string }
  | { readonly code: 'invoice_partly_settled'; readonly paidMinor: bigint; readonly creditedMinor: bigint };

/**
 * The invoice is taken back whole: it keeps its number, and is not owed.
 *
 * Errors: `invoice_transition_illegal` unless it is finalized or uncollectible; `invoice_has_open_payment` while an
 * attempt could still bring money, which must be cancelled first; `invoice_partly_settled` when money or credit has
 * already gone into it: then only a credit note can take back the rest.
 */
export function voidInvoice(invoice: Invoice, now: Instant): Result<InvoiceDecision, VoidRefused> {
  const status = nextInvoiceStatus(invoice.status, 'void');
  if (!status.ok) return status;
  if (invoice.openPaymentId !== null) {
    return err({ code: 'invoice_has_open_payment', paymentId: invoice.openPaymentId });
  }
  const { paidMinor, creditedMinor } = invoice;
  if (paidMinor !== 0n || creditedMinor !== 0n)
    return err({ code: 'invoice_partly_settled', paidMinor, creditedMinor });
  const voided: Invoice = { ...invoice, status: status.value, voidedAt: now };
  const posting = invoiceVoided({
    invoiceId: invoice.id,
    customerId: invoice.customerId,
    currency: invoice.currency,
    netMinor: invoice.subtotalMinor,
    taxMinor: invoice.taxMinor,
    wasUncollectible: invoice.status === 'uncollectible',
    occurredAt: now,
  });
  return ok({ invoice: voided, postings: postingsOf(posting), events: [invoiceEvent(voided, 'invoice.voided')] });
}
