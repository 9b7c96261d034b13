import type { Noun } from '../ids.js';

/** What the host application can be told, each with the sentence that its documentation opens with. */
export const EVENT_TYPES = {
  'customer.created': 'A customer was made.',
  'customer.updated': 'A customer changed.',
  'customer.deleted': 'A customer was deleted or erased.',
  'customer.payment_provider_created': 'The customer exists in Stripe from now on, and the two are linked.',
  'customer.payment_provider_error': 'The customer could not be made in Stripe or linked there; the reason is in it.',
  'customer.payment_provider_removed': 'The customer no longer exists in Stripe, and the link is gone.',
  'payment_method.attached': 'A payment method can be used for the customer.',
  'payment_method.updated': 'A payment method changed, for example its expiry or whether it is the default.',
  'payment_method.detached': 'A payment method can no longer be used.',
  'payment_method.expiring': 'A card expires at the end of this month or the next.',
  'connection.connected': 'The connection to Stripe works.',
  'connection.updated': 'The connection changed, for example its status or what Stripe asks for.',
  'connection.lost': 'The connection to Stripe was lost: collection has stopped until somebody reconnects.',
  'connection.disconnected': 'An operator disconnected Stripe.',
  'invoice.created': 'A draft was made.',
  'invoice.updated': 'A draft changed.',
  'invoice.finalized': 'The invoice got its number and can no longer be changed.',
  'invoice.payment_status_updated': 'The collection of the invoice went a step on, for better or worse.',
  'invoice.payment_failure': 'Stripe could not collect the invoice; code, message and request id are in it.',
  'invoice.paid': 'Nothing is due on the invoice any more.',
  'invoice.overdue': 'The due date of the invoice has passed.',
  'invoice.overpaid': 'More money arrived than was due; what is over is refunded or kept as credit.',
  'invoice.voided': 'The invoice is not owed and never was.',
  'invoice.marked_uncollectible': 'Nobody expects the invoice to be paid any more.',
  'payment.created': 'An attempt to collect an invoice was opened.',
  'payment.processing': 'Stripe has the attempt, and the bank has not decided yet.',
  'payment.requires_action': 'The payer must confirm the payment; the link to do so is in it.',
  'payment.succeeded': 'An attempt brought the money.',
  'payment.failed': 'An attempt brought no money.',
  'payment.canceled': 'An attempt was withdrawn before it brought money.',
  'refund.created': 'Money is on its way back.',
  'refund.succeeded': 'The money went back.',
  'refund.failed': 'The money could not go back and is with us again.',
  'refund.reopened': 'A refund that was said to have failed was made at Stripe all the same.',
  'credit_note.issued': 'A part of an invoice is no longer owed, or is owed back.',
  'dispute.created': 'A payer contests a payment; Stripe has taken the money out.',
  'dispute.closed': 'A contest was decided.',
  'webhook_endpoint.disabled': 'An endpoint of yours was switched off: it took nothing for days, or said it is gone.',
  'webhook_endpoint.test': 'Sent by hand to one endpoint, to see whether it is reached.',
} as const;

export type DomainEventType = keyof typeof EVENT_TYPES;

/** That something happened to an object. What the host is told about it is rendered when it is committed. */
export interface DomainEvent {
  readonly type: DomainEventType;
  readonly objectKind: Noun;
  readonly objectId: string;
  readonly customerId: string | null;
}
