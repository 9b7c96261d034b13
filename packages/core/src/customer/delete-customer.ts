import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import type { Instant } from '../time/instant.js';
import { type Customer, customerEvent } from './customer.js';
import type { PaymentMethod } from './payment-method.js';
import { detachAll } from './provider-link.js';

export interface CustomerDeletion {
  readonly customer: Customer;
  readonly methods: readonly PaymentMethod[];
  readonly inStripe: 'keep' | 'delete';
  /** Blanks what says who he is; the books keep their amounts, and the invoices what the law wants on them. */
  readonly erase: boolean;
  readonly now: Instant;
}

export interface CustomerDeleted {
  readonly customer: Customer;
  readonly paymentMethods: readonly PaymentMethod[];
  readonly events: readonly DomainEvent[];
  /** The twin, or what may become one, is to be deleted in Stripe. */
  readonly isToBeDeletedInStripe: boolean;
}

/**
 * Deletes or erases. Erasing is possible after deleting too, and both twice change nothing more.
 * While his making in Stripe is under way, it stays so until Stripe was asked what came of it: he is not made any more,
 * but if he was, his twin is known, and deleted there if that is wanted.
 *
 * Errors: none; whether open invoices forbid it is asked before.
 */
export function deleteCustomer({ customer, methods, inStripe, erase, now }: CustomerDeletion): CustomerDeleted {
  const mayHaveTwin = customer.providerCustomerId !== null || customer.providerBegunAt !== null;
  const isToBeDeletedInStripe = inStripe === 'delete' && mayHaveTwin;
  const ended: Customer = {
    ...customer,
    deletedAt: customer.deletedAt ?? now,
  };
  const deleted = erase ? withoutPerson(ended) : ended;
  const isNews = customer.deletedAt === null || JSON.stringify(deleted) !== JSON.stringify(customer);
  const detached = detachAll(methods, now);
  return {
    customer: deleted,
    paymentMethods: detached.paymentMethods,
    events: [...detached.events, ...(isNews ? [customerEvent(deleted, 'customer.deleted')] : [])],
    isToBeDeletedInStripe,
  };
}

function withoutPerson(customer: Customer): Customer {
  invariant(customer.deletedAt !== null, 'only a deleted customer is erased');
  return {
    ...customer,
    // The host's own id may be an email address; ours says nothing about anybody.
    externalId: `erased_${customer.id}`,
    name: null,
    emails: [],
    phone: null,
    address: null,
    taxIds: [],
    metadata: {},
    providerPushed: null,
  };
}
