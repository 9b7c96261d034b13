import type { Connection } from '../connection/connection.js';
import type { DomainEvent } from '../event/domain-event.js';
import type { Address, TaxId } from '../legal-entity/address.js';
import type { Currency } from '../money/currency.js';
import { err, ok, type Result } from '../result.js';
import { earlierOf, type Instant } from '../time/instant.js';
import { type Customer, customerEvent } from './customer.js';
import { PROVIDER_CUSTOMER_DELETED } from './provider-link.js';
import { isSameAddress, stripeFieldsOf, stripePushOf } from './stripe-fields.js';

/** What somebody wants of a customer. A field that is not there stays as it is; a null one is emptied. */
export interface CustomerInput {
  readonly name?: string | null | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly phone?: string | null | undefined;
  readonly address?: Address | null | undefined;
  readonly taxIds?: readonly TaxId[] | undefined;
  readonly currency?: Currency | null | undefined;
  readonly timeZone?: string | null | undefined;
  /** Merged key by key; an empty value removes its key, as in Stripe. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly paymentProvider?: 'stripe' | null | undefined;
  /** Whose twin he is in Stripe from now on; null unlinks him. That it exists there was checked. */
  readonly providerCustomerId?: string | null | undefined;
  readonly syncWithProvider?: boolean | null | undefined;
}

export interface CustomerWriting {
  /** Null makes a new customer. */
  readonly existing: Customer | null;
  readonly input: CustomerInput;
  /** The connection he belongs to from now on: the one named, else his own, else the default; null when there is none. */
  readonly connection: Pick<Connection, 'id' | 'createCustomers'> | null;
  /** For a new customer. */
  readonly identity: { readonly environmentId: string; readonly id: string; readonly externalId: string };
  readonly now: Instant;
  /** The process's clock: Stripe's memory for idempotency keys follows no environment's. */
  readonly machineNow: Instant;
}

export interface CustomerWritten {
  readonly customer: Customer;
  readonly events: readonly DomainEvent[];
  /** He is to be made in Stripe. */
  readonly isToBeCreated: boolean;
  /** Stripe holds older data of him than we do. */
  readonly isToBePushed: boolean;
  /** The twin he had before, when it is not the one he has now: its payment methods are not his any more. */
  readonly isTwinReplaced: boolean;
}

export type CustomerWriteRefused =
  | { readonly code: 'payment_provider_not_connected' }
  | { readonly code: 'customer_creation_under_way' }
  | { readonly code: 'customer_connection_fixed'; readonly connectionId: string };

/**
 * Decides an upsert or a change. Whether he is made in Stripe follows `syncWithProvider`, and where that is null the
 * connection's switch; the switch is looked at when he is made, and later only when a write names `payment_provider` or
 * `sync_with_provider`, so that turning it on touches nobody by itself (CUS-2). A write after a failure tries again.
 *
 * Errors: `payment_provider_not_connected` when Stripe is asked for and the environment has no connection;
 * `customer_creation_under_way` when the link is changed while Stripe has not yet said whether the twin exists;
 * `customer_connection_fixed` when a linked customer is moved to another connection without naming his twin there.
 */
export function writeCustomer(writing: CustomerWriting): Result<CustomerWritten, CustomerWriteRefused> {
  const { existing, input } = writing;
  const base = existing ?? newCustomer(writing);
  const written = withProvider(withData(base, input), writing);
  const refused = refusalOf(base, written, writing);
  if (refused !== null) return err(refused);
  const isToBeCreated = wantsCreation(base, written, writing);
  const isTwinReplaced = base.providerCustomerId !== null && base.providerCustomerId !== written.providerCustomerId;
  const customer = isToBeCreated ? begunAgain(written, writing) : written;
  const isChanged = existing === null || !isSameCustomer(base, customer);
  return ok({
    customer,
    events: isChanged ? [customerEvent(customer, existing === null ? 'customer.created' : 'customer.updated')] : [],
    isToBeCreated,
    isToBePushed: isPushNeeded(customer),
    isTwinReplaced,
  });
}

/** Whether Stripe was last sent something else than what it shall hold; false while he has no twin. Errors: none. */
export function isPushNeeded(customer: Customer): boolean {
  if (customer.providerCustomerId === null || customer.providerPushed === null) return false;
  return stripePushOf(stripeFieldsOf(customer), customer.providerPushed) !== null;
}

function newCustomer({ identity, now, connection }: CustomerWriting): Customer {
  return {
    ...identity,
    name: null,
    emails: [],
    phone: null,
    address: null,
    taxIds: [],
    currency: null,
    timeZone: null,
    metadata: {},
    paymentProvider: connection === null ? null : 'stripe',
    connectionId: connection?.id ?? null,
    providerCustomerId: null,
    syncWithProvider: null,
    providerError: null,
    defaultPaymentMethodId: null,
    providerGeneration: 0,
    providerBegunAt: null,
    providerSearchFromAt: null,
    providerKeySentAt: null,
    providerKeySpentAt: null,
    providerPushed: null,
    deletedAt: null,
    version: 1,
    createdAt: now,
  };
}

