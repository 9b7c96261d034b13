import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import type { Address, TaxId } from '../legal-entity/address.js';
import type { Currency } from '../money/currency.js';
import type { Instant } from '../time/instant.js';

/** Why the customer could not be made or kept in Stripe, in Stripe's words or, where it was not asked, in ours. */
export interface ProviderError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
}

/** What of a customer stands in Stripe too. */
export interface StripeCustomerFields {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Address | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What of a customer a push writes in Stripe, by name; of metadata the keys. */
export interface StripeFieldsTouched {
  readonly fields: readonly ('name' | 'email' | 'phone' | 'address')[];
  readonly metadataKeys: readonly string[];
}

/** What was sent to Stripe last and taken there. */
export interface StripeFieldsPushed extends StripeCustomerFields {
  /** What is being sent since, and may stand there or not: it is sent again until an answer says so. Left out when nothing is. */
  readonly unanswered?: StripeFieldsTouched;
}

/** Who pays: a person or a company in the host application, known by the host's own `externalId`. */
export interface Customer {
  readonly environmentId: string;
  readonly id: string;
  /** Unique among the customers of the environment that are not deleted. */
  readonly externalId: string;
  readonly name: string | null;
  readonly emails: readonly string[];
  readonly phone: string | null;
  readonly address: Address | null;
  readonly taxIds: readonly TaxId[];
  readonly currency: Currency | null;
  readonly timeZone: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Who collects from him; null when nobody does. */
  readonly paymentProvider: 'stripe' | null;
  readonly connectionId: string | null;
  /** His twin in Stripe; no two customers share one. */
  readonly providerCustomerId: string | null;
  /** Whether he is made in Stripe; null follows the connection's switch. */
  readonly syncWithProvider: boolean | null;
  readonly providerError: ProviderError | null;
  /** Our id of the method that is the default in Stripe. */
  readonly defaultPaymentMethodId: string | null;
  /** Counts the idempotency keys under which he is made in Stripe; the next is used only when the last brought nothing. */
  readonly providerGeneration: number;
  /** When making him in Stripe under this generation was decided; null while nobody wants it, or when it is done. */
  readonly providerBegunAt: Instant | null;
  /** The same moment by the earlier of both clocks: a twin made under this generation is no older at Stripe. */
  readonly providerSearchFromAt: Instant | null;
  /** When the first call under this generation was made, by the machine's clock; null while nothing was sent under it. */
  readonly providerKeySentAt: Instant | null;
  /** Since when nothing is sent under this generation any more, by the machine's clock; null while its key is of use. */
  readonly providerKeySpentAt: Instant | null;
  /** What was sent to Stripe last; while he is being made there, what that request says each time it is sent. */
  readonly providerPushed: StripeFieldsPushed | null;
  readonly deletedAt: Instant | null;
  readonly version: number;
  readonly createdAt: Instant;
}

/** That this happened to the customer. */
export function customerEvent(customer: Customer, type: DomainEventType): DomainEvent {
  return { type, objectKind: 'customer', objectId: customer.id, customerId: customer.id };
}
