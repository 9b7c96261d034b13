import { type CreditNote, type CreditNoteLine, isoFromInstant } from '@tollbridge/core';
import { amountToJson } from './amount.js';

export const creditNoteToJson = (note: CreditNote, lines: readonly CreditNoteLine[]) => ({
  object: 'credit_note' as const,
  id: note.id,
  invoice_id: note.invoiceId,
  customer_id: note.customerId,
  number: note.number,
  reason: note.reason,
  memo: note.memo,
  currency: note.currency,
  net: amountToJson(note.netMinor),
  tax: amountToJson(note.taxMinor),
  total: amountToJson(note.totalMinor),
  amount_against_debt: amountToJson(note.againstDebtMinor),
  amount_refunded: amountToJson(note.refundMinor),
  amount_credited: amountToJson(note.creditMinor),
  lines: lines.map((line) => ({
    object: 'credit_note_line' as const,
    invoice_line_id: line.invoiceLineId,
    description: line.description,
    net: amountToJson(line.netMinor),
    tax_rate_percent: line.taxRatePercent,
    tax: amountToJson(line.taxMinor),
  })),
  metadata: { ...note.metadata },
  created_at: isoFromInstant(note.createdAt),
});
