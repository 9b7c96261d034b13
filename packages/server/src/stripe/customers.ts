import {
  type Address,
  err,
  instantOf,
  MILLISECONDS_PER_SECOND,
  ok,
  type Result,
  type SeenPaymentMethod,
  type SeenTwin,
  STAMP_CUSTOMER,
  STAMP_ENVIRONMENT,
  type StripeCustomerFields,
  type StripeCustomerPush,
} from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

const PAGE_LIMIT = 100;
/** Nobody has a thousand methods attached; beyond it we say that we do not know them all. */
const METHOD_PAGES_MAX = 10;
/** The newest customers that are looked through for one that an unanswered request may have made. */
const SEARCH_PAGES_MAX = 100;

/** A customer as Stripe holds it now. */
export type StripeTwin =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'present'; readonly livemode: boolean; readonly seen: SeenTwin };

/** Makes a customer. The same key with the same fields makes one, however often it is sent. */
export async function createStripeCustomer(
  stripe: StripeGateway,
  access: StripeAccess,
  request: { readonly fields: StripeCustomerFields; readonly idempotencyKey: string },
): Promise<Result<{ readonly id: string }, StripeFailure>> {
  const { fields, idempotencyKey } = request;
  const params: Stripe.CustomerCreateParams = {
    metadata: { ...fields.metadata },
    ...(fields.name === null ? {} : { name: fields.name }),
    ...(fields.email === null ? {} : { email: fields.email }),
    ...(fields.phone === null ? {} : { phone: fields.phone }),
    ...(fields.address === null ? {} : { address: addressToStripe(fields.address) }),
  };
  return withId(await stripe.call(access, (client) => client.customers.create(params, { idempotencyKey })));
}

export async function updateStripeCustomer(
  stripe: StripeGateway,
  access: StripeAccess,
  request: { readonly id: string; readonly push: StripeCustomerPush; readonly idempotencyKey: string },
): Promise<Result<{ readonly id: string }, StripeFailure>> {
  const { id, push, idempotencyKey } = request;
  const { address, metadata, ...texts } = push;
  const params: Stripe.CustomerUpdateParams = {
    ...texts,
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(address === undefined ? {} : { address: address === '' ? '' : addressToStripe(address) }),
  };
  return withId(await stripe.call(access, (client) => client.customers.update(id, params, { idempotencyKey })));
}

/** Makes an attached method the one that invoices and we ourselves take. */
export async function setStripeDefaultMethod(
  stripe: StripeGateway,
  access: StripeAccess,
  request: { readonly id: string; readonly methodId: string; readonly idempotencyKey: string },
): Promise<Result<{ readonly id: string }, StripeFailure>> {
  const { id, methodId, idempotencyKey } = request;
  const params: Stripe.CustomerUpdateParams = { invoice_settings: { default_payment_method: methodId } };
  return withId(await stripe.call(access, (client) => client.customers.update(id, params, { idempotencyKey })));
}

/** Deletes the customer with everything Stripe keeps of it; one that is gone already counts as deleted. */
export async function deleteStripeCustomer(
  stripe: StripeGateway,
  access: StripeAccess,
  id: string,
): Promise<Result<null, StripeFailure>> {
  const deleted = await stripe.call(access, (client) => client.customers.del(id));
  return deleted.ok || deleted.error.kind === 'missing' ? ok(null) : deleted;
}

/** The customer with its attached payment methods. */
export async function fetchTwin(
  stripe: StripeGateway,
  access: StripeAccess,
  id: string,
): Promise<Result<StripeTwin, StripeFailure>> {
  const customer = await stripe.call(access, (client) => client.customers.retrieve(id));
  if (!customer.ok) return customer;
  if (customer.value.deleted === true) return ok({ kind: 'deleted' });
  const { livemode, invoice_settings: settings } = customer.value;
  if (customer.value.id !== id || settings === undefined) return err(strangeAnswer('a customer'));
  const methods = await fetchMethods(stripe, access, id);
  if (!methods.ok) return methods;
  const standard = settings.default_payment_method;
  const defaultStripeId = typeof standard === 'string' ? standard : (standard?.id ?? null);
  return ok({ kind: 'present', livemode, seen: { defaultStripeId, ...methods.value } });
}

