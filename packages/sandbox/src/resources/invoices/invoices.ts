import type Stripe from 'stripe';
import { applicationGone } from '../../connection.js';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import { inRange } from '../../pagination.js';
import type { RequestContext, Work } from '../../work.js';
import { checkedCurrency } from '../currency-rules.js';
import { clockOf, customers } from '../customers/customer.js';
import { invoiceItems, lineOfItem } from '../invoice-items/invoice-item.js';
import { refuseUnserved } from '../unserved.js';
import { collectionSettings } from './collection-settings.js';
import { clockOfInvoice, type InvoiceObject, invoices, requireInvoiceStatus } from './invoice.js';
import { collectAutomatically, endRetriesOf, finalizeAutomatically } from './invoice-collect.js';
import { discountFields, discountsFrom, type GivenDiscounts, inheritedDiscounts } from './invoice-discounts.js';
import { changeDraft, pendingItems } from './invoice-draft.js';
import { finalizeByHand, finalizeInvoice, passDueDate, scheduleReminders } from './invoice-finalize.js';
import { itemOfLine, newLine } from './invoice-line.js';
import {
  editableWhenFinal,
  fieldsFrom,
  type InvoiceParams,
  requireDueDate,
  unservedOfInvoices,
} from './invoice-params.js';
import { payInvoice } from './invoice-pay.js';
import { markUncollectible } from './invoice-settled.js';
import { voidInvoice } from './invoice-void.js';
import { draftSeconds, newInvoice, putDraft, recounted, requireCountable } from './new-invoice.js';

