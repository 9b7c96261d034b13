import { invalidRequest, Refusal } from '../errors.js';
import { customers } from '../resources/customers/customer.js';
import { balanceIn } from '../resources/customers/customer-balance.js';
import type { InvoiceItemObject } from '../resources/invoice-items/invoice-item.js';
import { type InvoiceObject, invoices } from '../resources/invoices/invoice.js';
import { balanceUse } from '../resources/invoices/invoice-balance.js';
import { attemptPayment, methodOf } from '../resources/invoices/invoice-collect.js';
import { finalizeInvoice } from '../resources/invoices/invoice-finalize.js';
import type { LineDraft } from '../resources/invoices/invoice-line.js';
import { putDraft } from '../resources/invoices/new-invoice.js';
import { paymentIntents } from '../resources/payment-intents/payment-intent.js';
import { paymentMethods } from '../resources/payment-methods/payment-method.js';
import { defaultMethodOf } from '../resources/sources/default-method.js';
import type { Work } from '../work.js';
import { periodEndAfter } from './billing-period.js';
import { periodLine, trialLine } from './period-lines.js';
import { isFlexible, type SubscriptionObject, subscriptions } from './subscription.js';
import { debitedBy, invoiceOf } from './subscription-invoice.js';
import type { SubscriptionItemObject } from './subscription-item.js';
import { moves } from './subscription-moves.js';

export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete';

export interface Payment {
  readonly behavior: PaymentBehavior;
  readonly offSession: boolean;
}

/** A subscription that is not paid within so long is over: https://docs.stripe.com/billing/subscriptions/overview */
export const incompleteSeconds = 23 * 60 * 60;

/**
 * The lines of the first invoice; a metered item is billed afterwards, and flexible mode says nothing of it before. Without
 * prorations what there is until the anchor is free, and not spoken of.
 */
export const firstLines = (work: Work, subscription: SubscriptionObject, isFree: boolean): LineDraft[] => {
  const isTrial = subscription.status === 'trialing';
  return subscription._items.flatMap((item) => {
    if (item._isMetered && isFlexible(subscription)) return [];
    if (isTrial) return [trialLine(work, subscription, item)];
    if (item._isMetered) return [{ ...periodLine(work, subscription, item), amount: 0 }];
    if (isFree) return isStub(subscription, item) ? [] : [periodLine(work, subscription, item)];
    return [...pastLines(work, subscription, item), periodLine(work, subscription, item)];
  });
};

const isStub = (subscription: SubscriptionObject, item: SubscriptionItemObject): boolean =>
  item.current_period_start < subscription.billing_cycle_anchor;

/** So many periods at most lie between the date a subscription is said to have begun at and now: days of two years. */
const pastPeriodsMax = 2 * 366;

/**
 * What was before the current period, for a subscription that is said to have begun earlier: in flexible mode period by
 * period, in classic mode as one. https://docs.stripe.com/billing/subscriptions/backdating
 */
const pastLines = (work: Work, subscription: SubscriptionObject, item: SubscriptionItemObject): LineDraft[] => {
  const lines: LineDraft[] = [];
  let start = subscription.start_date;
  for (let count = 0; count < pastPeriodsMax && start < item.current_period_start; count += 1) {
    const end = periodEndAfter(subscription.billing_cycle_anchor, item._recurrence, start);
    lines.push(periodLine(work, subscription, item, { start, end }));
    start = end;
  }
  const [first] = lines;
  if (first === undefined || isFlexible(subscription)) return lines;
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  return [{ ...first, amount, period: { start: first.period.start, end: start } }];
};

/**
 * Bills what a subscription begins with. Charged automatically, the invoice is final and asked for within the call; one
 * that is sent waits its hour, and the subscription is active meanwhile.
 */
export const billFirst = (
  work: Work,
  subscription: SubscriptionObject,
  { lines, items, payment }: { lines: LineDraft[]; items: readonly InvoiceItemObject[]; payment: Payment },
): SubscriptionObject => {
  const isSent = subscription.collection_method === 'send_invoice';
  const draft = invoiceOf(work, subscription, {
    reason: 'subscription_create',
    lines,
    items,
    period: { start: work.now, end: work.now },
    advances: isSent,
  });
  if (draft._lines.length === 0) return work.update(subscriptions, subscription, { status: begun(subscription) });
  const billed = work.update(subscriptions, subscription, {
    latest_invoice: draft.id,
    _items: debitedBy(draft, subscription),
    ...(isSent ? { status: begun(subscription) } : {}),
  });
  if (!isSent) requireMethod(work, billed, draft, payment);
  const kept = putDraft(work, draft);
  if (isSent) return billed;
  payNow(work, finalizeInvoice(work, kept), payment);
  return afterFirst(work, work.require(subscriptions, billed.id), work.require(invoices, draft.id));
};

const begun = ({ status }: SubscriptionObject): SubscriptionObject['status'] =>
  status === 'trialing' ? 'trialing' : 'active';

/** A bank that takes its time is trusted; what is not paid has its 23 hours. */
const afterFirst = (work: Work, billed: SubscriptionObject, invoice: InvoiceObject): SubscriptionObject => {
  if (billed.status !== 'incomplete') return billed;
  const isOnItsWay = work.get(paymentIntents, invoice._intent ?? '')?.status === 'processing';
  if (isOnItsWay) return work.update(subscriptions, billed, { status: 'active' });
  work.schedule(moves.incompleteExpires, billed.id, work.now + incompleteSeconds);
  return billed;
};

/** Behaviour 12. With `default_incomplete` the customer will bring a method. */
const requireMethod = (work: Work, subscription: SubscriptionObject, draft: InvoiceObject, payment: Payment): void => {
  if (payment.behavior === 'default_incomplete') return;
  const customer = work.require(customers, subscription.customer);
  const { amountDue } = balanceUse(draft.total, balanceIn(customer, draft.currency), draft.currency);
  if (amountDue > 0 && methodFor(work, subscription) === undefined) throw noMethod();
};

export const noMethod = (): Refusal =>
  invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  );

/** The method that would pay its invoices. */
export const methodFor = (work: Work, subscription: SubscriptionObject) => {
  const own = subscription.default_payment_method;
  return own === null ? defaultMethodOf(work, subscription.customer) : work.get(paymentMethods, own);
};

/** Whether it was paid or is on its way. With `error_if_incomplete` what is not paid is refused, and nothing was done. */
export const payNow = (work: Work, invoice: InvoiceObject, payment: Payment): boolean => {
  if (invoice.status !== 'open') return true;
  if (payment.behavior === 'default_incomplete') return false;
  const method = methodOf(work, invoice);
  if (method === undefined) throw noMethod();
  try {
    attemptPayment(work, invoice, method, { by: 'manual', offSession: payment.offSession });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (payment.behavior === 'error_if_incomplete') throw withoutTraces(error);
    return false;
  }
};

/** The intent and the charge of the error would be those of an attempt that was undone. */
const withoutTraces = ({ body }: Refusal): Refusal => {
  const { charge: _charge, payment_intent: _intent, ...rest } = body;
  return new Refusal(402, rest);
};
