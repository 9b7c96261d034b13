import { type DomainEvent, type Invoice, invariant, type Payment } from '@tollbridge/core';
import { invoiceToJson } from '../json/invoice.js';
import { paymentToJson } from '../json/payment.js';

export interface Told {
  readonly invoice: Invoice;
  readonly payment: Payment | null;
  /** The invoice's own page, where the payer can pay, confirm, or leave another card; null while there is none. */
  readonly paymentLink: string | null;
}

/** What the host is told about an invoice or an attempt, always with the way for the payer to go on. */
export const renderCollection =
  (told: Told) =>
  (event: DomainEvent): unknown => {
    const page = { payment_link: told.paymentLink };
    if (event.objectKind === 'invoice') return { ...invoiceToJson(told.invoice), ...page };
    invariant(told.payment?.id === event.objectId, 'an event about an attempt is told with that attempt');
    return { ...paymentToJson(told.payment), ...page };
  };
