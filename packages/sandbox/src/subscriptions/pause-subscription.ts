import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { invoices } from '../resources/invoices/invoice.js';
import { finalizeInvoice } from '../resources/invoices/invoice-finalize.js';
import { voidInvoice } from '../resources/invoices/invoice-void.js';
import { putDraft } from '../resources/invoices/new-invoice.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { periodStartAt } from './billing-period.js';
import { incompleteSeconds, payNow } from './first-invoice.js';
import { periodLine } from './period-lines.js';
import { periodFrom } from './periods.js';
import { debitOfItem, putProrations } from './proration-items.js';
import { chargedUntil, creditsOf, debitsOf, type Proration, usageOfOutgoing } from './proration-plan.js';
import { changeSubscription, isFlexible, type SubscriptionObject, subscriptions } from './subscription.js';
import { debitedBy, invoiceOf } from './subscription-invoice.js';
import { moves, planMoves } from './subscription-moves.js';
import { forgetResumption } from './subscription-settled.js';
import { pausedBecause } from './trial-end.js';
import { countedFrom, unbilledPeriod } from './usage-lines.js';

/** Neither one in its trial nor one that waits for its first payment or is over. */
const pausable: ReadonlySet<string> = new Set(['active', 'past_due', 'unpaid']);

/**
 * No new periods and no invoices until it is resumed. What it gives back and what was used become invoice items that
 * wait, or are billed at once where the request says so; what it leaves outstanding is billed with what usage follows.
 * https://docs.stripe.com/billing/subscriptions/pause
 */
export const pauseNow = (
  work: Work,
  before: SubscriptionObject,
  params: Stripe.SubscriptionPauseParams,
): SubscriptionObject => {
  if (!isFlexible(before)) {
    throw invalidRequest('Only subscriptions with `billing_mode` `flexible` can be paused.');
  }
  if (before.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions with `collection_method` `charge_automatically` can be paused.');
  }
  if (!pausable.has(before.status)) {
    throw invalidRequest(`A subscription with a status of ${before.status} cannot be paused.`);
  }
  const { bill_for: billFor, invoicing_behavior: invoicing = 'pending_invoice_item' } = params;
  const unused = billFor?.unused_time_from?.type ?? 'now';
  const at = unused === 'item_current_period_start' ? 0 : work.now;
  const isCredited = unused !== 'none';
  const from = at === 0 ? Math.min(...before._items.map((item) => item.current_period_start)) : at;
  const isUsed = (billFor?.outstanding_usage_through?.type ?? 'now') === 'now';
  const items = putProrations(work, before, [
    ...(isCredited ? creditsOf(work, before, before._items, from) : []),
    ...(isUsed ? usageOfOutgoing(work, before, before._items) : []),
  ]);
  const paused = changeSubscription(work, before, {
    status: 'paused',
    status_details: pausedBecause('pause_requested', work.now),
    _items: before._items.map((item) => ({
      ...countedFrom(item, isUsed ? work.now : unbilledPeriod(item, work.now).start),
      _debited: isCredited ? [] : item._debited,
      _pausedAt: work.now,
    })),
  });
  if (invoicing === 'invoice' && items.length > 0) {
    const period = { start: work.now, end: work.now };
    const draft = invoiceOf(work, paused, { reason: 'subscription_update', lines: [], items, period, advances: true });
    work.update(subscriptions, paused, { latest_invoice: draft.id });
    putDraft(work, draft);
  }
  const after = work.require(subscriptions, paused.id);
  planMoves(work, after);
  work.emit('customer.subscription.paused', after);
  return after;
};

/** How long Stripe tries to be paid for a return that waits for it: https://docs.stripe.com/billing/subscriptions/pause */
const retriedSeconds = 365 * 24 * 60 * 60;

/**
 * Takes it out of its pause. Where that costs something, its invoice decides: by default it asks for nothing by itself, and
 * whoever tries to pay it ends the pause, `past_due` if that fails; `resume_on_payment_success` pays at once, and waits for
 * success. https://docs.stripe.com/changelog/dahlia/2026-05-27/pause-subscriptions
 */