const createInvoice = operation<Stripe.InvoiceCreateParams>((request) => {
  const { params } = request;
  refuseUnserved(params, [...unservedOfInvoices, 'from_invoice', 'subscription']);
  if (params.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const customer = request.require(customers, params.customer, 'customer');
  const context = request.onClock(clockOf(customer));
  const currency = checkedCurrency(params.currency ?? customer.currency ?? 'usd');
  const blank = newInvoice(context, customer, { currency });
  const fields = fieldsFrom(context, blank, params as InvoiceParams);
  requireDueDate({ ...blank, ...fields });
  const pending =
    params.pending_invoice_items_behavior === 'include' ? pendingItems(context, customer.id, currency) : [];
  for (const item of pending) context.update(invoiceItems, item, { invoice: blank.id });
  const lines = pending.map((item) => newLine(context, lineOfItem(item), { id: blank.id }));
  const inherited = discountFields(inheritedDiscounts(context, customer, currency));
  const draft = { ...blank, ...fields, ...inherited, _lines: lines };
  const counted = recounted(draft, discountsIn(context, draft, params.discounts));
  return putDraft(context, { ...draft, ...requireCountable(counted) });
});

/** An invoice inherits its customer's discount; what a request gives stands in its place. */
const discountsIn = (work: Work, invoice: InvoiceObject, given: GivenDiscounts): Partial<InvoiceObject> => {
  const { currency, customer, id } = invoice;
  const amount = invoice._lines.reduce((sum, line) => sum + line.amount, 0);
  const target = { customer, order: { amount, currency }, invoice: id };
  const applied = discountsFrom(work, given, { target, currency, param: 'discounts' });
  return applied === undefined ? {} : discountFields(applied);
};

const inPath = <P>(context: RequestContext<P>): InvoiceObject => context.require(invoices, context.path.invoice ?? '');

/** The request in the time its invoice lives in. */
const inItsTime = <P>(request: RequestContext<P>): RequestContext<P> =>
  request.onClock(clockOfInvoice(inPath(request)));

const retrieveInvoice = operation<Stripe.InvoiceRetrieveParams>((context) => inPath(context));

const updateInvoice = operation<Stripe.InvoiceUpdateParams>((request) => {
  const context = inItsTime(request);
  const before = inPath(context);
  const { params } = context;
  refuseUnserved(params, unservedOfInvoices);
  if (before.status !== 'draft') {
    for (const name of Object.keys(params)) if (!editableWhenFinal.has(name)) requireInvoiceStatus(before, 'edit');
  }
  const changes = {
    ...fieldsFrom(context, before, params as InvoiceParams),
    ...discountsIn(context, before, params.discounts),
  };
  requireDueDate({ ...before, ...changes });
  const after =
    before.status === 'draft'
      ? changeDraft(context, before, { ...changes, ...advance(context, before, changes) })
      : changeFinal(context, before, changes);
  return after;
});

/** A draft that begins or ceases to advance by itself. */
const advance = (work: Work, before: InvoiceObject, changes: Partial<InvoiceObject>): Partial<InvoiceObject> => {
  const { auto_advance: asked, automatically_finalizes_at: at } = changes;
  if (asked === undefined && at === undefined) return {};
  const advances = asked ?? (at !== null || before.auto_advance === true);
  if (!advances) {
    work.unschedule('invoice.finalizes', before.id);
    return { auto_advance: false, automatically_finalizes_at: null, _isFinalizationSet: false };
  }
  const finalizesAt = at ?? before.automatically_finalizes_at ?? work.now + draftSeconds;
  work.schedule('invoice.finalizes', before.id, finalizesAt);
  return { auto_advance: true, automatically_finalizes_at: finalizesAt };
};

const changeFinal = (work: Work, before: InvoiceObject, changes: Partial<InvoiceObject>): InvoiceObject => {
  const after = work.update(invoices, before, { ...changes, ...collection(work, before, changes) });
  if (changes.due_date !== undefined && after.status === 'open') scheduleReminders(work, after);
  work.emit('invoice.updated', after, before);
  return after;
};

const collection = (work: Work, before: InvoiceObject, changes: Partial<InvoiceObject>): Partial<InvoiceObject> => {
  if (changes.auto_advance === undefined || changes.auto_advance === before.auto_advance) return {};
  if (before.status !== 'open') return { auto_advance: false };
  if (before.collection_method === 'send_invoice') return {};
  if (!changes.auto_advance) {
    work.unschedule('invoice.collects', before.id);
    return { next_payment_attempt: null };
  }
  work.schedule('invoice.collects', before.id, work.now + draftSeconds);
  return { next_payment_attempt: work.now + draftSeconds };
};

const deleteInvoice = operation<Stripe.InvoiceDeleteParams>((request) => {
  const context = inItsTime(request);
  const draft = inPath(context);
  requireInvoiceStatus(draft, 'delete');
  for (const line of draft._lines) {
    const item = context.get(invoiceItems, itemOfLine(line) ?? '');
    if (item === undefined) continue;
    context.remove(invoiceItems, item.id);
    context.emit('invoiceitem.deleted', item);
  }
  context.unschedule('invoice.finalizes', draft.id);
  const stub = context.remove(invoices, draft.id);
  context.emit('invoice.deleted', draft);
  return stub;
});

const finalize = operation<Stripe.InvoiceFinalizeInvoiceParams>((request) => {
  const context = inItsTime(request);
  const draft = inPath(context);
  const { auto_advance: advances = draft.auto_advance === true } = context.params;
  return finalizeByHand(context, { ...draft, auto_advance: advances });
});

const send = operation<Stripe.InvoiceSendInvoiceParams>((request) => {
  const context = inItsTime(request);
  const before = inPath(context);
  if (before.collection_method !== 'send_invoice') {
    throw invalidRequest('You can only manually send an invoice if its collection method is `send_invoice`.');
  }
  const invoice = before.status === 'draft' ? finalizeInvoice(context, before) : before;
  if (invoice.status !== 'paid') requireInvoiceStatus(invoice, 'send');
  context.emit('invoice.sent', invoice);
  return invoice;
});

const pay = operation<Stripe.InvoicePayParams>((request) => {
  const context = inItsTime(request);
  return payInvoice(context, inPath(context));
});

const voidIt = operation<Stripe.InvoiceVoidInvoiceParams>((request) => {
  const context = inItsTime(request);
  return voidInvoice(context, inPath(context));
});

const giveUp = operation<Stripe.InvoiceMarkUncollectibleParams>((request) => {
  const context = inItsTime(request);
  const invoice = inPath(context);
  requireInvoiceStatus(invoice, 'mark_uncollectible');
  return markUncollectible(context, invoice);
});

const listInvoices = operation<Stripe.InvoiceListParams>((context) => {
  const { collection_method: method, customer, due_date: due, status, subscription } = context.params;
  const filter = (invoice: InvoiceObject): boolean =>
    (method === undefined || invoice.collection_method === method) &&
    (status === undefined || invoice.status === status) &&
    (subscription === undefined || invoice._subscription === subscription) &&
    (customer === undefined || invoice.customer === customer) &&
    (due === undefined || (invoice.due_date !== null && inRange(invoice.due_date, due)));
  return context.list(invoices, {
    filter,
    ...(customer === undefined ? {} : { where: { field: 'customer', value: customer } }),
    ...(subscription === undefined ? {} : { where: { field: '_subscription', value: subscription } }),
  });
});

export const invoicesResource: Resource = {
  collections: [invoices, collectionSettings],
  operations: {
    'POST /v1/invoices': createInvoice,
    'GET /v1/invoices': listInvoices,
    'GET /v1/invoices/:invoice': retrieveInvoice,
    'POST /v1/invoices/:invoice': updateInvoice,
    'DELETE /v1/invoices/:invoice': deleteInvoice,
    'POST /v1/invoices/:invoice/finalize': finalize,
    'POST /v1/invoices/:invoice/send': send,
    'POST /v1/invoices/:invoice/pay': pay,
    'POST /v1/invoices/:invoice/void': voidIt,
    'POST /v1/invoices/:invoice/mark_uncollectible': giveUp,
  },
  delivered: { 'invoice.created': onInvoice(noteDelivery) },
  scheduled: {
    'invoice.finalizes': onInvoice(finalizeAutomatically),
    'invoice.collects': onInvoice(collectAutomatically),
    [applicationGone]: endRetriesOf,
    'invoice.overdue': onInvoice(passDueDate),
    'invoice.will_be_due': onInvoice((work, invoice) => {
      if (invoice.status === 'open') work.emit('invoice.will_be_due', invoice);
    }),
  },
};

/** The hour begins anew when the webhooks arrived, unless a time was named: behaviour 48. */
function noteDelivery(work: Work, invoice: InvoiceObject): void {
  if (invoice.status !== 'draft' || invoice.webhooks_delivered_at !== null) return;
  const told = work.update(invoices, invoice, { webhooks_delivered_at: work.now });
  if (told.automatically_finalizes_at === null || told._isFinalizationSet) return;
  const finalizesAt = work.now + draftSeconds;
  work.update(invoices, told, { automatically_finalizes_at: finalizesAt });
  work.schedule('invoice.finalizes', told.id, finalizesAt);
}

function onInvoice(act: (work: Work, invoice: InvoiceObject) => unknown): (work: Work, id: string) => void {
  return (work, id) => {
    const invoice = work.get(invoices, id);
    if (invoice !== undefined) act(work, invoice);
  };
}
