import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { type InvoiceItemObject, invoiceItems, lineOfItem } from '../invoice-items/invoice-item.js';
import { changeInvoice, type InvoiceObject, invoices, requireInvoiceStatus } from './invoice.js';
import { type InvoiceLine, itemOfLine, newLine } from './invoice-line.js';
import { recounted, requireCountable } from './new-invoice.js';

/** https://docs.stripe.com/api/invoiceitems/create: "a maximum of 250 items per invoice". */
const linesMax = 250;

/** Changes a draft, and with it the sums that follow. */
export const changeDraft = (work: Work, draft: InvoiceObject, changes: Partial<InvoiceObject>): InvoiceObject =>
  changeInvoice(work, draft, requireCountable(recounted(draft, changes)));

/** A draft of this customer, and in this currency, which a request names to put something on it. */
export const draftNamed = (
  work: Work,
  invoiceId: string,
  { customer, currency }: { readonly customer: string; readonly currency: string },
): InvoiceObject => {
  const invoice = work.require(invoices, invoiceId, 'invoice');
  requireInvoiceStatus(invoice, 'edit');
  if (invoice.customer !== customer) {
    throw invalidRequest(`Invoice ${invoiceId} belongs to another customer.`, { param: 'invoice' });
  }
  if (invoice.currency !== currency) {
    throw invalidRequest(
      `The currency of the invoice item (${currency}) does not match that of the invoice (${invoice.currency}).`,
      { param: 'currency' },
    );
  }
  return invoice;
};

/** Puts items on a draft behind the lines it has. */
export const addItems = (work: Work, draft: InvoiceObject, items: readonly InvoiceItemObject[]): InvoiceObject => {
  if (draft._lines.length + items.length > linesMax) {
    throw invalidRequest(`An invoice takes at most ${linesMax} line items.`, { param: 'invoice' });
  }
  const added = items.map((item) => newLine(work, lineOfItem(item), { id: draft.id }));
  return changeDraft(work, draft, { _lines: [...draft._lines, ...added] });
};

/** The line of an item follows it. */
export const updateItemOnDraft = (work: Work, item: InvoiceItemObject): void => {
  if (item.invoice === null) return;
  const draft = work.require(invoices, item.invoice);
  const replaced = (line: InvoiceLine): InvoiceLine =>
    itemOfLine(line) === item.id ? newLine(work, lineOfItem(item), { id: draft.id, lineId: line.id }) : line;
  changeDraft(work, draft, { _lines: draft._lines.map(replaced) });
};

/** Takes an item off its draft, if it is on one. */
export const removeItemFromDraft = (work: Work, item: InvoiceItemObject): void => {
  if (item.invoice === null) return;
  const draft = work.require(invoices, item.invoice);
  changeDraft(work, draft, { _lines: draft._lines.filter((line) => itemOfLine(line) !== item.id) });
};

/** What waits for the customer's next invoice in this currency, newest first, as invoices show it. */
export const pendingItems = (work: Work, customer: string, currency: string): InvoiceItemObject[] =>
  work
    .where(invoiceItems, 'customer', customer)
    .filter((item) => item.invoice === null && item.currency === currency && item.parent === null)
    .reverse();