const given = <Value>(value: Value | undefined, before: Value): Value => (value === undefined ? before : value);

function withData(base: Customer, input: CustomerInput): Customer {
  return {
    ...base,
    name: given(input.name, base.name),
    emails: given(input.emails, base.emails),
    phone: given(input.phone, base.phone),
    address: given(input.address, base.address),
    taxIds: given(input.taxIds, base.taxIds),
    currency: given(input.currency, base.currency),
    timeZone: given(input.timeZone, base.timeZone),
    metadata: mergedMetadata(base.metadata, input.metadata ?? {}),
    syncWithProvider: given(input.syncWithProvider, base.syncWithProvider),
  };
}

function mergedMetadata(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== ''));
}

function withProvider(customer: Customer, { input, connection }: CustomerWriting): Customer {
  const wantsStripe = typeof input.providerCustomerId === 'string' || input.syncWithProvider === true;
  const paymentProvider = given(input.paymentProvider, wantsStripe ? 'stripe' : customer.paymentProvider);
  const twin = paymentProvider === null ? null : given(input.providerCustomerId, customer.providerCustomerId);
  const connectionId = paymentProvider === null ? null : (connection?.id ?? customer.connectionId);
  const isSameTwin = twin === customer.providerCustomerId && connectionId === customer.connectionId;
  const placed = { ...customer, paymentProvider, connectionId };
  if (isSameTwin) return placed;
  // What an operator has of him in Stripe stands until it is changed here: only the stamps are sent at once.
  const pushed = twin === null ? null : { ...stripeFieldsOf(placed), metadata: {} };
  return {
    ...placed,
    providerCustomerId: twin,
    providerPushed: pushed,
    providerError: null,
    defaultPaymentMethodId: null,
  };
}

function refusalOf(
  base: Customer,
  written: Customer,
  { input, existing }: CustomerWriting,
): CustomerWriteRefused | null {
  const asksForStripe =
    input.paymentProvider === 'stripe' ||
    typeof input.providerCustomerId === 'string' ||
    input.syncWithProvider === true;
  if (asksForStripe && written.connectionId === null) return { code: 'payment_provider_not_connected' };
  if (existing === null) return null;
  const isMoved = base.connectionId !== written.connectionId || base.providerCustomerId !== written.providerCustomerId;
  // Until Stripe has said whether the twin exists, letting go of it could leave one there that nobody knows.
  if (isMoved && base.providerBegunAt !== null) return { code: 'customer_creation_under_way' };
  const isCarriedOver = written.providerCustomerId !== null && written.providerCustomerId === base.providerCustomerId;
  if (isCarriedOver && base.connectionId !== null && base.connectionId !== written.connectionId)
    return { code: 'customer_connection_fixed', connectionId: base.connectionId };
  return null;
}

function wantsCreation(base: Customer, written: Customer, { existing, input, connection }: CustomerWriting): boolean {
  if (written.paymentProvider === null || connection === null) return false;
  if (written.providerCustomerId !== null) return false;
  // Under way already; only where the work gave up without an answer is it taken up again.
  if (written.providerBegunAt !== null) return existing !== null && base.providerError !== null;
  if (!(written.syncWithProvider ?? connection.createCustomers)) return false;
  if (existing === null) return true;
  if (input.syncWithProvider === true || input.paymentProvider === 'stripe') return true;
  // A twin that somebody deleted in Stripe comes back only when a write says so.
  return base.providerError !== null && base.providerError.code !== PROVIDER_CUSTOMER_DELETED;
}

/** What was begun goes on under its key: Stripe may have made him without our hearing of it. */
function begunAgain(customer: Customer, times: Pick<CustomerWriting, 'now' | 'machineNow'>): Customer {
  return customer.providerBegunAt === null ? begun(customer, times) : { ...customer, providerError: null };
}

/** Creation begins: under a key never used before, with a request that stays the same each time it is sent. */
export function begun(
  customer: Customer,
  { now, machineNow }: { readonly now: Instant; readonly machineNow: Instant },
): Customer {
  return {
    ...customer,
    providerGeneration: customer.providerGeneration + 1,
    providerBegunAt: machineNow,
    providerSearchFromAt: earlierOf(now, machineNow),
    providerKeySentAt: null,
    providerKeySpentAt: null,
    providerPushed: stripeFieldsOf(customer),
    providerError: null,
  };
}

function isSameCustomer(one: Customer, other: Customer): boolean {
  const parts = (customer: Customer): string =>
    JSON.stringify({ ...customer, address: null, metadata: sorted(customer.metadata) });
  return parts(one) === parts(other) && isSameAddress(one.address, other.address);
}

const sorted = (metadata: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
