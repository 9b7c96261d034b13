import {
  amountOwedMinor,
  type FinalizeRefused,
  finalizeInvoice,
  type Instant,
  type Invoice,
  type InvoiceLine,
  type LegalEntity,
  ok,
  type Result,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoiceLinksTable } from '../store/invoice-links.js';
import { legalEntitiesTable } from '../store/legal-entities.js';
import { renderCollection } from './collection-events.js';
import { collectInvoiceJob } from './collection-jobs.js';
import { hostedUrlOf, newHostedLink } from './hosted-link.js';

export interface FinalizeFacts {
  readonly lines: readonly InvoiceLine[];
  readonly entity: LegalEntity;
  /** Where it will be collected; null while the customer has no connection. */
  readonly connectionId: string | null;
  readonly now: Instant;
}

/** The finalized invoice, and everything that becomes true with it but its own row, which the caller inserts or updates. */
export function finalizedInvoice(
  context: Context,
  draft: Invoice,
  facts: FinalizeFacts,
): Result<{ readonly invoice: Invoice; readonly changes: Changes }, FinalizeRefused> {
  const decided = finalizeInvoice(draft, facts);
  if (!decided.ok) return decided;
  const { tokenHash, link } = newHostedLink(context, draft, facts.now);
  const invoice: Invoice = { ...decided.value.invoice, hostedTokenHash: tokenHash };
  const changes = new Changes().update(legalEntitiesTable, decided.value.entity).insert(invoiceLinksTable, link);
  const render = renderCollection({ invoice, payment: null, paymentLink: hostedUrlOf(context, link) });
  addDecided(context, changes, invoice.environmentId, decided.value, render);
  if (amountOwedMinor(invoice) > 0n && invoice.collectionMethod === 'charge_automatically') {
    const of = { environmentId: invoice.environmentId, invoiceId: invoice.id, connectionId: facts.connectionId };
    changes.enqueue(collectInvoiceJob(context, of, 'due'));
  }
  return ok({ invoice, changes });
}
