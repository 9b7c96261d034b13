import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import type { Instant } from '../time/instant.js';
import { amountDueMinor } from './amount-due.js';
import { type Invoice, invoiceEvent } from './invoice.js';
import { nextInvoiceStatus } from './states.js';

export interface Settlement {
  readonly invoice: Invoice;
  /** As much of the money as the invoice needed, in minor units; for the posting of the payment. */
  readonly appliedMinor: bigint;
  /** What no invoice needs, in minor units: a late second success, or too much; to be refunded. */
  readonly excessMinor: bigint;
  /** Whether the invoice had been written off; for the posting of the payment. */
  readonly wasUncollectible: boolean;
  readonly events: readonly DomainEvent[];
}

/**
 * Money has arrived for the invoice, from Stripe or from elsewhere. It takes what it needs; once nothing is due it is
 * paid. An invoice that is already paid or void takes nothing and is not changed, and all of the money is in excess. The
 * posting belongs to the payment: `paymentSucceeded` or `paymentOfflineRecorded`.
 *
 * Errors: none; money for a draft, or money of zero or less, is an invariant violation.
 */
export function settleInvoice(
  invoice: Invoice,
  { amountMinor, now }: { readonly amountMinor: bigint; readonly now: Instant },
): Settlement {
  invariant(invoice.status !== 'draft', 'a draft is never paid');
  invariant(amountMinor > 0n, 'a payment brings more than nothing');
  const due = isOpen(invoice) ? amountDueMinor(invoice) : 0n;
  const appliedMinor = amountMinor < due ? amountMinor : due;
  const excessMinor = amountMinor - appliedMinor;
  const settled = appliedMinor === 0n ? invoice : withMoney(invoice, { appliedMinor, now });
  const isPaidNow = settled.status === 'paid' && invoice.status !== 'paid';
  return {
    invoice: settled,
    appliedMinor,
    excessMinor,
    wasUncollectible: invoice.status === 'uncollectible',
    events: [
      ...(isPaidNow ? [invoiceEvent(invoice, 'invoice.paid')] : []),
      ...(excessMinor > 0n ? [invoiceEvent(invoice, 'invoice.overpaid')] : []),
    ],
  };
}

function isOpen(invoice: Invoice): boolean {
  return invoice.status === 'finalized' || invoice.status === 'uncollectible';
}

function withMoney(invoice: Invoice, { appliedMinor, now }: { appliedMinor: bigint; now: Instant }): Invoice {
  const paid: Invoice = { ...invoice, paidMinor: invoice.paidMinor + appliedMinor };
  if (amountDueMinor(paid) > 0n) return paid;
  const status = nextInvoiceStatus(invoice.status, 'settle');
  invariant(status.ok, 'an open invoice can be settled');
  return { ...paid, status: status.value, paymentStatus: 'succeeded', paymentStatusReason: null, paidAt: now };
}
