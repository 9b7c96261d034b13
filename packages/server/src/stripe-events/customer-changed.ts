import type { Customer } from '@tollbridge/core';
import type { Context } from '../context.js';
import { mirrorCustomer } from '../customers/customer-mirror.js';
import { findCustomer, findCustomerByProviderId } from '../store/customers.js';
import { findPaymentMethodByStripeId } from '../store/payment-methods.js';
import type { StripeEvent, StripeEventHandler, StripeEventResult } from '../stripe-event-handlers.js';

/** A customer changed or went away in Stripe: `customer.updated`, `customer.deleted`. */
export const customerChanged: StripeEventHandler = async (context, event) =>
  event.objectId === null ? { kind: 'foreign' } : mirrorTwinOf(context, event, event.objectId);

/** A payment method came, changed or went, or a setup put one there. */
export const paymentMethodChanged: StripeEventHandler = async (context, event) => {
  const { customer } = event.object;
  if (typeof customer === 'string') return mirrorTwinOf(context, event, customer);
  // Of a detached method Stripe no longer says whose it was; we know.
  if (event.objectId === null) return { kind: 'foreign' };
  const reference = { environmentId: event.environmentId, connectionId: event.connection.id, stripeId: event.objectId };
  const method = await findPaymentMethodByStripeId(context.db, reference);
  if (method === null) return { kind: 'foreign' };
  return mirrorHim(context, event, await findCustomer(context.db, event.environmentId, method.customerId));
};

async function mirrorTwinOf(
  context: Context,
  event: StripeEvent,
  providerCustomerId: string,
): Promise<StripeEventResult> {
  const { environmentId, connection } = event;
  const reference = { environmentId, connectionId: connection.id, providerCustomerId };
  return mirrorHim(context, event, await findCustomerByProviderId(context.db, reference));
}

/** The event is only the sign to look: what counts is what Stripe holds now (EVT-3). */
async function mirrorHim(context: Context, event: StripeEvent, customer: Customer | null): Promise<StripeEventResult> {
  if (customer === null || customer.deletedAt !== null || customer.providerCustomerId === null)
    return { kind: 'foreign' };
  if (customer.connectionId !== event.connection.id) return { kind: 'foreign' };
  const { connection, access } = event;
  if (access === null)
    return { kind: 'later', code: 'connection_disconnected', message: 'the connection to Stripe has no keys' };
  const mirrored = await mirrorCustomer(context, customer, { connection, access });
  if (mirrored.ok) return { kind: 'applied', changes: mirrored.value };
  return { kind: 'later', code: mirrored.error.code ?? mirrored.error.kind, message: mirrored.error.message };
}
