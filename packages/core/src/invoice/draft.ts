import type { DomainEvent } from '../event/domain-event.js';
import type { LedgerTransaction } from '../ledger/posting.js';
import type { Currency } from '../money/currency.js';
import { isRepresentable } from '../money/money.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { INVOICE_LINES_MAX, type InvoiceLineInput, type InvoiceLineRefused, invoiceLine } from './draft-lines.js';
import { type CollectionMethod, type Invoice, type InvoiceLine, invoiceEvent } from './invoice.js';

/** An invoice as somebody asks for it. */
export interface InvoiceDraftInput {
  readonly environmentId: string;
  readonly id: string;
  readonly customerId: string;
  readonly legalEntityId: string;
  readonly currency: Currency;
  readonly collectionMethod: CollectionMethod;
  /** With `send_invoice` either this or `dueAt`; null with `charge_automatically`. */
  readonly daysUntilDue: number | null;
  /** With `send_invoice` the fixed moment by which it is to be paid; left out, or null, the days count. */
  readonly dueAt?: Instant | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lines: readonly InvoiceLineInput[];
}

export const DAYS_UNTIL_DUE_MAX = 365;

export type InvoiceDraftRefused =
  | InvoiceLineRefused
  | { readonly code: 'invoice_not_draft'; readonly status: Invoice['status'] }
  | { readonly code: 'invoice_too_many_lines'; readonly linesMax: number }
  | { readonly code: 'invoice_total_negative'; readonly totalMinor: bigint }
  | { readonly code: 'invoice_total_too_large' }
  | { readonly code: 'invoice_terms_invalid'; readonly daysUntilDueMax: number };

/** A draft together with its lines: the two are always written together. */
export interface InvoiceDraft {
  readonly invoice: Invoice;
  readonly lines: readonly InvoiceLine[];
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/**
 * A new draft with its lines and totals in minor units. Lines may be zero or negative as long as the total is not. The
 * tax of the invoice is the sum of its lines' taxes, so that the printed lines always add up.
 *
 * Errors: those of a line; `invoice_too_many_lines`; `invoice_total_negative`; `invoice_total_too_large`;
 * `invoice_terms_invalid` when the days until due do not fit the collection method.
 */
export function draftInvoice(input: InvoiceDraftInput, now: Instant): Result<InvoiceDraft, InvoiceDraftRefused> {
  if (!areTermsValid(input)) return err({ code: 'invoice_terms_invalid', daysUntilDueMax: DAYS_UNTIL_DUE_MAX });
  const drafted = withLines(emptyInvoice(input, now), input.lines);
  if (!drafted.ok) return drafted;
  const { invoice, lines } = drafted.value;
  return ok({ invoice, lines, postings: [], events: [invoiceEvent(invoice, 'invoice.created')] });
}

/**
 * The draft with these lines in place of all it had.
 *
 * Errors: `invoice_not_draft` once it is finalized; those of the lines and totals.
 */
export function replaceDraftLines(
  invoice: Invoice,
  lines: readonly InvoiceLineInput[],
): Result<InvoiceDraft, InvoiceDraftRefused> {
  if (invoice.status !== 'draft') return err({ code: 'invoice_not_draft', status: invoice.status });
  const drafted = withLines(invoice, lines);
  if (!drafted.ok) return drafted;
  return ok({ ...drafted.value, postings: [], events: [invoiceEvent(invoice, 'invoice.updated')] });
}

/** What of a draft can be changed besides its lines; what is left out stays. */
export type InvoiceDraftChange = Partial<
  Pick<Invoice, 'description' | 'metadata' | 'collectionMethod' | 'daysUntilDue' | 'dueAt' | 'legalEntityId'>
>;

/**
 * The draft with other terms or texts.
 *
 * Errors: `invoice_not_draft` once it is finalized; `invoice_terms_invalid`.
 */
export function changeDraft(
  invoice: Invoice,
  change: InvoiceDraftChange,
): Result<{ readonly invoice: Invoice; readonly events: readonly DomainEvent[] }, InvoiceDraftRefused> {
  if (invoice.status !== 'draft') return err({ code: 'invoice_not_draft', status: invoice.status });
  const changed: Invoice = { ...invoice, ...change };
  if (!areTermsValid(changed)) return err({ code: 'invoice_terms_invalid', daysUntilDueMax: DAYS_UNTIL_DUE_MAX });
  return ok({ invoice: changed, events: [invoiceEvent(changed, 'invoice.updated')] });
}

function withLines(
  invoice: Invoice,
  inputs: readonly InvoiceLineInput[],
): Result<{ readonly invoice: Invoice; readonly lines: readonly InvoiceLine[] }, InvoiceDraftRefused> {
  if (inputs.length > INVOICE_LINES_MAX) return err({ code: 'invoice_too_many_lines', linesMax: INVOICE_LINES_MAX });
  const lines: InvoiceLine[] = [];
  for (const [position, input] of inputs.entries()) {
    const line = invoiceLine(invoice, input, position);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  const totals = totalsOfLines(lines);
  if (totals.totalMinor < 0n) return err({ code: 'invoice_total_negative', totalMinor: totals.totalMinor });
  if (!Object.values(totals).every(isRepresentable)) return err({ code: 'invoice_total_too_large' });
  return ok({ invoice: { ...invoice, ...totals }, lines });
}

/** The totals that lines add up to, in minor units: net, tax, and both. */
export function totalsOfLines(
  lines: readonly Pick<InvoiceLine, 'netMinor' | 'taxMinor'>[],
): Pick<Invoice, 'subtotalMinor' | 'taxMinor' | 'totalMinor'> {
  const subtotalMinor = lines.reduce((left, line) => left + line.netMinor, 0n);
  const taxMinor = lines.reduce((left, line) => left + line.taxMinor, 0n);
  return { subtotalMinor, taxMinor, totalMinor: subtotalMinor + taxMinor };
}

function areTermsValid({
  collectionMethod,
  daysUntilDue,
  dueAt = null,
}: Pick<InvoiceDraftInput, 'collectionMethod' | 'daysUntilDue' | 'dueAt'>): boolean {
  if (collectionMethod === 'charge_automatically') return daysUntilDue === null && dueAt === null;
  if (daysUntilDue === null) return dueAt !== null;
  return dueAt === null && Number.isInteger(daysUntilDue) && daysUntilDue >= 0 && daysUntilDue <= DAYS_UNTIL_DUE_MAX;
}

function emptyInvoice(input: InvoiceDraftInput, now: Instant): Invoice {
  return {
    environmentId: input.environmentId,
    id: input.id,
    customerId: input.customerId,
    legalEntityId: input.legalEntityId,
    number: null,
    status: 'draft',
    paymentStatus: 'pending',
    paymentStatusReason: null,
    currency: input.currency,
    subtotalMinor: 0n,
    taxMinor: 0n,
    totalMinor: 0n,
    paidMinor: 0n,
    refundedMinor: 0n,
    creditedMinor: 0n,
    collectionMethod: input.collectionMethod,
    daysUntilDue: input.daysUntilDue,
    dueAt: input.dueAt ?? null,
    issuer: null,
    finalizedAt: null,
    paidAt: null,
    voidedAt: null,
    overdueAt: null,
    openPaymentId: null,
    lastPaymentError: null,
    description: input.description,
    metadata: input.metadata,
    hostedTokenHash: null,
    version: 1,
    createdAt: now,
  };
}
