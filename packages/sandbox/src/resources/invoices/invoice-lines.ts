import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { itemsPage } from '../../pagination.js';
import type { RequestContext, Work } from '../../work.js';
import { customers } from '../customers/customer.js';
import { type InvoiceItemObject, invoiceItems } from '../invoice-items/invoice-item.js';
import { costFrom, type GivenCost, ratesFrom, unservedOfItems, wordsFrom } from '../invoice-items/invoice-item-cost.js';
import { changeItem, endItem, putItem } from '../invoice-items/invoice-items.js';
import { refuseUnserved } from '../unserved.js';
import { clockOfInvoice, type InvoiceObject, invoices, requireInvoiceStatus } from './invoice.js';
import { addItems, changeDraft } from './invoice-draft.js';
import { type InvoiceLine, invoiceLines, itemOfLine } from './invoice-line.js';

const inPath = <P>(context: RequestContext<P>): InvoiceObject => context.require(invoices, context.path.invoice ?? '');

/** The draft in the path, and the request in the time it lives in. */
const draftIn = <P>(request: RequestContext<P>): { context: RequestContext<P>; draft: InvoiceObject } => {
  const draft = inPath(request);
  requireInvoiceStatus(draft, 'edit');
  return { context: request.onClock(clockOfInvoice(draft)), draft };
};

const listLines = operation<Stripe.InvoiceListLineItemsParams>((context) =>
  itemsPage(inPath(context)._lines, context.params, { url: context.url, label: invoiceLines.label }),
);

interface GivenLine extends GivenCost {
  readonly id?: string;
  readonly invoice_item?: string;
}

const addLines = operation<Stripe.InvoiceAddLinesParams>((request) => {
  const { context, draft } = draftIn(request);
  const given = context.params.lines as unknown as readonly GivenLine[];
  const items = given.map((line, position) => itemFor(context, draft, line, `lines[${position}]`));
  return addItems(context, withMetadata(context, draft, context.params.invoice_metadata), items);
});

/** An item that waits already, or a new one. */
const itemFor = (work: Work, draft: InvoiceObject, line: GivenLine, param: string): InvoiceItemObject => {
  if (line.invoice_item !== undefined) {
    const item = work.require(invoiceItems, line.invoice_item, `${param}[invoice_item]`);
    if (item.invoice === null && item.customer === draft.customer && item.currency === draft.currency) {
      return work.update(invoiceItems, item, { invoice: draft.id });
    }
    throw invalidRequest(`Invoice item ${item.id} does not wait for an invoice such as this.`, {
      param: `${param}[invoice_item]`,
    });
  }
  const cost = costFrom(work, line, draft.currency);
  if (cost === undefined) {
    throw invalidRequest(`Missing required param: ${param}[amount].`, {
      code: 'parameter_missing',
      param: `${param}[amount]`,
    });
  }
  return putItem(work, work.require(customers, draft.customer), { given: line, cost, invoice: draft.id });
};

const withMetadata = (work: Work, draft: InvoiceObject, given: Stripe.Emptyable<Record<string, string>> | undefined) =>
  given === undefined ? draft : changeDraft(work, draft, { metadata: metadataMerged(draft.metadata, given) });

const updateLines = operation<Stripe.InvoiceUpdateLinesParams>((request) => {
  const { context, draft } = draftIn(request);
  const given = context.params.lines as unknown as readonly GivenLine[];
  for (const line of given) changeLine(context, draft.id, line.id ?? '', line);
  return withMetadata(context, context.require(invoices, draft.id), context.params.invoice_metadata);
});

const updateLine = operation<Stripe.InvoiceUpdateLineItemParams>((request) => {
  const { context, draft } = draftIn(request);
  const id = context.path.line ?? '';
  changeLine(context, draft.id, id, context.params as unknown as GivenCost);
  return lineOf(context.require(invoices, draft.id), id);
});

/** Through its item, where it has one: item and line stay the same. */
const changeLine = (work: Work, invoiceId: string, lineId: string, given: GivenCost): void => {
  refuseUnserved(given, unservedOfItems);
  const draft = work.require(invoices, invoiceId);
  const line = lineOf(draft, lineId);
  const item = work.get(invoiceItems, itemOfLine(line) ?? '');
  if (item !== undefined) {
    changeItem(work, item, given);
    return;
  }
  refuseUnserved(given, ['discounts']);
  const rates = ratesFrom(work, given.tax_rates);
  const words = { ...wordsFrom(given, line.metadata), ...(rates === undefined ? {} : { _taxRates: rates }) };
  changeDraft(work, draft, { _lines: draft._lines.map((one) => (one.id === lineId ? { ...one, ...words } : one)) });
};

const lineOf = (invoice: InvoiceObject, id: string): InvoiceLine => {
  const line = invoice._lines.find((one) => one.id === id);
  if (line === undefined) throw resourceMissing(invoiceLines.label, id);
  return line;
};

const removeLines = operation<Stripe.InvoiceRemoveLinesParams>((request) => {
  const { context, draft } = draftIn(request);
  for (const { id, behavior } of context.params.lines) {
    const current = context.require(invoices, draft.id);
    const line = lineOf(current, id);
    const item = context.get(invoiceItems, itemOfLine(line) ?? '');
    if (item !== undefined && behavior === 'delete') {
      endItem(context, item);
      continue;
    }
    changeDraft(context, current, { _lines: current._lines.filter((one) => one.id !== id) });
    if (item !== undefined) context.update(invoiceItems, item, { invoice: null });
  }
  return withMetadata(context, context.require(invoices, draft.id), context.params.invoice_metadata);
});

export const invoiceLinesResource: Resource = {
  collections: [invoiceLines],
  operations: {
    'GET /v1/invoices/:invoice/lines': listLines,
    'POST /v1/invoices/:invoice/lines/:line': updateLine,
    'POST /v1/invoices/:invoice/add_lines': addLines,
    'POST /v1/invoices/:invoice/update_lines': updateLines,
    'POST /v1/invoices/:invoice/remove_lines': removeLines,
  },
};
