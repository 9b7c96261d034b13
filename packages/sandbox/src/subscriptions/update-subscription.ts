import type { InvoiceItemObject } from '../resources/invoice-items/invoice-item.js';
import { type InvoiceObject, invoices } from '../resources/invoices/invoice.js';
import { finalizeInvoice } from '../resources/invoices/invoice-finalize.js';
import { voidInvoice } from '../resources/invoices/invoice-void.js';
import { putDraft } from '../resources/invoices/new-invoice.js';
import type { Work } from '../work.js';
import { incompleteSeconds, type Payment, payNow } from './first-invoice.js';
import { putHomes } from './item-changes.js';
import { debitOfItem, putProrations } from './proration-items.js';
import { givenBackBy, type Proration } from './proration-plan.js';
import { changeSubscription, periodEndOf, type SubscriptionObject, subscriptions } from './subscription.js';
import { debitedBy, invoiceOf } from './subscription-invoice.js';
import { countQuantityChange } from './subscription-limits.js';
import { moves, planMoves } from './subscription-moves.js';
import { forgetPending } from './subscription-settled.js';
import type { UpdatePlan } from './update-plan.js';

export interface UpdateChoices {
  readonly payment: Payment;
  /** Prorations are billed at once. */
  readonly invoicesNow: boolean;
  readonly prorationDate?: number;
  readonly trialEnd: number | null;
  readonly isAnchorAsked: boolean;
  /** What the request adds to the next invoice. */
  readonly extras: readonly InvoiceItemObject[];
}

/**
 * Does what was planned: bills it at once or lets prorations wait for the next invoice. With `pending_if_incomplete` the
 * subscription stays as it was until the invoice is paid: https://docs.stripe.com/billing/subscriptions/pending-updates
 */
export const applyUpdate = (
  work: Work,
  before: SubscriptionObject,
  plan: UpdatePlan,
  choices: UpdateChoices,
): SubscriptionObject => {
  const items = putProrations(work, before, plan.prorations);
  const after = {
    ...withDebits(plan, items),
    ...countQuantityChange(work, before, plan.after),
    ...withAdjusted(before, plan, items),
  };
  putHomes(work, before, after._items);
  // "A paused subscription does not generate invoices": comment of `pause` in the SDK. What the update brings waits.
  const invoicesNow = choices.invoicesNow && before.status !== 'paused';
  const bills = plan.billsNow || (invoicesNow && items.length + choices.extras.length + plan.lines.length > 0);
  if (!bills) return keep(work, before, after);
  const charged = after.collection_method === 'charge_automatically';
  const holds = charged && choices.payment.behavior === 'pending_if_incomplete';
  const draft = invoiceOf(work, after, {
    isAlone: holds,
    reason: 'subscription_update',
    lines: plan.lines,
    items: [...items, ...choices.extras],
    period: { start: work.now, end: work.now },
    advances: true,
    prorationDate: choices.prorationDate ?? work.now,
  });
  if (draft._lines.length === 0) return keep(work, before, after);
  const billed = { ...after, latest_invoice: draft.id, _items: debitedBy(draft, after) };
  if (holds) return hold(work, before, { billed, draft, beginsPeriods: plan.billsNow }, choices);
  const kept = keep(work, before, billed);
  const put = putDraft(work, draft);
  if (!charged) return kept;
  const isPaid = payNow(work, finalizeInvoice(work, put), choices.payment);
  if (!isPaid && choices.payment.behavior === 'default_incomplete') setPastDue(work, kept.id);
  return work.require(subscriptions, kept.id);
};

/** Items with what their prorations charge for the time to come, and with what they give back. */
const withDebits = (plan: UpdatePlan, items: readonly InvoiceItemObject[]): SubscriptionObject => ({
  ...plan.after,
  _items: plan.after._items.map((item) => {
    const own = plan.prorations.flatMap((proration, position) => {
      const put = items[position];
      return proration.item.id === item.id && put !== undefined ? [{ proration, put, id: put.id }] : [];
    });
    const debits = own.filter(({ proration }) => proration.kind === 'debit').map(({ put }) => debitOfItem(put));
    return own.length === 0 ? item : { ...item, _debited: [...givenBackBy(item._debited, own), ...debits] };
  }),
});

