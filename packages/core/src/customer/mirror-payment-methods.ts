import type { DomainEvent } from '../event/domain-event.js';
import type { Instant } from '../time/instant.js';
import { type Customer, customerEvent } from './customer.js';
import { type PaymentMethod, paymentMethodEvent } from './payment-method.js';
import { usablePaymentMethod } from './usable-payment-method.js';

/** A payment method as Stripe holds it now. */
export type SeenPaymentMethod = Pick<
  PaymentMethod,
  'stripeId' | 'type' | 'brand' | 'last4' | 'expMonth' | 'expYear' | 'createdAt'
>;

export interface SeenTwin {
  /** Stripe's id of the default for invoices. */
  readonly defaultStripeId: string | null;
  readonly methods: readonly SeenPaymentMethod[];
  /** False when Stripe holds more than were read: then none is taken for detached. */
  readonly isComplete: boolean;
}

export interface Mirroring {
  readonly customer: Customer;
  /** Those of his that we know, and those seen that we know of anybody; detached ones too. */
  readonly known: readonly PaymentMethod[];
  readonly seen: SeenTwin;
  readonly now: Instant;
  readonly newId: () => string;
}

export interface Mirrored {
  readonly customer: Customer;
  readonly added: readonly PaymentMethod[];
  readonly changed: readonly PaymentMethod[];
  readonly events: readonly DomainEvent[];
  /** He can pay in a way he could not before: what is pending or failed is worth collecting (INV-4). */
  readonly isWorthCollecting: boolean;
}

/**
 * Makes our picture of a customer's payment methods what Stripe's is. Applied twice it changes nothing the second time.
 * No method is made the default here: the default is Stripe's, or there is none (CUS-6).
 *
 * Errors: none.
 */
export function mirrorPaymentMethods({ customer, known, seen, now, newId }: Mirroring): Mirrored {
  const knownByStripeId = new Map(known.map((method) => [method.stripeId, method]));
  const seenIds = new Set(seen.methods.map((method) => method.stripeId));
  const added = seen.methods
    .filter((method) => !knownByStripeId.has(method.stripeId))
    .map((method) => newMethod(customer, method, newId()));
  const updated = seen.methods.flatMap((method) => updateOf(customer, knownByStripeId.get(method.stripeId), method));
  const detached = known
    .filter((method) => seen.isComplete && method.detachedAt === null && !seenIds.has(method.stripeId))
    .map((method) => ({ ...method, detachedAt: now }));
  const changed = [...updated, ...detached];
  // A twin that was let go and linked again brings its methods back.
  const returned = updated.filter((method) => !isHis(customer, knownByStripeId.get(method.stripeId)));
  const stayed = updated.filter((method) => !returned.includes(method));
  const after = [...known.filter((method) => !changed.some(({ id }) => id === method.id)), ...changed, ...added];
  const standard = after.find((method) => method.stripeId === seen.defaultStripeId && method.detachedAt === null);
  const mirrored = { ...customer, defaultPaymentMethodId: standard?.id ?? null };
  const isCustomerChanged = mirrored.defaultPaymentMethodId !== customer.defaultPaymentMethodId;
  return {
    customer: mirrored,
    added,
    changed,
    events: [
      ...[...added, ...returned].map((method) => paymentMethodEvent(method, 'payment_method.attached')),
      ...[...stayed, ...newlyStandard({ customer, mirrored, after, updated })].map((method) =>
        paymentMethodEvent(method, 'payment_method.updated'),
      ),
      ...detached.map((method) => paymentMethodEvent(method, 'payment_method.detached')),
      ...(isCustomerChanged ? [customerEvent(mirrored, 'customer.updated')] : []),
    ],
    isWorthCollecting: isBetter(
      usablePaymentMethod(
        customer,
        known.filter((method) => isHis(customer, method)),
      ),
      usablePaymentMethod(mirrored, after),
    ),
  };
}

const isHis = (customer: Customer, method: PaymentMethod | undefined): boolean =>
  method !== undefined && method.customerId === customer.id && method.detachedAt === null;

function newMethod(customer: Customer, seen: SeenPaymentMethod, id: string): PaymentMethod {
  return {
    ...seen,
    environmentId: customer.environmentId,
    id,
    customerId: customer.id,
    connectionId: customer.connectionId ?? '',
    detachedAt: null,
    expiryAnnouncedAt: null,
    version: 1,
  };
}

function updateOf(customer: Customer, known: PaymentMethod | undefined, seen: SeenPaymentMethod): PaymentMethod[] {
  if (known === undefined) return [];
  const isSameExpiry = known.expMonth === seen.expMonth && known.expYear === seen.expYear;
  const isSameCard = known.brand === seen.brand && known.last4 === seen.last4 && known.type === seen.type;
  if (isSameExpiry && isSameCard && isHis(customer, known)) return [];
  // Another expiry is another thing to announce.
  const expiryAnnouncedAt = isSameExpiry ? known.expiryAnnouncedAt : null;
  return [{ ...known, ...seen, customerId: customer.id, detachedAt: null, expiryAnnouncedAt }];
}

interface DefaultChange {
  readonly customer: Customer;
  readonly mirrored: Customer;
  readonly after: readonly PaymentMethod[];
  readonly updated: readonly PaymentMethod[];
}

/** The old and the new default that were not told of anyway: whether a method is the default is part of it. */
function newlyStandard({ customer, mirrored, after, updated }: DefaultChange): PaymentMethod[] {
  if (customer.defaultPaymentMethodId === mirrored.defaultPaymentMethodId) return [];
  const ids = [customer.defaultPaymentMethodId, mirrored.defaultPaymentMethodId];
  return after.filter(
    (method) => method.detachedAt === null && ids.includes(method.id) && !updated.some(({ id }) => id === method.id),
  );
}

function isBetter(before: PaymentMethod | null, after: PaymentMethod | null): boolean {
  if (after === null) return false;
  if (before === null || before.id !== after.id) return true;
  return before.expMonth !== after.expMonth || before.expYear !== after.expYear || before.last4 !== after.last4;
}
