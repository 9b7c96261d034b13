import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { Instant } from '../time/instant.js';

/** A card or another way to pay that lies in Stripe; we keep what a person needs to recognise it. */
export interface PaymentMethod {
  readonly environmentId: string;
  readonly id: string;
  readonly customerId: string;
  readonly connectionId: string;
  readonly stripeId: string;
  /** Stripe's word, such as `card` or `sepa_debit`. */
  readonly type: string;
  readonly brand: string | null;
  readonly last4: string | null;
  /** 1 to 12; null where the type does not expire. */
  readonly expMonth: number | null;
  readonly expYear: number | null;
  /** Set once it cannot be used any more; Stripe never attaches it again. */
  readonly detachedAt: Instant | null;
  /** When the host was told that this expiry comes near. */
  readonly expiryAnnouncedAt: Instant | null;
  readonly version: number;
  /** When it was made in Stripe. */
  readonly createdAt: Instant;
}

/** That this happened to the payment method. */
export function paymentMethodEvent(method: PaymentMethod, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'paymentMethod', objectId: method.id, customerId: method.customerId };
}
