import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import { metadataMerged } from '../metadata.js';
import { operation, type Resource } from '../operation.js';
import { provided } from '../params.js';

export type CustomerObject = Omit<Stripe.Customer, 'lastResponse'>;

export const customers = defineCollection<CustomerObject>({
  type: 'customer',
  prefix: 'cus',
  indexes: ['email'],
});

const createCustomer = operation<Stripe.CustomerCreateParams>((context) => {
  const { params } = context;
  const customer: CustomerObject = {
    id: context.newId('cus'),
    object: 'customer',
    address: null,
    balance: params.balance ?? 0,
    created: context.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: context.newToken(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: context.account.livemode,
    metadata: metadataMerged({}, params.metadata),
    name: null,
    next_invoice_sequence: params.next_invoice_sequence ?? 1,
    phone: null,
    preferred_locales: params.preferred_locales ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...changesFrom(params),
  };
  context.put(customers, customer);
  context.emit('customer.created', customer);
  return customer;
});

const changesFrom = (params: Stripe.CustomerCreateParams | Stripe.CustomerUpdateParams): Partial<CustomerObject> =>
  provided({
    address: params.address,
    description: params.description,
    email: params.email,
    name: params.name,
    phone: params.phone,
    shipping: params.shipping,
    tax_exempt: params.tax_exempt === '' ? 'none' : params.tax_exempt,
  }) as Partial<CustomerObject>;

const retrieveCustomer = operation<Stripe.CustomerRetrieveParams>((context) => {
  const id = context.path['customer'] ?? '';
  return context.get(customers, id) ?? context.deletedStub(customers, id) ?? context.require(customers, id);
});

const updateCustomer = operation<Stripe.CustomerUpdateParams>((context) => {
  const before = context.require(customers, context.path['customer'] ?? '');
  const { params } = context;
  const after = context.update(customers, before, {
    ...changesFrom(params),
    ...(params.metadata === undefined ? {} : { metadata: metadataMerged(before.metadata, params.metadata) }),
    ...(params.preferred_locales === undefined ? {} : { preferred_locales: params.preferred_locales }),
    ...(params.balance === undefined ? {} : { balance: params.balance }),
  });
  context.emit('customer.updated', after, before);
  return after;
});

const deleteCustomer = operation<Stripe.CustomerDeleteParams>((context) => {
  const before = context.require(customers, context.path['customer'] ?? '');
  const stub = context.remove(customers, before.id);
  context.emit('customer.deleted', before);
  return stub;
});

const listCustomers = operation<Stripe.CustomerListParams>((context) => {
  const { email } = context.params;
  return context.list(customers, email === undefined ? {} : { where: { field: 'email', value: email } });
});

export const customersResource: Resource = {
  collections: [customers],
  operations: {
    'POST /v1/customers': createCustomer,
    'GET /v1/customers': listCustomers,
    'GET /v1/customers/:customer': retrieveCustomer,
    'POST /v1/customers/:customer': updateCustomer,
    'DELETE /v1/customers/:customer': deleteCustomer,
  },
};
