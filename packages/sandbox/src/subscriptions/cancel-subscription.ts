import type Stripe from 'stripe';
import { invoiceItems } from '../resources/invoice-items/invoice-item.js';
import { invoices } from '../resources/invoices/invoice.js';
import { finalizeInvoice } from '../resources/invoices/invoice-finalize.js';
import { voidInvoice } from '../resources/invoices/invoice-void.js';
import { putDraft } from '../resources/invoices/new-invoice.js';
import type { Work } from '../work.js';
import { methodFor, payNow } from './first-invoice.js';
import { expireResumption } from './pause-subscription.js';
import { putProrations } from './proration-items.js';
import { creditsOf } from './proration-plan.js';
import { changeSubscription, type SubscriptionObject, subscriptions } from './subscription.js';
import { endSubscription, noCancellation } from './subscription-end.js';
import { invoiceOf, prorationsOf } from './subscription-invoice.js';
import { planMoves } from './subscription-moves.js';
import { usageLines } from './usage-lines.js';

type CancelParams = Pick<Stripe.SubscriptionCancelParams, 'cancellation_details' | 'invoice_now' | 'prorate'>;

/** Ends it now. What was paid for the time that is left is given back only when that is asked for. */
export const cancelNow = (work: Work, given: SubscriptionObject, params: CancelParams): SubscriptionObject => {
  if (given.status === 'incomplete') return expireIncomplete(work, given, params);
  const before = expireResumption(work, given);
  const { invoice_now: bills = false, prorate = false } = params;
  if (prorate) putProrations(work, before, creditsOf(work, before, before._items, work.now));
  if (bills) billLast(work, before);
  else if (!prorate) dropProrations(work, before);
  const current = work.require(subscriptions, before.id);
  return endSubscription(work, current, {
    ...detailsFrom(current, params.cancellation_details),
    reason: 'cancellation_requested',
  });
};

const billLast = (work: Work, before: SubscriptionObject): void => {
  const lines = usageLines(work, before, before._items);
  const period = { start: work.now, end: work.now };
  const draft = invoiceOf(work, before, { reason: 'subscription_update', lines, period, advances: true });
  if (draft._lines.length === 0) return;
  work.update(subscriptions, before, { latest_invoice: draft.id });
  const invoice = finalizeInvoice(work, putDraft(work, draft));
  // Nobody waits for a method that is not there: the invoice stays open.
  if (invoice.collection_method === 'charge_automatically' && methodFor(work, before) !== undefined) {
    payNow(work, invoice, { behavior: 'allow_incomplete', offSession: true });
  }
};

/** "Pending prorations are removed if invoice_now and prorate are both set to false." */
const dropProrations = (work: Work, before: SubscriptionObject): void => {
  for (const item of prorationsOf(work, before)) {
    work.remove(invoiceItems, item.id);
    work.emit('invoiceitem.deleted', item);
  }
};

type GivenDetails = Stripe.SubscriptionUpdateParams['cancellation_details'];

/** What is known of why; an empty value takes it back. */
export const detailsFrom = (
  before: SubscriptionObject,
  given: GivenDetails,
): NonNullable<SubscriptionObject['cancellation_details']> => {
  const said = Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [name, value === '' ? null : value]),
  );
  return { ...noCancellation, ...before.cancellation_details, ...said };
};

/** Its first payment never came: the invoice is void, and there is nothing to be active again. */
export const expireIncomplete = (
  work: Work,
  before: SubscriptionObject,
  { cancellation_details: details }: CancelParams = {},
): SubscriptionObject => {
  const invoice = work.get(invoices, before.latest_invoice ?? '');
  const expired = changeSubscription(work, before, {
    status: 'incomplete_expired',
    ended_at: work.now,
    cancellation_details: detailsFrom(before, details),
  });
  planMoves(work, expired);
  if (invoice?.status === 'open') voidInvoice(work, invoice);
  return work.require(subscriptions, expired.id);
};
