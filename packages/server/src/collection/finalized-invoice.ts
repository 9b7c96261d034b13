import {
  amountOwedMinor,
  type FinalizeRefused,
  finalizeInvoice,
  type Instant,
  type Invoice,
  type InvoiceLine,
  invoiceNumberForm,
  type LegalEntity,
  ok,
  type Result,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoiceLinksTable } from '../store/invoice-links.js';
import { renderCollection } from './collection-events.js';
import { collectInvoiceJob } from './collection-jobs.js';
import { hostedUrlOf, newHostedLink } from './hosted-link.js';

const STAND_IN_BYTES = 16;

export interface FinalizeFacts {
  readonly lines: readonly InvoiceLine[];
  readonly entity: LegalEntity;
  /** Where it will be collected; null while the customer has no connection. */
  readonly connectionId: string | null;
  readonly now: Instant;
}

/**
 * The finalized invoice, and everything that becomes true with it but its own row, which the caller inserts or updates.
 * Until it is committed a stand-in has the place of its number. Its customer must still be there then: nobody is left
 * owing who was deleted meanwhile.
 */
export function finalizedInvoice(
  context: Context,
  draft: Invoice,
  facts: FinalizeFacts,
): Result<{ readonly invoice: Invoice; readonly changes: Changes }, FinalizeRefused> {
  const standIn = `number_${Buffer.from(context.randomBytes(STAND_IN_BYTES)).toString('base64url')}`;
  const decided = finalizeInvoice(draft, { ...facts, number: standIn });
  if (!decided.ok) return decided;
  const { environmentId, customerId } = draft;
  const { id: legalEntityId, version } = facts.entity;
  const { tokenHash, link } = newHostedLink(context, draft, facts.now);
  const invoice: Invoice = { ...decided.value.invoice, hostedTokenHash: tokenHash };
  const changes = new Changes()
    .require({ kind: 'customer_not_deleted', environmentId, id: customerId })
    .draw({ environmentId, legalEntityId, version, form: invoiceNumberForm(facts.entity), standIn })
    .insert(invoiceLinksTable, link);
  const render = renderCollection({ invoice, payment: null, paymentLink: hostedUrlOf(context, link) });
  addDecided(context, changes, environmentId, decided.value, render);
  if (amountOwedMinor(invoice) > 0n && invoice.collectionMethod === 'charge_automatically') {
    const of = { environmentId, invoiceId: invoice.id, connectionId: facts.connectionId };
    changes.enqueue(collectInvoiceJob(context, of, 'due'));
  }
  return ok({ invoice, changes });
}
