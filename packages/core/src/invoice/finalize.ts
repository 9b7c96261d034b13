import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import { invoiceFinalized } from '../ledger/invoice-postings.js';
import { postingsOf } from '../ledger/posting.js';
import { issuerFromLegalEntity, type LegalEntity } from '../legal-entity/legal-entity.js';
import { err, ok, type Result } from '../result.js';
import { addDays, type Instant } from '../time/instant.js';
import { totalsOfLines } from './draft.js';
import { type Invoice, type InvoiceDecision, type InvoiceLine, invoiceEvent } from './invoice.js';

export type FinalizeRefused =
  | { readonly code: 'invoice_not_draft'; readonly status: Invoice['status'] }
  | { readonly code: 'invoice_has_no_lines' };

/**
 * The draft becomes a document: it gets its number, keeps the issuer as it is now, and is owed from now on. The number is
 * the next of the issuer's series, drawn by the commit that stores the invoice, so that the series has no gap. Sent invoices are due at their fixed moment or so many times 24 hours later; those charged automatically have no
 * due date. An invoice of zero is paid at once, without Stripe.
 *
 * Errors: `invoice_not_draft`, so that a second try changes nothing; `invoice_has_no_lines`.
 */
export function finalizeInvoice(
  invoice: Invoice,
  {
    lines,
    entity,
    number,
    now,
  }: {
    readonly lines: readonly InvoiceLine[];
    readonly entity: LegalEntity;
    readonly number: string;
    readonly now: Instant;
  },
): Result<InvoiceDecision, FinalizeRefused> {
  if (invoice.status !== 'draft') return err({ code: 'invoice_not_draft', status: invoice.status });
  if (lines.length === 0) return err({ code: 'invoice_has_no_lines' });
  assertComplete(invoice, lines, entity);
  const finalized: Invoice = {
    ...invoice,
    number,
    status: 'finalized',
    issuer: issuerFromLegalEntity(entity),
    finalizedAt: now,
    dueAt: invoice.daysUntilDue === null ? invoice.dueAt : addDays(now, invoice.daysUntilDue),
  };
  const decided = finalized.totalMinor === 0n ? settledWithoutStripe(finalized, now) : finalized;
  return ok({
    invoice: decided,
    postings: postingsOf(
      invoiceFinalized({
        invoiceId: decided.id,
        customerId: decided.customerId,
        currency: decided.currency,
        netMinor: decided.subtotalMinor,
        taxMinor: decided.taxMinor,
        occurredAt: now,
      }),
    ),
    events: finalizeEvents(decided),
  });
}

function settledWithoutStripe(invoice: Invoice, now: Instant): Invoice {
  return { ...invoice, status: 'paid', paymentStatus: 'succeeded', paymentStatusReason: 'nothing_due', paidAt: now };
}

function finalizeEvents(invoice: Invoice): DomainEvent[] {
  const finalized = invoiceEvent(invoice, 'invoice.finalized');
  return invoice.status === 'paid' ? [finalized, invoiceEvent(invoice, 'invoice.paid')] : [finalized];
}

function assertComplete(invoice: Invoice, lines: readonly InvoiceLine[], entity: LegalEntity): void {
  invariant(entity.id === invoice.legalEntityId, 'an invoice is finalized by its own issuer');
  invariant(entity.environmentId === invoice.environmentId, 'an issuer is of the environment of its invoices');
  invariant(
    lines.every((line) => line.invoiceId === invoice.id),
    'an invoice is finalized with its own lines',
  );
  const totals = totalsOfLines(lines);
  invariant(totals.subtotalMinor === invoice.subtotalMinor, 'the lines of an invoice add up to its net');
  invariant(totals.taxMinor === invoice.taxMinor, 'the lines of an invoice add up to its tax');
  invariant(totals.totalMinor === invoice.totalMinor, 'the lines of an invoice add up to its total');
  invariant(invoice.totalMinor >= 0n, 'an invoice is never below zero');
}
