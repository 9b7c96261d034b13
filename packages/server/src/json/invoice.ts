import {
  amountDueMinor,
  type Instant,
  type Invoice,
  type InvoiceLine,
  type Issuer,
  isoFromInstant,
} from '@tollbridge/core';
import { amountToJson } from './amount.js';
import { addressToJson } from './legal-entity.js';
import { paymentErrorToJson } from './payment.js';

export const invoiceToJson = (invoice: Invoice) => ({
  object: 'invoice' as const,
  id: invoice.id,
  customer_id: invoice.customerId,
  legal_entity_id: invoice.legalEntityId,
  number: invoice.number,
  status: invoice.status,
  payment_status: invoice.paymentStatus,
  payment_status_reason: invoice.paymentStatusReason,
  currency: invoice.currency,
  subtotal: amountToJson(invoice.subtotalMinor),
  tax: amountToJson(invoice.taxMinor),
  total: amountToJson(invoice.totalMinor),
  amount_paid: amountToJson(invoice.paidMinor),
  amount_refunded: amountToJson(invoice.refundedMinor),
  amount_credited: amountToJson(invoice.creditedMinor),
  amount_due: amountToJson(amountDueMinor(invoice)),
  collection_method: invoice.collectionMethod,
  days_until_due: invoice.daysUntilDue,
  due_at: timeToJson(invoice.dueAt),
  overdue_at: timeToJson(invoice.overdueAt),
  issuer: invoice.issuer === null ? null : issuerToJson(invoice.issuer),
  finalized_at: timeToJson(invoice.finalizedAt),
  paid_at: timeToJson(invoice.paidAt),
  voided_at: timeToJson(invoice.voidedAt),
  open_payment_id: invoice.openPaymentId,
  last_payment_error: invoice.lastPaymentError === null ? null : paymentErrorToJson(invoice.lastPaymentError),
  description: invoice.description,
  metadata: invoice.metadata,
  created_at: isoFromInstant(invoice.createdAt),
});

export const invoiceLineToJson = (line: InvoiceLine) => ({
  object: 'invoice_line' as const,
  id: line.id,
  position: line.position,
  description: line.description,
  quantity: line.quantity,
  unit_amount: line.unitAmount,
  amount: amountToJson(line.amountMinor),
  tax_rate_percent: line.taxRatePercent,
  tax_behaviour: line.taxBehaviour,
  tax: amountToJson(line.taxMinor),
  net: amountToJson(line.netMinor),
  period:
    line.periodStart === null || line.periodEnd === null
      ? null
      : { start: isoFromInstant(line.periodStart), end: isoFromInstant(line.periodEnd) },
});

const timeToJson = (instant: Instant | null): string | null => (instant === null ? null : isoFromInstant(instant));

const issuerToJson = (issuer: Issuer) => ({
  legal_entity_id: issuer.legalEntityId,
  name: issuer.name,
  address: addressToJson(issuer.address),
  tax_ids: issuer.taxIds.map(({ type, value }) => ({ type, value })),
  footer: issuer.footer,
});
