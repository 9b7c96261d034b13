import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type RefundObject, refunds } from '../charges/refund.js';
import type { InvoiceObject } from '../invoices/invoice.js';
import { paymentsOfInvoice } from '../invoices/invoice-payment.js';
import { refuseUnserved } from '../unserved.js';
import { wholeNumber } from '../whole-number.js';
import { type CreditNoteObject, creditNotes } from './credit-note.js';

type Given = NonNullable<Stripe.CreditNoteCreateParams['refunds']>[number];
export type RefundLink = CreditNoteObject['refunds'][number];

/**
 * Refunds that were made already, of this invoice's money. Each can account for what it gave back and no more, over all
 * credit notes: else the same money would be credited twice.
 */
export const refundLinks = (work: Work, invoice: InvoiceObject, given: readonly Given[]): RefundLink[] => {
  const linked: RefundLink[] = [];
  for (const [position, one] of given.entries()) {
    const param = `refunds[${position}]`;
    refuseUnserved(one, ['payment_record_refund']);
    const refund = work.require(refunds, one.refund ?? '', `${param}[refund]`);
    requireOfInvoice(work, invoice, refund, `${param}[refund]`);
    const left = refund.amount - linkedAmount([...linked, ...linksOf(work, invoice)], refund.id);
    const amount_refunded = wholeNumber(one.amount_refunded, `${param}[amount_refunded]`, 0) ?? refund.amount;
    if (amount_refunded > left) {
      throw invalidRequest(
        `The amount (${amount_refunded}) is more than the ${left} of refund ${refund.id} that no credit note accounts for yet.`,
        { param: `${param}[amount_refunded]` },
      );
    }
    linked.push({ amount_refunded, payment_record_refund: null, refund: refund.id, type: 'refund' });
  }
  return linked;
};

const requireOfInvoice = (work: Work, invoice: InvoiceObject, refund: RefundObject, param: string): void => {
  const intent = idOf(refund.payment_intent);
  if (!paymentsOfInvoice(work, invoice.id).some((payment) => payment._intent === intent)) {
    throw invalidRequest(`The refund ${refund.id} is not of a payment of invoice ${invoice.id}.`, { param });
  }
  if (refund.status === 'failed' || refund.status === 'canceled') {
    throw invalidRequest(`The refund ${refund.id} is ${refund.status}: it gave nothing back.`, { param });
  }
};

const linksOf = (work: Work, invoice: InvoiceObject): RefundLink[] =>
  work.where(creditNotes, 'invoice', invoice.id).flatMap((note) => (note.status === 'void' ? [] : note.refunds));

const linkedAmount = (links: readonly RefundLink[], refundId: string): number =>
  links.filter((link) => idOf(link.refund) === refundId).reduce((sum, link) => sum + link.amount_refunded, 0);
