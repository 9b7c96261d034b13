import { idOf } from '../resources/charges/charge.js';
import { invoiceItems } from '../resources/invoice-items/invoice-item.js';
import { collectionOf } from '../resources/invoices/collection-settings.js';
import { type InvoiceObject, invoices } from '../resources/invoices/invoice.js';
import { paymentIntents } from '../resources/payment-intents/payment-intent.js';
import { paymentMethods } from '../resources/payment-methods/payment-method.js';
import type { Work } from '../work.js';
import {
  changeSubscription,
  isOver,
  type SubscriptionObject,
  type SubscriptionStatus,
  subscriptions,
} from './subscription.js';
import { endSubscription } from './subscription-end.js';
import { moves, planMoves } from './subscription-moves.js';

/*
 * What an invoice's way means for the subscription it is of: called by whatever settles invoices. An invoice of no
 * subscription, or of one that is over, changes nothing here.
 */

const subscriptionOf = (work: Work, invoice: InvoiceObject): SubscriptionObject | undefined => {
  const found = work.get(subscriptions, invoice._subscription ?? '');
  return found === undefined || isOver(found) ? undefined : found;
};

/**
 * Whether its status goes by this invoice: nothing but void ones and an update that is held, with which it cycles "as if
 * no update request was made", came after it. https://docs.stripe.com/billing/subscriptions/pending-updates-reference
 */
const isLatest = (
  work: Work,
  { id, latest_invoice, _pending }: SubscriptionObject,
  invoice: InvoiceObject,
): boolean => {
  if (latest_invoice === invoice.id) return true;
  const all = work.where(invoices, 'customer', invoice.customer).filter((one) => one._subscription === id);
  const newer = all.slice(all.findIndex((one) => one.id === invoice.id) + 1);
  return newer.every((one) => one.status === 'void' || one.id === _pending?.invoice);
};

/** Paying the latest invoice makes it active again, whatever else is open. */
export const subscriptionPaid = (work: Work, invoice: InvoiceObject): void => {
  const before = subscriptionOf(work, invoice);
  if (before === undefined) return;
  const kept = withPaidMethod(work, before, invoice);
  if (before._pending?.invoice === invoice.id) applyPending(work, kept, before);
  else if (before._resumption?.invoice === invoice.id) resumed(work, { ...kept, status: 'active' }, before);
  else settle(work, kept, before, invoice);
};

/** The fields that payment changes, together with those the invoice's own kind changes: one event tells of all. */
type Kept = Partial<SubscriptionObject>;

/** https://docs.stripe.com/api/subscriptions/create (payment_settings.save_default_payment_method) */
const withPaidMethod = (work: Work, before: SubscriptionObject, invoice: InvoiceObject): Kept => {
  if (before.payment_settings.save_default_payment_method !== 'on_subscription') return {};
  const intent = work.get(paymentIntents, invoice._intent ?? '');
  const methodId = intent === undefined ? null : idOf(intent.payment_method);
  const method = work.get(paymentMethods, methodId ?? '');
  if (intent === undefined || method === undefined) return {};
  // Kept for the customer already by then or in a moment: the intent was made to set the method up.
  const isKept = method.customer === before.customer || intent.setup_future_usage !== null;
  return isKept ? { default_payment_method: method.id } : {};
};

const settle = (work: Work, kept: Kept, before: SubscriptionObject, invoice: InvoiceObject): void => {
  const status = isLatest(work, before, invoice) ? activeAgain(work, before) : before.status;
  if (status === before.status && Object.keys(kept).length === 0) return;
  const after = changeSubscription(work, before, { ...kept, status });
  if (before.status !== 'incomplete' || status === 'incomplete') return;
  work.unschedule(moves.incompleteExpires, before.id);
  planMoves(work, after);
};

const owing: ReadonlySet<SubscriptionStatus> = new Set(['incomplete', 'past_due', 'unpaid']);

/** What it becomes when what it owed is settled; what was owed beside a trial does not end the trial. */
const activeAgain = (work: Work, { status, trial_end: trialEnd }: SubscriptionObject): SubscriptionStatus => {
  if (!owing.has(status)) return status;
  return trialEnd !== null && trialEnd > work.now ? 'trialing' : 'active';
};

const applyPending = (work: Work, kept: Kept, before: SubscriptionObject): void => {
  const { _pending: pending } = before;
  if (pending === null) return;
  work.unschedule(moves.pendingExpires, before.id);
  const _items = pending.beginsPeriods ? pending.changes._items : inPeriodsOf(before, pending.changes._items ?? []);
  const applied = changeSubscription(work, before, { ...pending.changes, ...kept, _items, _pending: null });
  planMoves(work, applied);
  if (!applied._isNew) work.emit('customer.subscription.pending_update_applied', applied);
};

