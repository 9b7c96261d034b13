import type { Invoice, InvoiceStatus } from './invoice.js';

type Amounts = Pick<Invoice, 'totalMinor' | 'paidMinor' | 'creditedMinor'>;

/**
 * What is left to pay on the face of the invoice, in minor units: total less paid less credited. A refund does not make
 * it due again. Never below zero on a stored invoice.
 */
export function amountDueMinor(invoice: Amounts): bigint {
  return invoice.totalMinor - invoice.paidMinor - invoice.creditedMinor;
}

/**
 * What the customer owes on the invoice, in minor units: the amount due while the invoice is open, and nothing before it
 * is finalized, after it is paid, taken back or written off. The ledger's receivable of a customer is the sum of these.
 */
export function amountOwedMinor(invoice: Amounts & { readonly status: InvoiceStatus }): bigint {
  return invoice.status === 'finalized' ? amountDueMinor(invoice) : 0n;
}
