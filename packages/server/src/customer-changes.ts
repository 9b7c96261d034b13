import { type Customer, type DomainEvent, invariant, type PaymentMethod } from '@tollbridge/core';
import type { Changes } from './changes.js';
import type { Context } from './context.js';
import { addDecided } from './decided.js';
import { customerToJson } from './json/customer.js';
import { paymentMethodToJson } from './json/payment-method.js';
import { customersTable } from './store/customers.js';
import { paymentMethodsTable } from './store/payment-methods.js';

export interface CustomerChange {
  readonly customer: Customer;
  /** What becomes of the customer's own row. */
  readonly write: 'insert' | 'update' | 'none';
  readonly addedMethods?: readonly PaymentMethod[];
  readonly changedMethods?: readonly PaymentMethod[];
  /** Others that an event is about, for what is told of them. */
  readonly otherMethods?: readonly PaymentMethod[];
  readonly events: readonly DomainEvent[];
}

/** Takes what was decided about a customer and his payment methods into a commit. */
export function addCustomerChange(context: Context, changes: Changes, change: CustomerChange): Changes {
  const { customer, addedMethods = [], changedMethods = [], otherMethods = [], events } = change;
  if (change.write === 'insert') changes.insert(customersTable, customer);
  if (change.write === 'update') changes.update(customersTable, customer);
  changes.insert(paymentMethodsTable, ...addedMethods).update(paymentMethodsTable, ...changedMethods);
  const methods = new Map([...otherMethods, ...addedMethods, ...changedMethods].map((method) => [method.id, method]));
  return addDecided(context, changes, customer.environmentId, { postings: [], events }, (event) => {
    if (event.objectKind === 'customer') return customerToJson(customer);
    const method = methods.get(event.objectId);
    invariant(method !== undefined, 'an event about a payment method comes with the method');
    return paymentMethodToJson(method, customer.defaultPaymentMethodId);
  });
}