export const resumeNow = (
  work: Work,
  before: SubscriptionObject,
  params: Stripe.SubscriptionResumeParams,
): SubscriptionObject => {
  if (before.status !== 'paused' || before._resumption !== null) {
    throw invalidRequest('Only paused subscriptions can be resumed.');
  }
  if (before.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions with `collection_method` `charge_automatically` can be resumed.');
  }
  const isKept = params.billing_cycle_anchor?.type === 'unchanged';
  const begun = isKept ? inCurrentPeriods(work, before) : inNewPeriods(work, before);
  const next: SubscriptionObject = { ...before, ...begun };
  const debits =
    isKept && params.proration_behavior !== 'none'
      ? debitsOfReturn(work, next, wholeNumber(params.proration_date, 'proration_date') ?? work.now)
      : [];
  const items = putProrations(work, next, debits);
  const withDebits = next._items.map((item) => {
    const position = debits.findIndex((one) => one.item.id === item.id);
    const put = items[position];
    return put === undefined ? item : { ...item, _debited: [...item._debited, debitOfItem(put)] };
  });
  const lines = isKept
    ? []
    : next._items.filter((item) => !item._isMetered).map((item) => periodLine(work, next, item));
  const bills = lines.length > 0 || (items.length > 0 && params.proration_behavior === 'always_invoice');
  const changes = { ...begun, _items: withDebits };
  if (!bills) return activate(work, before, changes);
  const period = { start: work.now, end: work.now };
  const on = params.payment_behavior === 'resume_on_payment_success' ? 'success' : 'attempt';
  const advances = on === 'success';
  const made = items.map((item) => item.id);
  const draft = invoiceOf(work, next, { reason: 'subscription_update', lines, items, period, advances });
  const billed = { ...changes, latest_invoice: draft.id, _items: debitedBy(draft, { ...next, _items: withDebits }) };
  const { id } = changeSubscription(work, before, {
    ...billed,
    _resumption: { invoice: draft.id, on, made, adjusted: [] },
  });
  const final = finalizeInvoice(work, putDraft(work, draft));
  if (on === 'success') payNow(work, final, { behavior: 'allow_incomplete', offSession: true });
  const after = work.require(subscriptions, id);
  const patience = on === 'success' ? retriedSeconds : incompleteSeconds;
  if (after._resumption !== null) work.schedule(moves.resumptionExpires, id, work.now + patience);
  return after;
};

/** What the rest of each current period costs, as far as a pause that gave nothing back did not leave it charged. */
const debitsOfReturn = (work: Work, next: SubscriptionObject, at: number): Proration[] =>
  next._items.flatMap((item) => debitsOf(work, next, [item], Math.max(at, chargedUntil(work, item))));

type Begun = Pick<SubscriptionObject, 'billing_cycle_anchor' | '_items' | 'trial_end'>;

const inNewPeriods = (work: Work, before: SubscriptionObject): Begun => ({
  billing_cycle_anchor: work.now,
  trial_end: before.trial_end === null ? null : Math.min(before.trial_end, work.now),
  _items: before._items.map((item) => ({
    ...item,
    current_period_start: work.now,
    current_period_end: periodFrom({ ...before, billing_cycle_anchor: work.now }, item._recurrence, work.now).end,
    _debited: [],
    _pausedAt: undefined,
  })),
});

const inCurrentPeriods = (work: Work, before: SubscriptionObject): Begun => {
  const { billing_cycle_anchor: anchor, trial_end } = before;
  const _items = before._items.map((item) => ({
    ...item,
    current_period_start: periodStartAt(anchor, item._recurrence, work.now),
    current_period_end: periodFrom(before, item._recurrence, work.now).end,
    _pausedAt: undefined,
  }));
  return { billing_cycle_anchor: anchor, trial_end, _items };
};

const activate = (work: Work, before: SubscriptionObject, changes: Partial<SubscriptionObject>): SubscriptionObject => {
  const after = changeSubscription(work, before, { ...changes, status: 'active', status_details: undefined });
  planMoves(work, after);
  work.emit('customer.subscription.resumed', after);
  return after;
};

/** Nobody paid for its return in time, or it ends before: its invoice is void, and it is paused as it was. */
export const expireResumption = (work: Work, before: SubscriptionObject): SubscriptionObject => {
  if (before._resumption === null) return before;
  const invoice = work.get(invoices, before._resumption.invoice);
  if (invoice?.status === 'open') voidInvoice(work, invoice);
  else forgetResumption(work, before);
  return work.require(subscriptions, before.id);
};
