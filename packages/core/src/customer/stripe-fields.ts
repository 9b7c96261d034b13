import type { Address } from '../legal-entity/address.js';
import type { Customer, StripeCustomerFields, StripeFieldsPushed, StripeFieldsTouched } from './customer.js';

/** By these stamps anybody finds the way back from an object in Stripe to the one of ours. */
export const STAMP_ENVIRONMENT = 'tollbridge_environment';
export const STAMP_CUSTOMER = 'tollbridge_customer';
export const STAMP_EXTERNAL_ID = 'external_id';
const STAMPS = 3;

/** Stripe keeps 50 keys of metadata (https://docs.stripe.com/api/metadata); three are our stamps. */
export const CUSTOMER_METADATA_KEYS_MAX = 50 - STAMPS;

/** Stripe refuses a longer one (https://docs.stripe.com/api/customers/create, `maxLength` in its OpenAPI file). */
export const CUSTOMER_NAME_LENGTH_MAX = 256;

/** What Stripe shall hold of the customer: his own data and our stamps, which win over keys of the same name. */
export function stripeFieldsOf(customer: Customer): StripeCustomerFields {
  return {
    name: customer.name,
    email: customer.emails[0] ?? null,
    phone: customer.phone,
    address: customer.address,
    metadata: {
      ...customer.metadata,
      [STAMP_EXTERNAL_ID]: customer.externalId,
      [STAMP_ENVIRONMENT]: customer.environmentId,
      [STAMP_CUSTOMER]: customer.id,
    },
  };
}

/** A change to send: a field that is left out stays as it is in Stripe, an empty one is emptied there. */
export interface StripeCustomerPush {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly address?: Address | '';
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * What must be sent so that Stripe holds `wanted` where it was last sent `pushed`; null when there is nothing to send.
 * Only what changed here is sent, so that what an operator wrote in Stripe's dashboard stands.
 *
 * Errors: none.
 */
export function stripePushOf(wanted: StripeCustomerFields, pushed: StripeFieldsPushed): StripeCustomerPush | null {
  const unanswered = pushed.unanswered ?? NOTHING_TOUCHED;
  const metadata = metadataPushOf(wanted.metadata, pushed.metadata, unanswered.metadataKeys);
  const stands = (field: StripeFieldsTouched['fields'][number], isSame: boolean): boolean =>
    isSame && !unanswered.fields.includes(field);
  const push: StripeCustomerPush = {
    ...(stands('name', wanted.name === pushed.name) ? {} : { name: wanted.name ?? '' }),
    ...(stands('email', wanted.email === pushed.email) ? {} : { email: wanted.email ?? '' }),
    ...(stands('phone', wanted.phone === pushed.phone) ? {} : { phone: wanted.phone ?? '' }),
    ...(stands('address', isSameAddress(wanted.address, pushed.address)) ? {} : { address: wanted.address ?? '' }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
  return Object.keys(push).length === 0 ? null : push;
}

const NOTHING_TOUCHED: StripeFieldsTouched = { fields: [], metadataKeys: [] };

/**
 * What was pushed, with a push that is about to be sent: until its answer it may stand at Stripe or not, whatever becomes of
 * it here, so that a value that is taken back meanwhile is sent all the same. Errors: none.
 */
export function withUnanswered(pushed: StripeFieldsPushed, push: StripeCustomerPush): StripeFieldsPushed {
  const [before, now] = [pushed.unanswered ?? NOTHING_TOUCHED, touchedBy(push)];
  const fields = [...new Set([...before.fields, ...now.fields])];
  return {
    ...pushed,
    unanswered: { fields, metadataKeys: [...new Set([...before.metadataKeys, ...now.metadataKeys])] },
  };
}

/** The names of what a push writes. Errors: none. */
export const touchedBy = (push: StripeCustomerPush): StripeFieldsTouched => ({
  fields: (['name', 'email', 'phone', 'address'] as const).filter((field) => push[field] !== undefined),
  metadataKeys: Object.keys(push.metadata ?? {}),
});

/**
 * What must be sent so that Stripe, where `standing` stands, holds `wanted` in everything that was touched; null when it
 * does. What was not touched stands as it is, whoever wrote it.
 *
 * Errors: none.
 */
export function repairOf(
  wanted: StripeCustomerFields,
  standing: StripeCustomerFields,
  touched: StripeFieldsTouched,
): StripeCustomerPush | null {
  const of = (field: StripeFieldsTouched['fields'][number]) => (touched.fields.includes(field) ? wanted : standing);
  const isTouched = ([key]: readonly [string, string]): boolean => touched.metadataKeys.includes(key);
  const kept = Object.entries(standing.metadata).filter((entry) => !isTouched(entry));
  const metadata = Object.fromEntries([...kept, ...Object.entries(wanted.metadata).filter(isTouched)]);
  const repaired: StripeCustomerFields = {
    name: of('name').name,
    email: of('email').email,
    phone: of('phone').phone,
    address: of('address').address,
    metadata,
  };
  return stripePushOf(repaired, standing);
}

/** Stripe merges metadata; an empty value removes its key. */
function metadataPushOf(
  wanted: Readonly<Record<string, string>>,
  pushed: Readonly<Record<string, string>>,
  unanswered: readonly string[],
): Record<string, string> {
  const changed = Object.entries(wanted).filter(([key, value]) => pushed[key] !== value || unanswered.includes(key));
  const removed = [...Object.keys(pushed), ...unanswered].filter((key) => !(key in wanted));
  return Object.fromEntries([...changed, ...removed.map((key): [string, string] => [key, ''])]);
}

export function isSameAddress(one: Address | null, other: Address | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.line1 === other.line1 &&
    one.line2 === other.line2 &&
    one.city === other.city &&
    one.postalCode === other.postalCode &&
    one.state === other.state &&
    one.country === other.country
  );
}
