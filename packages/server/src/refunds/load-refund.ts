import { invariant, type RefundableFacts, type RefundRows } from '@tollbridge/core';
import { loadPayment } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { findCreditNote, listCreditNotesOfInvoice } from '../store/credit-notes.js';
import { findRefund, listRefundsOfPayment } from '../store/refunds.js';

/** All that is decided about giving money of one payment back; null when there is no such payment. */
export async function loadRefundable(
  context: Context,
  environmentId: string,
  paymentId: string,
): Promise<RefundableFacts | null> {
  const loaded = await loadPayment(context, environmentId, paymentId);
  if (loaded === null) return null;
  const refunds = await listRefundsOfPayment(context.db, environmentId, paymentId);
  const creditNotes = await listCreditNotesOfInvoice(context.db, environmentId, loaded.invoice.id);
  return { ...loaded, refunds, creditNotes };
}

/** A refund with everything that its outcome changes; null when there is no such refund. */
export async function loadRefund(
  context: Context,
  environmentId: string,
  refundId: string,
): Promise<RefundRows | null> {
  const refund = await findRefund(context.db, environmentId, refundId);
  if (refund === null) return null;
  const loaded = await loadPayment(context, environmentId, refund.paymentId);
  invariant(loaded !== null, 'a refund is of a payment');
  const { creditNoteId } = refund;
  const creditNote = creditNoteId === null ? null : await findCreditNote(context.db, environmentId, creditNoteId);
  return { refund, ...loaded, creditNote };
}
