import { subscriptionForgiven } from '../../subscriptions/subscription-settled.js';
import type { Work } from '../../work.js';
import { changeInvoice, type InvoiceObject, requireInvoiceStatus } from './invoice.js';
import { moveForInvoice } from './invoice-balance.js';
import { stopCollecting } from './invoice-settled.js';

/** As if the invoice had never been: its intent ends, and what it took from the balance goes back. */
export const voidInvoice = (work: Work, before: InvoiceObject): InvoiceObject => {
  requireInvoiceStatus(before, 'void');
  const invoice = changeInvoice(work, before, {
    status: 'void',
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, voided_at: work.now },
  });
  stopCollecting(work, invoice, 'void_invoice');
  const { customer, currency, id } = invoice;
  moveForInvoice(work, customer, {
    amount: -invoice._balanceApplied,
    currency,
    type: 'unapplied_from_invoice',
    invoice: id,
  });
  work.emit('invoice.voided', invoice);
  subscriptionForgiven(work, invoice);
  return invoice;
};
