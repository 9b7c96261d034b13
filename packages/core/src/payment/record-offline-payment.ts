import type { DomainEvent } from '../event/domain-event.js';
import { amountDueMinor } from '../invoice/amount-due.js';
import type { Invoice } from '../invoice/invoice.js';
import { settleInvoice } from '../invoice/settle.js';
import { paymentOfflineRecorded } from '../ledger/payment-postings.js';
import { type LedgerTransaction, postingsOf } from '../ledger/posting.js';
import { err, ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { statusEvents } from './attempt.js';
import { newPayment, type Payment, paymentEvent } from './payment.js';

export interface OfflinePaymentAsked {
  readonly id: string;
  /** In minor units; null for all that is due. */
  readonly amountMinor: bigint | null;
  /** How a person refers to it, such as a transfer's text. */
  readonly reference: string | null;
}

export type OfflinePaymentRefused =
  | { readonly code: 'offline_payment_invoice_not_open'; readonly status: Invoice['status'] }
  | { readonly code: 'invoice_has_open_payment'; readonly paymentId: string }
  | { readonly code: 'offline_payment_amount_too_large'; readonly dueMinor: bigint };

export interface OfflinePaymentDecision {
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/**
 * Money that came outside Stripe pays the invoice, wholly or in part. What remains is collected as before.
 *
 * Errors: `offline_payment_invoice_not_open` unless money is due on it; `invoice_has_open_payment` while an attempt could
 * still bring the same money; `offline_payment_amount_too_large` above what is due.
 */
export function recordOfflinePayment(
  invoice: Invoice,
  asked: OfflinePaymentAsked,
  now: Instant,
): Result<OfflinePaymentDecision, OfflinePaymentRefused> {
  const dueMinor = amountDueMinor(invoice);
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  if (!isOpen || dueMinor <= 0n) return err({ code: 'offline_payment_invoice_not_open', status: invoice.status });
  if (invoice.openPaymentId !== null) {
    return err({ code: 'invoice_has_open_payment', paymentId: invoice.openPaymentId });
  }
  const amountMinor = asked.amountMinor ?? dueMinor;
  if (amountMinor > dueMinor) return err({ code: 'offline_payment_amount_too_large', dueMinor });
  const settlement = settleInvoice(invoice, { amountMinor, now });
  const payment = offlinePayment(invoice, { ...asked, amountMinor }, now);
  const { customerId, currency } = invoice;
  const { appliedMinor, wasUncollectible } = settlement;
  const fact = { paymentId: payment.id, customerId, currency, amountMinor, appliedMinor, wasUncollectible };
  return ok({
    payment,
    invoice: settlement.invoice,
    postings: postingsOf(paymentOfflineRecorded({ ...fact, occurredAt: now })),
    events: [
      paymentEvent(payment, 'payment.succeeded'),
      ...statusEvents(invoice, settlement.invoice.paymentStatus),
      ...settlement.events,
    ],
  });
}

function offlinePayment(
  invoice: Invoice,
  { id, amountMinor, reference }: OfflinePaymentAsked & { readonly amountMinor: bigint },
  now: Instant,
): Payment {
  const { environmentId, customerId, currency } = invoice;
  const nowhere = { connectionId: null, stripeCustomerId: null, stripePaymentMethodId: null };
  const facts = {
    environmentId,
    id,
    invoiceId: invoice.id,
    customerId,
    kind: 'offline',
    amountMinor,
    currency,
  } as const;
  return {
    ...newPayment({ ...facts, ...nowhere }, { now, machineNow: now }),
    status: 'succeeded',
    confirmations: 0,
    keyUsedAt: null,
    searchFromAt: null,
    appliedMinor: amountMinor,
    reference,
    succeededAt: now,
  };
}