/** What of our fields stands in Stripe now. */
export async function fetchStripeFields(
  stripe: StripeGateway,
  access: StripeAccess,
  id: string,
): Promise<Result<StripeCustomerFields | 'deleted', StripeFailure>> {
  const customer = await stripe.call(access, (client) => client.customers.retrieve(id));
  if (!customer.ok) return customer;
  if (customer.value.deleted === true) return ok('deleted');
  const { name = null, email, phone = null, address = null, metadata } = customer.value;
  if (customer.value.id !== id || metadata === undefined) return err(strangeAnswer('a customer'));
  return ok({ name, email, phone, address: address === null ? null : addressFromStripe(address), metadata });
}

async function fetchMethods(
  stripe: StripeGateway,
  access: StripeAccess,
  customerId: string,
): Promise<Result<Omit<SeenTwin, 'defaultStripeId'>, StripeFailure>> {
  const methods: SeenPaymentMethod[] = [];
  let after: string | undefined;
  for (let page = 0; page < METHOD_PAGES_MAX; page++) {
    const params = { limit: PAGE_LIMIT, ...(after === undefined ? {} : { starting_after: after }) };
    const listed = await stripe.call(access, (client) => client.customers.listPaymentMethods(customerId, params));
    if (!listed.ok) return listed;
    if (!Array.isArray(listed.value.data)) return err(strangeAnswer('a list of payment methods'));
    methods.push(...listed.value.data.map(methodFromStripe));
    if (!listed.value.has_more) return ok({ methods, isComplete: true });
    after = listed.value.data.at(-1)?.id;
  }
  return ok({ methods, isComplete: false });
}

export function methodFromStripe(method: Stripe.PaymentMethod): SeenPaymentMethod {
  const { card } = method;
  return {
    stripeId: method.id,
    type: method.type,
    brand: card?.brand ?? method.us_bank_account?.bank_name ?? null,
    last4: card?.last4 ?? method.sepa_debit?.last4 ?? method.us_bank_account?.last4 ?? method.bacs_debit?.last4 ?? null,
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
    createdAt: instantOf(method.created * MILLISECONDS_PER_SECOND),
  };
}

export interface StampSearch {
  readonly environmentId: string;
  readonly customerId: string;
  /** Nothing of ours was sent before this: older customers need not be looked at. In seconds of Stripe's clock. */
  readonly notBeforeSeconds: number;
}

/**
 * The customer that carries our stamps, for when it is unknown whether an earlier request made it. By listing, which
 * shows a customer at once; Stripe's search lags behind and is no proof of absence
 * (https://docs.stripe.com/search#data-freshness). `unknown` when there were too many to look through.
 */
export async function findStampedCustomer(
  stripe: StripeGateway,
  access: StripeAccess,
  search: StampSearch,
): Promise<Result<{ readonly id: string } | 'none' | 'unknown', StripeFailure>> {
  let after: string | undefined;
  for (let page = 0; page < SEARCH_PAGES_MAX; page++) {
    const params = { limit: PAGE_LIMIT, ...(after === undefined ? {} : { starting_after: after }) };
    const listed = await stripe.call(access, (client) => client.customers.list(params));
    if (!listed.ok) return listed;
    if (!Array.isArray(listed.value.data)) return err(strangeAnswer('a list of customers'));
    const found = listed.value.data.find(
      ({ metadata }) =>
        metadata[STAMP_CUSTOMER] === search.customerId && metadata[STAMP_ENVIRONMENT] === search.environmentId,
    );
    if (found !== undefined) return ok({ id: found.id });
    const last = listed.value.data.at(-1);
    if (!listed.value.has_more || last === undefined || last.created < search.notBeforeSeconds) return ok('none');
    after = last.id;
  }
  return ok('unknown');
}

const addressFromStripe = ({
  line1,
  line2,
  city,
  state,
  country,
  postal_code: postalCode,
}: Stripe.Address): Address => ({
  line1,
  line2,
  city,
  postalCode,
  state,
  country,
});

function addressToStripe(address: Address): Stripe.AddressParam {
  const { line1, line2, city, state, country, postalCode } = address;
  const parts = { line1, line2, city, state, country, postal_code: postalCode };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
}

/** The SDK gives a foreign page for success when it is JSON without an error; a customer without an id is none. */
function withId(
  answer: Result<{ readonly id: string }, StripeFailure>,
): Result<{ readonly id: string }, StripeFailure> {
  if (!answer.ok) return answer;
  const { id } = answer.value;
  return typeof id === 'string' && id !== '' ? ok({ id }) : err(strangeAnswer('a customer'));
}
