import type { Currency, Customer, PaymentMethod, ProviderError, StripeFieldsPushed } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { boolean, instant, integer, json, nullable, text, textArray } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { listPaymentMethodsOfCustomer } from './payment-methods.js';
import { fromRow, selectList, table } from './table.js';

export const customersTable = table<Customer>(
  'customers',
  {
    environmentId: text(),
    id: text(),
    externalId: text(),
    name: nullable(text()),
    emails: textArray(),
    phone: nullable(text()),
    address: json<Customer['address']>(),
    taxIds: json<Customer['taxIds']>(),
    currency: nullable(text<Currency>()),
    timeZone: nullable(text()),
    metadata: json<Customer['metadata']>(),
    paymentProvider: nullable(text<'stripe'>()),
    connectionId: nullable(text()),
    providerCustomerId: nullable(text()),
    syncWithProvider: nullable(boolean()),
    providerError: json<ProviderError | null>(),
    defaultPaymentMethodId: nullable(text()),
    providerGeneration: integer(),
    providerBegunAt: nullable(instant()),
    providerSearchFromAt: nullable(instant()),
    providerKeySentAt: nullable(instant()),
    providerKeySpentAt: nullable(instant()),
    providerPushed: json<StripeFieldsPushed | null>(),
    deletedAt: nullable(instant()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

async function findOne(
  database: Database,
  query: { readonly name: string; readonly where: string; readonly values: readonly string[] },
): Promise<Customer | null> {
  const [row] = await database.query({
    name: query.name,
    together: TEXTS_TOGETHER,
    text: `select ${selectList(customersTable)} from customers where ${query.where}`,
    values: query.values,
  });
  return row === undefined ? null : fromRow(customersTable, row);
}

/** By our id; a deleted one too, because the books go on naming it. */
export const findCustomer = (database: Database, environmentId: string, id: string): Promise<Customer | null> =>
  findOne(database, { name: 'find_customer', where: 'environment_id = $1 and id = $2', values: [environmentId, id] });

export interface ProviderReference {
  readonly environmentId: string;
  readonly connectionId: string;
  readonly providerCustomerId: string;
}

/** Whose twin a customer of Stripe's is; never a deleted one. */
export const findCustomerByProviderId = (database: Database, reference: ProviderReference): Promise<Customer | null> =>
  findOne(database, {
    name: 'find_customer_by_provider_id',
    where: 'environment_id = $1 and connection_id = $2 and provider_customer_id = $3 and deleted_at is null',
    values: [reference.environmentId, reference.connectionId, reference.providerCustomerId],
  });

export interface CustomerFilter {
  readonly externalId: string | null;
  readonly email: string | null;
}

/** A page of the customers that are not deleted. */
export async function listCustomers(
  database: Database,
  environmentId: string,
  options: { readonly request: PageRequest; readonly filter: CustomerFilter },
): Promise<Page<Customer> | null> {
  const { externalId, email } = options.filter;
  const conditions: Condition[] = [{ sql: '(t.deleted_at is null) = $?', value: true }];
  if (externalId !== null) conditions.push({ sql: 't.external_id = $?', value: externalId });
  if (email !== null) conditions.push({ sql: 't.emails @> array[$?::text]', value: email });
  return pageOf(database, customersTable, { environmentId, request: options.request, conditions });
}

export interface Payer {
  readonly customer: Customer;
  /** Those that are attached. */
  readonly paymentMethods: PaymentMethod[];
}

/** A customer with what he can pay with; null when there is no such customer, or it was deleted. */
export async function loadPayer(database: Database, environmentId: string, customerId: string): Promise<Payer | null> {
  const customer = await findCustomer(database, environmentId, customerId);
  if (customer === null || customer.deletedAt !== null) return null;
  const paymentMethods = await listPaymentMethodsOfCustomer(database, environmentId, customerId);
  return { customer, paymentMethods: paymentMethods.filter((method) => method.detachedAt === null) };
}
