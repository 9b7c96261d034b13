import { mayCollect } from '../connection/capabilities.js';
import type { Connection } from '../connection/connection.js';
import type { Customer } from '../customer/customer.js';
import { amountDueMinor } from '../invoice/amount-due.js';
import type { Invoice } from '../invoice/invoice.js';
import type { Payment } from '../payment/payment.js';
import type { PendingReason } from './plan-collection.js';

/** Why an attempt that was committed to must not be made at Stripe any more. */
export type NotAnyMore = PendingReason | 'invoice_not_open' | 'amount_changed';

export interface LastLookFacts {
  readonly invoice: Invoice;
  readonly payment: Payment;
  /** Null when the customer was deleted. */
  readonly customer: Customer | null;
  /** The one that the attempt goes through. */
  readonly connection: Connection;
}

/**
 * The last look before money is asked for (INV-7): between the decision and the call, or its repetition, hours may have
 * passed. Null when the attempt may still be made as it was decided. A contest that began meanwhile does not stop what
 * was decided before it.
 *
 * Errors: none; what stands against it is the answer.
 */
export function lastLook({ invoice, payment, customer, connection }: LastLookFacts): NotAnyMore | null {
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  if (!isOpen || invoice.openPaymentId !== payment.id) return 'invoice_not_open';
  if (amountDueMinor(invoice) !== payment.amountMinor) return 'amount_changed';
  if (customer === null || customer.deletedAt !== null) return 'customer_deleted';
  if (!isStillHisTwin(customer, payment)) return 'customer_not_linked';
  const may = mayCollect(connection);
  return may.ok ? null : may.error.code;
}

/** A page may wait for the payer's twin to be made; everything else names the twin it charges. */
function isStillHisTwin(customer: Customer, payment: Payment): boolean {
  if (payment.stripeCustomerId === null) return payment.kind === 'hosted';
  return customer.connectionId === payment.connectionId && customer.providerCustomerId === payment.stripeCustomerId;
}
