import { lineOfItem } from '../resources/invoice-items/invoice-item.js';
import type { InvoiceObject } from '../resources/invoices/invoice.js';
import { type LineDraft, newLine } from '../resources/invoices/invoice-line.js';
import { draftSeconds } from '../resources/invoices/new-invoice.js';
import type { Work } from '../work.js';
import { periodLine, usageLine } from './period-lines.js';
import { periodFrom } from './periods.js';
import { periodEndOf, type SubscriptionObject } from './subscription.js';
import { lastingUntil } from './subscription-discounts.js';
import { invoiceWith, waitingFor } from './subscription-invoice.js';
import { unbilledPeriod } from './usage-lines.js';

/** The next renewal's invoice as it would be now, with what waits; undefined when there will be none. */
export const upcomingInvoice = (work: Work, subscription: SubscriptionObject): InvoiceObject | undefined => {
  const at = periodEndOf(subscription);
  const then = lastingUntil(work, subscription, at);
  const lines = renewalLines(work, then);
  if (lines === undefined) return undefined;
  const start = Math.min(...then._items.map((item) => item.current_period_start));
  return previewOf(work, then, {
    lines: [...waitingFor(work, then).map(lineOfItem), ...lines],
    period: { start, end: at },
  });
};

/** What the next renewal bills; undefined when it ends before. */
export const renewalLines = (work: Work, subscription: SubscriptionObject): LineDraft[] | undefined => {
  const at = periodEndOf(subscription);
  const { cancel_at: cancelsAt } = subscription;
  if (cancelsAt !== null && cancelsAt <= at) return undefined;
  const due = subscription._items.filter((item) => item.current_period_end <= at);
  return due.flatMap((item) => {
    const { current_period_end: end } = item;
    if (item._isMetered) {
      return subscription.status === 'trialing' ? [] : [usageLine(work, subscription, item, unbilledPeriod(item, end))];
    }
    const active = { ...subscription, status: 'active' as const };
    return [periodLine(work, active, item, periodFrom(active, item._recurrence, end))];
  });
};

/** An invoice that is only shown. */
export const previewOf = (
  work: Work,
  subscription: SubscriptionObject,
  {
    lines,
    period,
    prorationDate,
  }: {
    readonly lines: readonly LineDraft[];
    readonly period: { readonly start: number; readonly end: number };
    readonly prorationDate?: number;
  },
): InvoiceObject => {
  const id = work.newId('upcoming_in');
  const made = lines.map((line) => newLine(work, line, { id, lineId: work.newId('il_tmp') }));
  const facts = { id, lines: made, reason: 'upcoming' as const, period, advances: true, at: period.end };
  const preview = invoiceWith(work, subscription, prorationDate === undefined ? facts : { ...facts, prorationDate });
  return { ...preview, created: period.end, next_payment_attempt: period.end + draftSeconds };
};

/** https://docs.stripe.com/billing/subscriptions/webhooks: the event's invoice has no id to be fetched by. */
export const tellUpcoming = (work: Work, subscription: SubscriptionObject): void => {
  if (subscription.status !== 'active' && subscription.status !== 'trialing') return;
  const invoice = upcomingInvoice(work, subscription);
  if (invoice !== undefined) work.emit('invoice.upcoming', invoice);
};
