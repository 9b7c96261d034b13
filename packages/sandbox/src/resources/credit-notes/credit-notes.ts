import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { itemsPage } from '../../pagination.js';
import { provided } from '../../params.js';
import type { RequestContext, Work } from '../../work.js';
import { clockOfInvoice, type InvoiceObject, invoices } from '../invoices/invoice.js';
import { refuseUnserved } from '../unserved.js';
import { wholeNumber } from '../whole-number.js';
import { type CreditNoteObject, creditNotes } from './credit-note.js';
import { applyCredit, withdrawCredit } from './credit-note-effects.js';
import { creditLinesFrom, creditTotals, type GivenCreditLine } from './credit-note-lines.js';
import { refundLinks } from './credit-note-refunds.js';

type CreateParams = Stripe.CreditNoteCreateParams;

const createCreditNote = operation<CreateParams>((request) => {
  const invoice = invoiceIn(request);
  const context = request.onClock(clockOfInvoice(invoice));
  const note = context.put(creditNotes, noteFrom(context, invoice));
  return applyCredit(context, invoice, note, context.params.refund_amount ?? 0);
});

const previewCreditNote = operation<Stripe.CreditNotePreviewParams>((context) => noteFrom(context, invoiceIn(context)));

const listPreviewLines = operation<Stripe.CreditNoteListPreviewLineItemsParams>((context) => {
  const note = noteFrom(context, invoiceIn(context));
  return itemsPage(note._lines, context.params, { url: context.url, label: 'credit note line item' });
});

const invoiceIn = (context: RequestContext<CreateParams>): InvoiceObject => {
  refuseUnserved(context.params, ['shipping_cost']);
  const invoice = context.require(invoices, context.params.invoice, 'invoice');
  if (invoice.status === 'open' || invoice.status === 'paid') return invoice;
  throw invalidRequest(`Credit notes are issued for invoices that are open or paid; this one is ${invoice.status}.`, {
    param: 'invoice',
  });
};

/** The credit note a request asks for; not kept. */
const noteFrom = (context: RequestContext<CreateParams>, invoice: InvoiceObject): CreditNoteObject => {
  const { params } = context;
  const lines = creditLinesFrom(context, invoice, {
    ...(params.amount === undefined ? {} : { amount: params.amount }),
    ...(params.lines === undefined ? {} : { lines: params.lines as unknown as GivenCreditLine[] }),
  });
  const totals = creditTotals(lines);
  if (params.amount !== undefined && params.amount !== totals.total) {
    throw invalidRequest(`The sum of the lines (${totals.total}) must equal the amount (${params.amount}).`, {
      param: 'amount',
    });
  }
  if (totals.total <= 0) throw invalidRequest('A credit note must be of more than 0.', { param: 'amount' });
  const id = context.newId('cn');
  return {
    ...totals,
    ...moneyOf(context, invoice, totals.total),
    id,
    object: 'credit_note',
    amount: totals.total,
    amount_shipping: 0,
    created: context.now,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    customer_balance_transaction: null,
    effective_at: params.effective_at ?? context.now,
    invoice: invoice.id,
    livemode: context.account.livemode,
    memo: params.memo ?? null,
    metadata: metadataMerged({}, params.metadata),
    number: `${invoice.number}-CN-${String(notesOf(context, invoice.id).length + 1).padStart(2, '0')}`,
    pdf: `${context.baseUrl}/credit_notes/${context.account.id}/${id}/pdf`,
    pretax_credit_amounts: totals.discount_amounts.map((one) => ({ ...one, type: 'discount' as const })),
    reason: params.reason ?? null,
    shipping_cost: null,
    status: 'issued',
    voided_at: null,
    _lines: lines,
  };
};

const notesOf = (work: Work, invoiceId: string): CreditNoteObject[] => work.where(creditNotes, 'invoice', invoiceId);

type Money = Pick<
  CreditNoteObject,
  'type' | 'pre_payment_amount' | 'post_payment_amount' | 'out_of_band_amount' | 'refunds'
>;

