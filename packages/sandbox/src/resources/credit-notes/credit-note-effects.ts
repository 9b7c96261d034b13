import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { type ChargeObject, charges, idOf } from '../charges/charge.js';
import { refundCharge } from '../charges/refunds.js';
import { changeInvoice, type InvoiceObject } from '../invoices/invoice.js';
import { moveForInvoice } from '../invoices/invoice-balance.js';
import { openPaymentsOf, paymentsOfInvoice } from '../invoices/invoice-payment.js';
import { askFor, endAsPaid } from '../invoices/invoice-settled.js';
import { paymentIntents } from '../payment-intents/payment-intent.js';
import { type CreditNoteObject, creditNotes } from './credit-note.js';

/** Issues a note that is kept: lowers what is to pay, and gives back what was paid as the note says. */
export const applyCredit = (
  work: Work,
  invoice: InvoiceObject,
  note: CreditNoteObject,
  refundAmount: number,
): CreditNoteObject => {
  const linked = note.refunds.reduce((sum, link) => sum + link.amount_refunded, 0);
  const credit = note.post_payment_amount - (note.out_of_band_amount ?? 0) - linked - refundAmount;
  const made = refundAmount === 0 ? [] : refundPayments(work, invoice, refundAmount);
  const { customer, currency, id } = invoice;
  const transaction = moveForInvoice(work, customer, {
    amount: -credit,
    currency,
    type: 'credit_note',
    invoice: id,
    creditNote: note.id,
  });
  const issued = work.update(creditNotes, note, {
    customer_balance_transaction: transaction,
    refunds: [...note.refunds, ...made],
  });
  work.emit('credit_note.created', issued);
  lower(work, invoice, note);
  return issued;
};

const lower = (work: Work, invoice: InvoiceObject, note: CreditNoteObject): void => {
  const remaining = invoice.amount_remaining - note.pre_payment_amount;
  const changes = {
    amount_due: invoice.amount_due - note.pre_payment_amount,
    amount_remaining: remaining,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + note.pre_payment_amount,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.post_payment_amount,
  };
  if (invoice.status !== 'paid' && remaining === 0) {
    endAsPaid(work, invoice, changes);
    return;
  }
  changeInvoice(work, invoice, changes);
  if (note.pre_payment_amount > 0) askForRest(work, invoice.id, remaining);
};

const askForRest = (work: Work, invoiceId: string, amount: number): void => {
  const payment = openPaymentsOf(work, invoiceId).find((one) => one.is_default);
  if (payment !== undefined) askFor(work, payment, amount);
};

/** From the latest payment back, as far as each has something left. */
const refundPayments = (work: Work, invoice: InvoiceObject, amount: number): CreditNoteObject['refunds'] => {
  let left = amount;
  const made: CreditNoteObject['refunds'] = [];
  for (const charge of chargesOf(work, invoice)) {
    const part = Math.min(left, charge.amount - charge.amount_refunded);
    if (part === 0) continue;
    const refund = refundCharge(work, charge, part, { metadata: {}, reason: null });
    made.push({ amount_refunded: part, payment_record_refund: null, refund: refund.id, type: 'refund' });
    left -= part;
    if (left === 0) return made;
  }
  throw invalidRequest(`Only ${amount - left} of what was paid for this invoice can be refunded.`, {
    param: 'refund_amount',
  });
};

const chargesOf = (work: Work, invoice: InvoiceObject): ChargeObject[] =>
  paymentsOfInvoice(work, invoice.id)
    .filter((payment) => payment.status === 'paid')
    .reverse()
    .map((payment) => work.require(paymentIntents, payment._intent))
    .map((intent) => work.require(charges, idOf(intent.latest_charge) ?? ''));

/** Takes back a note while its invoice is still open: what it lowered is to pay again. */
export const withdrawCredit = (work: Work, invoice: InvoiceObject, note: CreditNoteObject): CreditNoteObject => {
  if (note.status !== 'issued' || invoice.status !== 'open' || note.post_payment_amount > 0) {
    throw invalidRequest('Only an issued credit note of an invoice that is still open can be voided.', {
      code: 'status_transition_invalid',
    });
  }
  const voided = work.update(creditNotes, note, { status: 'void', voided_at: work.now });
  work.emit('credit_note.voided', voided);
  const remaining = invoice.amount_remaining + note.pre_payment_amount;
  changeInvoice(work, invoice, {
    amount_due: invoice.amount_due + note.pre_payment_amount,
    amount_remaining: remaining,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - note.pre_payment_amount,
  });
  askForRest(work, invoice.id, remaining);
  return voided;
};
