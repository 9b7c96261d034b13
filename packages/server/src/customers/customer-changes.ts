import { type Customer, type DomainEvent, invariant, type PaymentMethod } from '@tollbridge/core';
import type { Actor, Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { customerToJson } from '../json/customer.js';
import { paymentMethodToJson } from '../json/payment-method.js';
import { customersTable } from '../store/customers.js';
import { paymentMethodsTable } from '../store/payment-methods.js';

export interface CustomerChange {
  readonly customer: Customer;
  /** What becomes of the customer's own row. */
  readonly write: 'insert' | 'update' | 'none';
  readonly addedMethods?: readonly PaymentMethod[];
  readonly changedMethods?: readonly PaymentMethod[];
  /** His methods as they were. */
  readonly methodsBefore?: readonly PaymentMethod[];
  readonly events: readonly DomainEvent[];
  /** Who caused it, where nobody asked: a request writes its own entry into the audit log. */
  readonly cause?: { readonly actor: Actor; readonly before: Customer };
}

/** The work of this program itself, which nobody asked for by name. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', id: null, address: null, requestId: null };

/** Something happened in Stripe, on the account behind this connection. */
export const stripeActor = (connectionId: string): Actor => ({
  kind: 'stripe',
  id: connectionId,
  address: null,
  requestId: null,
});

/** Takes what was decided about a customer and his payment methods into a commit. */
export function addCustomerChange(context: Context, changes: Changes, change: CustomerChange): Changes {
  const { customer, addedMethods = [], changedMethods = [], events } = change;
  if (change.write === 'insert') changes.insert(customersTable, customer);
  if (change.write === 'update') changes.update(customersTable, customer);
  changes.insert(paymentMethodsTable, ...addedMethods).update(paymentMethodsTable, ...changedMethods);
  noteCause(context, changes, change);
  return addDecided(context, changes, customer.environmentId, { postings: [], events }, (event) => {
    const told = afterOf(change, event);
    invariant(told !== null, 'an event about a payment method comes with the method');
    return told;
  });
}

/** One entry for each thing that happened to him or his methods (ENV-6). */
function noteCause(context: Context, changes: Changes, change: CustomerChange): void {
  const { customer, events, cause } = change;
  if (cause === undefined) return;
  for (const event of events) {
    const { type: action, objectKind, objectId } = event;
    changes.note({
      environmentId: customer.environmentId,
      id: context.newId('auditEntry'),
      actor: cause.actor,
      action,
      objectKind,
      objectId,
      before: beforeOf(change, cause.before, event),
      after: afterOf(change, event),
    });
  }
}

function beforeOf({ methodsBefore = [] }: CustomerChange, before: Customer, event: DomainEvent): unknown {
  if (event.objectKind === 'customer') return customerToJson(before);
  const method = methodsBefore.find(({ id }) => id === event.objectId);
  return method === undefined ? null : paymentMethodToJson(method, before.defaultPaymentMethodId);
}

function afterOf(change: CustomerChange, event: DomainEvent): unknown {
  const { customer, addedMethods = [], changedMethods = [], methodsBefore = [] } = change;
  if (event.objectKind === 'customer') return customerToJson(customer);
  const methods = [...changedMethods, ...addedMethods, ...methodsBefore];
  const method = methods.find(({ id }) => id === event.objectId);
  return method === undefined ? null : paymentMethodToJson(method, customer.defaultPaymentMethodId);
}