/**
 * What was not paid yet is lowered first; the rest was paid, and goes back as a refund, to the balance, or outside of
 * Stripe, as the request says. https://docs.stripe.com/invoicing/dashboard/credit-notes
 */
const moneyOf = (context: RequestContext<CreateParams>, invoice: InvoiceObject, total: number): Money => {
  const {
    credit_amount: credit = 0,
    out_of_band_amount: outside = 0,
    refund_amount: refund = 0,
    refunds: linked = [],
  } = context.params;
  for (const [name, amount] of Object.entries({
    credit_amount: credit,
    out_of_band_amount: outside,
    refund_amount: refund,
  })) {
    wholeNumber(amount, name, 0);
  }
  const creditable = invoice.total - invoice.pre_payment_credit_notes_amount - invoice.post_payment_credit_notes_amount;
  if (total > creditable) {
    throw invalidRequest(
      `The amount (${total}) is more than the ${creditable} of the invoice that is not credited yet.`,
      {
        param: 'amount',
      },
    );
  }
  const before = Math.min(total, invoice.amount_remaining);
  const after = total - before;
  const links = refundLinks(context, invoice, linked);
  const told = credit + outside + refund + links.reduce((sum, link) => sum + link.amount_refunded, 0);
  if (told !== after) {
    throw invalidRequest(
      `The sum of credit_amount, refund_amount, out_of_band_amount and refunds (${told}) must equal the amount that was paid already (${after}).`,
      { param: 'credit_amount' },
    );
  }
  return {
    type: after === 0 ? 'pre_payment' : before === 0 ? 'post_payment' : 'mixed',
    pre_payment_amount: before,
    post_payment_amount: after,
    out_of_band_amount: outside === 0 ? null : outside,
    refunds: links,
  };
};

const inPath = <P>(context: RequestContext<P>): CreditNoteObject =>
  context.require(creditNotes, context.path.credit_note ?? '');

const retrieveCreditNote = operation<Stripe.CreditNoteRetrieveParams>((context) => inPath(context));

const updateCreditNote = operation<Stripe.CreditNoteUpdateParams>((request) => {
  const before = inPath(request);
  const context = request.onClock(clockOfInvoice(request.require(invoices, before.invoice)));
  const after = context.update(creditNotes, before, {
    ...(provided({ memo: context.params.memo }) as Partial<CreditNoteObject>),
    metadata: metadataMerged(before.metadata, context.params.metadata),
  });
  context.emit('credit_note.updated', after, before);
  return after;
});

const voidCreditNote = operation<Stripe.CreditNoteVoidCreditNoteParams>((request) => {
  const note = inPath(request);
  const invoice = request.require(invoices, note.invoice);
  return withdrawCredit(request.onClock(clockOfInvoice(invoice)), invoice, note);
});

const listCreditNotes = operation<Stripe.CreditNoteListParams>((context) => {
  const { customer, invoice } = context.params;
  const filter = (note: CreditNoteObject): boolean => customer === undefined || note.customer === customer;
  if (invoice !== undefined) return context.list(creditNotes, { where: { field: 'invoice', value: invoice }, filter });
  if (customer !== undefined) return context.list(creditNotes, { where: { field: 'customer', value: customer } });
  return context.list(creditNotes);
});

const listLines = operation<Stripe.CreditNoteListLineItemsParams>((context) =>
  itemsPage(inPath(context)._lines, context.params, { url: context.url, label: 'credit note line item' }),
);

export const creditNotesResource: Resource = {
  collections: [creditNotes],
  operations: {
    'POST /v1/credit_notes': createCreditNote,
    'GET /v1/credit_notes': listCreditNotes,
    'GET /v1/credit_notes/preview': previewCreditNote,
    'GET /v1/credit_notes/preview/lines': listPreviewLines,
    'GET /v1/credit_notes/:credit_note': retrieveCreditNote,
    'POST /v1/credit_notes/:credit_note': updateCreditNote,
    'GET /v1/credit_notes/:credit_note/lines': listLines,
    'POST /v1/credit_notes/:credit_note/void': voidCreditNote,
  },
};