/** Which of these prorations are of what a return that waits to be paid charges. */
const withAdjusted = (
  { _resumption: waiting }: SubscriptionObject,
  { prorations }: UpdatePlan,
  items: readonly InvoiceItemObject[],
): Pick<SubscriptionObject, '_resumption'> => {
  if (waiting === null) return { _resumption: null };
  const ofReturn = [...waiting.made, ...waiting.adjusted];
  const isOfReturn = ({ kind, credited }: Proration): boolean => {
    if (kind !== 'credit' || credited === null) return kind !== 'usage';
    const { invoice, invoiceItem } = credited;
    return invoiceItem === null ? invoice === waiting.invoice : ofReturn.includes(invoiceItem);
  };
  const made = items.filter((_item, position) => {
    const proration = prorations[position];
    return proration !== undefined && isOfReturn(proration);
  });
  return { _resumption: { ...waiting, adjusted: [...waiting.adjusted, ...made.map(({ id }) => id)] } };
};

const keep = (work: Work, before: SubscriptionObject, after: SubscriptionObject): SubscriptionObject => {
  const kept = changeSubscription(work, work.require(subscriptions, before.id), after);
  planMoves(work, kept);
  return kept;
};

const setPastDue = (work: Work, id: string): void => {
  const current = work.require(subscriptions, id);
  if (current.status === 'active') changeSubscription(work, current, { status: 'past_due' });
};

interface Held {
  readonly billed: SubscriptionObject;
  readonly draft: InvoiceObject;
  readonly beginsPeriods: boolean;
}

/** Paid, the update is applied; else it waits, and the subscription goes on as if it had never been asked for. */
const hold = (
  work: Work,
  before: SubscriptionObject,
  { billed, draft, beginsPeriods }: Held,
  choices: UpdateChoices,
): SubscriptionObject => {
  const { billing_cycle_anchor, status, trial_end, trial_start, _items } = billed;
  const expiresAt = expiryOf(before, work.now);
  const begun = beginsPeriods ? { billing_cycle_anchor, status, trial_end, trial_start } : {};
  const pending = {
    invoice: draft.id,
    expiresAt,
    changes: { ...begun, _items },
    beginsPeriods,
    isAnchorAsked: choices.isAnchorAsked,
    trialEnd: choices.trialEnd,
  };
  // While it is new to the world nothing is told of it: what is told is how it ended.
  const held = work.update(subscriptions, before, { latest_invoice: draft.id, _pending: pending, _isNew: true });
  const isPaid = payNow(work, finalizeInvoice(work, putDraft(work, draft)), choices.payment);
  const after = work.update(subscriptions, work.require(subscriptions, held.id), { _isNew: false });
  if (!isPaid) work.schedule(moves.pendingExpires, after.id, expiresAt);
  work.emit('customer.subscription.updated', after, before);
  return after;
};

/**
 * The end of the trial or of the current period, whichever comes first, and no later than 23 hours from now.
 * https://docs.stripe.com/billing/subscriptions/pending-updates-reference#expiration
 */
const expiryOf = (before: SubscriptionObject, now: number): number => {
  const ends = [periodEndOf(before), before.trial_end ?? 0].filter((end) => end > now);
  return Math.min(now + incompleteSeconds, ...ends);
};

/** Nobody paid for it in time: it is forgotten, and its invoice void. */
export const expirePending = (work: Work, before: SubscriptionObject): void => {
  if (before._pending === null) return;
  work.emit('customer.subscription.pending_update_expired', discardPending(work, before));
};

/** Forgotten by voiding its invoice, which is not to be taken for one that the subscription owed. */
export const discardPending = (work: Work, before: SubscriptionObject): SubscriptionObject => {
  const { _pending: pending } = before;
  if (pending === null) return before;
  const invoice = work.get(invoices, pending.invoice);
  if (invoice?.status === 'open') voidInvoice(work, invoice);
  else forgetPending(work, before);
  return work.require(subscriptions, before.id);
};