/** https://docs.stripe.com/billing/invoices/subscription#void-the-first-invoice-of-a-subscription */
const expireUnpaid = (work: Work, before: SubscriptionObject): void =>
  planMoves(work, changeSubscription(work, before, { status: 'incomplete_expired', ended_at: work.now }));

/** Without its invoice an update can no longer be paid for. */
export const forgetPending = (work: Work, before: SubscriptionObject): void => {
  work.unschedule(moves.pendingExpires, before.id);
  changeSubscription(work, before, { _pending: null });
};

/**
 * Without its invoice nothing was charged for its return: what waited before waits again, and what updates made of the
 * charge goes with it. Stripe says that it stays paused, and nothing of what was on the invoice: no credit is lost here.
 */
export const forgetResumption = (work: Work, before: SubscriptionObject): void => {
  const { invoice = '', made = [], adjusted = [] } = before._resumption ?? {};
  work.unschedule(moves.resumptionExpires, before.id);
  work.update(subscriptions, before, { _resumption: null });
  for (const item of work.where(invoiceItems, 'invoice', invoice))
    if (!made.includes(item.id)) work.update(invoiceItems, item, { invoice: null });
  for (const id of adjusted) {
    const item = work.get(invoiceItems, id);
    if (item?.invoice !== null) continue;
    work.remove(invoiceItems, id);
    work.emit('invoiceitem.deleted', item);
  }
};

/** It may have renewed while the update waited. */
const inPeriodsOf = (current: SubscriptionObject, items: SubscriptionObject['_items']): SubscriptionObject['_items'] =>
  items.map((item) => {
    const now = current._items.find(({ id }) => id === item.id) ?? current._items[0];
    if (now === undefined || now.current_period_end <= item.current_period_end) return item;
    const { current_period_end, current_period_start } = now;
    // What the renewal debited stands; the update's own debits were for the period that is over.
    const _debited = now.id === item.id ? now._debited : [];
    return { ...item, current_period_end, current_period_start, _debited };
  });

const resumed = (work: Work, kept: Kept, before: SubscriptionObject): void => {
  work.unschedule(moves.resumptionExpires, before.id);
  const after = changeSubscription(work, before, {
    ...kept,
    status_details: undefined,
    _resumption: null,
  });
  planMoves(work, after);
  work.emit('customer.subscription.resumed', after);
};

/** An attempt failed, or waits for the customer: an update that is held stays held, a first invoice stays incomplete. */
export const subscriptionPaymentFailed = (work: Work, invoice: InvoiceObject): void => {
  const before = subscriptionOf(work, invoice);
  if (before === undefined || !isLatest(work, before, invoice)) return;
  if (before._pending?.invoice === invoice.id) return;
  if (before._resumption?.invoice === invoice.id) {
    if (before._resumption.on === 'attempt') resumed(work, { status: 'past_due' }, before);
    return;
  }
  if (before.status !== 'active' && before.status !== 'trialing') return;
  changeSubscription(work, before, { status: 'past_due' });
};

/**
 * The last attempt of the schedule failed, at whichever of its invoices: with short periods there is always a newer one.
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
export const subscriptionRetriesOver = (work: Work, invoice: InvoiceObject): void => {
  const before = subscriptionOf(work, invoice);
  if (before?.status !== 'past_due' || invoice.billing_reason === 'manual') return;
  if (before._pending?.invoice === invoice.id || before._resumption?.invoice === invoice.id) return;
  const { subscriptionAfterRetries: then } = collectionOf(work);
  if (then === 'cancel') endSubscription(work, before, { reason: 'payment_failed' });
  else if (then === 'unpaid') changeSubscription(work, before, { status: 'unpaid' });
};

/** Given up or voided, its latest invoice asks for nothing any more. */
export const subscriptionForgiven = (work: Work, invoice: InvoiceObject): void => {
  const before = subscriptionOf(work, invoice);
  if (before === undefined) return;
  if (before._pending?.invoice === invoice.id) forgetPending(work, before);
  else if (before._resumption?.invoice === invoice.id && invoice.status === 'void') forgetResumption(work, before);
  else if (!isLatest(work, before, invoice)) return;
  else if (before._resumption?.invoice === invoice.id && invoice.status === 'uncollectible')
    resumed(work, { status: 'active' }, before);
  else if (before.status === 'incomplete' && invoice.status === 'void') expireUnpaid(work, before);
  else if (before.status === 'past_due' || before.status === 'unpaid') {
    changeSubscription(work, before, { status: activeAgain(work, before) });
  }
};
