import type { InvoiceObject } from '../resources/invoices/invoice.js';
import { finalizeInvoice } from '../resources/invoices/invoice-finalize.js';
import type { LineDraft } from '../resources/invoices/invoice-line.js';
import { markUncollectible } from '../resources/invoices/invoice-settled.js';
import { voidInvoice } from '../resources/invoices/invoice-void.js';
import { putDraft } from '../resources/invoices/new-invoice.js';
import type { Work } from '../work.js';
import { expireResumption } from './pause-subscription.js';
import { periodLine } from './period-lines.js';
import { periodFrom } from './periods.js';
import { changeSubscription, isFlexible, type SubscriptionObject, subscriptions } from './subscription.js';
import { dropEndedDiscounts } from './subscription-discounts.js';
import { endSubscription } from './subscription-end.js';
import { debitedBy, invoiceOf, prorationsOf } from './subscription-invoice.js';
import type { SubscriptionItemObject } from './subscription-item.js';
import { planMoves } from './subscription-moves.js';
import { endTrial } from './trial-end.js';
import { countedFrom, usageLines } from './usage-lines.js';

/** A period, a trial or the subscription itself is over: what happens next happens once, and plans what follows. */
export const moveOn = (work: Work, subscription: SubscriptionObject): void => {
  const { status, cancel_at: cancelsAt, trial_end: trialEnd } = subscription;
  if (cancelsAt !== null && cancelsAt <= work.now) {
    endAsPlanned(work, subscription);
    return;
  }
  if (status === 'paused' || status === 'incomplete') return;
  if (status === 'trialing' && trialEnd !== null && trialEnd <= work.now) {
    const after = endTrial(work, subscription);
    if (after !== undefined) renew(work, after.subscription, after.changes);
    return;
  }
  if (subscription._items.some((item) => item.current_period_end <= work.now)) renew(work, subscription, {});
  else planMoves(work, subscription);
};

/**
 * What was used and what waits is billed once more, and then it is over. What waits is a paused one's credit as well:
 * "pending prorations are also left in place and collected at the end", https://docs.stripe.com/api/subscriptions/cancel
 */
const endAsPlanned = (work: Work, given: SubscriptionObject): void => {
  const before = expireResumption(work, given);
  const lines = usageLines(work, before, before._items);
  const isOwing = lines.some((line) => line.amount > 0) || prorationsOf(work, before).length > 0;
  if (isOwing && before.status !== 'incomplete') {
    bill(work, before, { lines, period: periodOver(before._items, work.now) });
  }
  endSubscription(work, work.require(subscriptions, before.id), {});
};

/** Tells of the new periods first, and bills them then: behaviour 55. Metered items are billed for the period that is over. */
const renew = (work: Work, given: SubscriptionObject, changes: Partial<SubscriptionObject>): void => {
  const before = dropEndedDiscounts(work, given);
  const next: SubscriptionObject = { ...before, ...changes };
  const due = next._items.filter((item) => item.current_period_end <= work.now);
  const isDue = new Set(due.map(({ id }) => id));
  const items = next._items.map((item) => (isDue.has(item.id) ? inNextPeriod(work, next, item) : item));
  const renewed = { ...next, _items: items };
  const used = usageLines(work, before, due);
  const charged = items
    .filter((item) => isDue.has(item.id) && !item._isMetered)
    .map((item) => periodLine(work, renewed, item));
  const billed = bill(work, before, {
    lines: [...charged, ...used],
    period: periodOver(due, work.now),
    after: renewed,
  });
  planMoves(work, billed);
};

const inNextPeriod = (
  work: Work,
  subscription: SubscriptionObject,
  item: SubscriptionItemObject,
): SubscriptionItemObject => {
  const { start, end } = periodFrom(subscription, item._recurrence, item.current_period_end);
  return { ...countedFrom(item, work.now), current_period_start: start, current_period_end: end, _debited: [] };
};

const periodOver = (items: readonly SubscriptionItemObject[], now: number) => ({
  start: Math.min(now, ...items.map((item) => item.current_period_start)),
  end: now,
});

interface Bill {
  readonly lines: readonly LineDraft[];
  readonly period: { readonly start: number; readonly end: number };
  /** The subscription as it is from now on; left out, as it was. */
  readonly after?: SubscriptionObject;
}

const bill = (work: Work, before: SubscriptionObject, { lines, period, after = before }: Bill): SubscriptionObject => {
  const { pause_collection: pause, status } = after;
  const advances = status !== 'unpaid' && pause === null;
  const draft = invoiceOf(work, after, { reason: 'subscription_cycle', lines, period, advances });
  const { id: _id, ...changes } = after;
  if (draft._lines.length === 0 && isFlexible(after)) return changeSubscription(work, before, changes);
  const billed = changeSubscription(work, before, {
    ...changes,
    latest_invoice: draft.id,
    _items: debitedBy(draft, after),
  });
  const kept = putDraft(work, draft);
  if (pause !== null) settlePaused(work, kept, pause.behavior);
  return work.require(subscriptions, billed.id);
};

/** What becomes of invoices while collection is paused: https://docs.stripe.com/billing/subscriptions/pause-payment */
const settlePaused = (work: Work, draft: InvoiceObject, behavior: string): void => {
  if (behavior === 'keep_as_draft') return;
  const invoice = finalizeInvoice(work, draft);
  if (invoice.status !== 'open') return;
  if (behavior === 'void') voidInvoice(work, invoice);
  else markUncollectible(work, invoice);
};
