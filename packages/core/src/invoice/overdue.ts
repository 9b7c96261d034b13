import type { DomainEvent } from '../event/domain-event.js';
import type { Instant } from '../time/instant.js';
import { amountDueMinor } from './amount-due.js';
import { type Invoice, invoiceEvent } from './invoice.js';

export interface OverdueDecision {
  readonly invoice: Invoice;
  readonly events: readonly DomainEvent[];
}

/**
 * The invoice's time is over and something is still due on it: said once, whatever becomes of it later. Null when it is
 * not so: before its due moment, without one, with nothing due, or when it was said. The time to pay is half-open: at the
 * due moment itself it is over. `now` is business time.
 *
 * Errors: none.
 */
export function markOverdue(invoice: Invoice, now: Instant): OverdueDecision | null {
  const { status, dueAt, overdueAt } = invoice;
  if (status !== 'finalized' || dueAt === null || overdueAt !== null) return null;
  if (dueAt > now || amountDueMinor(invoice) <= 0n) return null;
  const overdue: Invoice = { ...invoice, overdueAt: now };
  return { invoice: overdue, events: [invoiceEvent(overdue, 'invoice.overdue')] };
}
